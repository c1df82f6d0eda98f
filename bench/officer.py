"""
An officer at the desk, at the pace of a person: what a scripted browser needs for the work of a day.

A key or a click takes 250 ms, a typed character 40 ms, reading one post a second; the browser's own time comes on top.
"""

import time
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

PRESS_MS, TYPE_MS, READ_MS = 250, 40, 1_000
MOST_READ = 5
"""Of one matter so many posts are read before it is decided."""
CURRENT = "() => document.querySelector('.row[aria-current=true]:not([hidden])')?.id"
COMPLAINT = {"disposition": "resolved", "verdict": "true", "reply": "answered", "how": "phone"}


@dataclass
class Officer:
    """A page, and hands. `actions` counts keys, clicks and fields that were typed into."""

    page: Page
    unit: str
    actions: int = 0

    def presses(self, key: str) -> None:
        """One key."""
        self.page.wait_for_timeout(PRESS_MS)
        self.page.keyboard.press(key)
        self.actions += 1

    def clicks(self, what: Locator) -> None:
        """One click."""
        self.page.wait_for_timeout(PRESS_MS)
        what.click()
        self.actions += 1

    def types(self, where: Locator, text: str) -> None:
        """The field was chosen and the text typed into it."""
        where.press_sequentially(text, delay=TYPE_MS)
        self.actions += 1

    def reads(self, posts: int) -> None:
        """So many posts were read, or as many as one reads."""
        self.page.wait_for_timeout(READ_MS * max(1, min(posts, MOST_READ)))

    def goes_to(self, row: str) -> None:
        """The row is the current one, and its posts were read."""
        for _ in range(400):
            if self.page.evaluate(CURRENT) == row:
                break
            self.presses("j")
        else:
            raise RuntimeError(f"{row} was not reached")
        self.reads(int(self.page.locator(f"#{row}").get_attribute("data-posts") or 1))

    def sets_aside(self, row: str, key: str = "x") -> None:
        """One key; the row is gone, and the server has said so."""
        before = self.page.locator("#undo [name=seq]").input_value() if self.page.locator("#undo").count() else ""
        self.presses(key)
        expect(self.page.locator(f"#{row}")).to_be_hidden()
        expect(self.page.locator("#undo [name=seq]")).not_to_have_value(before)

    def settles(self) -> None:
        """The current row is a closed incident: one page, one form, and the queue is there again."""
        self.presses("s")
        self.page.wait_for_url("**/settle")
        form = self.page.locator("form.order")
        for name, value in COMPLAINT.items():
            self.chooses(form, name, value)
        self.types(form.locator("[name=text]"), "已核实，低保金已补发，电话告知本人")
        self.clicks(form.locator("button"))
        self.page.wait_for_url("**/queue*")

    def chooses(self, form: Locator, name: str, value: str) -> None:
        """One field holds a value of its list."""
        if form.locator(f"select[name={name}]").count():
            self.page.wait_for_timeout(PRESS_MS)
            form.locator(f"select[name={name}]").select_option(value)
            self.actions += 1
        else:
            self.clicks(form.locator(f"[name={name}][value={value}]"))

    def carries_out(self, step: str, text: str = "", **fields: str) -> None:
        """One form of the incident's page was unfolded, filled in and sent."""
        self.clicks(self.page.locator("summary", has_text=step).first)
        form = self.page.locator("details[open] form", has=self.page.locator("button", has_text=step)).first
        for name, value in fields.items():
            self.chooses(form, name, value)
        if text:
            self.types(form.locator("[name=text]"), text)
        with self.page.expect_navigation():
            self.clicks(form.locator("button", has_text=step))
        if self.page.locator(".wrong, main [role=alert]").count():
            raise RuntimeError(f"{step}: {self.page.locator('main').inner_text()[:600]}")

    def works_out(self, row: str, origin: str, incident: str) -> None:
        """The current row is a closed incident, by every step: acknowledged, judged, answered."""
        self.sets_aside(row, "1")
        self.page.goto(f"{origin}/u/{self.unit}/incidents/{incident.partition('-')[2]}?board=1")
        self.reads(self.page.locator(".post").count())
        self.carries_out("记录反映问题", "护工对待老人态度恶劣")
        self.carries_out("作出核实结论", "调取录像，情况部分属实", verdict="partly_true")
        while self.page.locator("summary", has_text="答复留言").count():
            self.carries_out("答复留言", "已电话答复留言人", how="phone")
        self.carries_out("回应", "已责令整改，向家属说明", kind="answered", how="phone")
        self.carries_out("办结", disposition="resolved")


@dataclass(frozen=True)
class Took:
    """How long a piece of work took, and with how many actions."""

    seconds: float
    actions: int


class Stopwatch:
    """Measures a piece of an officer's work."""

    def __init__(self, officer: Officer) -> None:
        self._officer, self._began, self._actions = officer, time.monotonic(), officer.actions

    def took(self) -> Took:
        """Return what it took since this was made."""
        return Took(time.monotonic() - self._began, self._officer.actions - self._actions)
