"""
An officer's first minutes: an empty folder, a real browser, 开始设置, two sources of this machine, the first to-do.

Prints how many actions (clicks and filled fields) and seconds it took, step by step; exits 1 beyond 40 actions or 10
minutes. The hand types at once, so 3 seconds are added for each action. What it would take to read every line that is
shown, at 300 characters a minute, is printed beside it and not in the figure: nobody was timed.
The only thing that is not an officer's: the file names the two test sites under [network] local_hosts, since no address
of the own network is ever asked otherwise.

    python bench/first_hour.py [--shots DIR]
"""

import argparse
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx2
from playwright.sync_api import Page as Tab

from api.cli.first_file import first_file
from api.supervisor import ENTRY
from tests.browser.chromium import chromium, opened_browser
from tests.end_to_end.loopback_site import Page, Site, entry, feed
from tests.smtp_server import Mailbox, smtp_server

MOST_ACTIONS, MOST_SECONDS = 40, 600.0
READ_A_MINUTE, SECONDS_OF_AN_ACTION = 300, 3
PATIENCE = 120.0
PASSWORD = "云汐 reception desk 7"  # noqa: S105 - of an installation that lives for a minute
SHEET = "序号\t乡镇（街道）\t村（社区）\t负责人\n" + "\n".join(
    f"{number}\t{town}\t{village}\t某某"
    for number, (town, village) in enumerate(
        [("柳湾镇", "石桥村"), ("柳湾镇", "河东村村委会"), ("城关街道办事处", "幸福社区居委会"), ("石桥乡", "东山村")],
        start=1,
    )
)
SAID = (
    "柳湾镇的低保金两个月没有发了，问了民政局只说等通知",
    "石桥乡敬老院中午的饭是凉的，老人吃不下，请民政局去看看",
    "城关街道周末夜市几点开门",
)
NOTICES = ("云汐县民政局关于发放冬季取暖补贴的通知", "石桥乡养老服务中心建成", "婚姻登记处元旦值班安排")
Found = TypeVar("Found")
SEEN = """() => {
  const lines = (each) => (each.innerText || each.textContent).split("\\n").map((line) => line.trim());
  const folded = "main option:not(:checked), main details:not([open]) > :not(summary)";
  const unseen = new Set([...document.querySelectorAll(folded)].flatMap(lines));
  return lines(document.querySelector("main")).filter((line) => !unseen.has(line)).join("\\n");
}"""
"""What is seen of a page: choices that are not chosen and parts that nobody opened stay folded."""


@dataclass
class Hand:
    """An officer's hand at a browser: what he does is counted, what he has to read too."""

    tab: Tab
    shots: Path | None
    actions: int = 0
    characters: int = 0
    read: set[str] = field(default_factory=set)
    began: float = field(default_factory=time.monotonic)
    told: list[tuple[str, int, float]] = field(default_factory=list)

    def fills(self, where: str, text: str) -> None:
        """A field is filled."""
        self.actions += 1
        self.tab.fill(where, text)

    def clicks(self, where: str) -> None:
        """Something is clicked, and the page that follows is there."""
        self.actions += 1
        self.tab.locator(where).first.click()
        self.tab.wait_for_load_state("load")

    def arrives(self, name: str) -> None:
        """A step is reached: its page is read, counted and, where wanted, kept as pictures."""
        lines = {"".join(line.split()) for line in self.tab.evaluate(SEEN).splitlines()} - self.read
        self.read |= lines
        self.characters += sum(map(len, lines))
        self.told.append((name, self.actions, time.monotonic() - self.began))
        if self.shots is not None:
            for width in (1280, 390):
                self.tab.set_viewport_size({"width": width, "height": 900})
                self.tab.screenshot(path=self.shots / f"{len(self.told):02}-{name}-{width}.png", full_page=True)
            self.tab.set_viewport_size({"width": 1280, "height": 900})


def sites() -> tuple[Site, Site]:
    """Return a forum's feed of this morning, and a portal's list of notices."""
    at = datetime.now(timezone(timedelta(hours=8))) - timedelta(minutes=20)
    entries = [entry(n, text, updated=at.isoformat(), author=f"街坊{n}") for n, text in enumerate(SAID, start=1)]
    day = at.strftime("%Y-%m-%d")
    rows = "".join(
        f'<li><a href="/n/{day.replace("-", "")}_{n}.html">{t}</a><span>{day}</span></li>'
        for n, t in enumerate(NOTICES, start=1)
    )
    page = "<!doctype html><html><head><meta charset=utf-8><title>{0}</title></head><body>{1}</body></html>"
    pages = {"/tzgg/": Page(page.format("云汐县门户 通知公告", f'<ul class="list">{rows}</ul>').encode())}
    for n, title in enumerate(NOTICES, start=1):
        article = f"<h1>{title}</h1><div>发布时间：{day}</div><p>{title}。{'有关事项按规定办理。' * 12}</p>"
        pages[f"/n/{day.replace('-', '')}_{n}.html"] = Page(page.format(title, article).encode())
    return Site({"/feed": feed(*entries)}), Site(pages)


def wait_for(look: Callable[[], Found | None]) -> Found:
    """Return what the look finds as soon as it finds something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            found = look()
        except httpx2.HTTPError:
            found = None
        if found:
            return found
        time.sleep(0.1)
    raise SystemExit("it did not come in time")


def go_through(hand: Hand, first: str, forum: str, portal: str, box: Mailbox) -> None:
    """The officer goes from the one-time address to the first to-do."""
    hand.tab.goto(first)
    hand.arrives("first-account")
    for name, text in (("name", "王敏"), ("account", "wangmin"), ("password", PASSWORD), ("again", PASSWORD)):
        hand.fills(f"#{name}", text)
    hand.clicks("button.main")
    hand.arrives("unit")
    hand.fills("#name", "云汐县民政局")
    hand.fills("#county", "云汐县")
    hand.clicks("button.main")
    hand.arrives("places")
    hand.fills("#pasted", SHEET)
    hand.clicks("button.main")
    hand.arrives("places-cleaned")
    hand.clicks("button.main")
    hand.arrives("words")
    hand.clicks("button.main")
    hand.arrives("sources")
    hand.fills("#contact", "office@yunxi.example")
    hand.clicks("form[action$='/setup/sources'] button")
    for number, address in enumerate((f"{forum}/feed", f"{portal}/tzgg/"), start=1):
        add_source(hand, address, number)
    hand.clicks("form[action$='/setup/pass'] button.main")
    hand.arrives("telling")
    hand.tab.locator("#mail details summary").click()
    hand.fills("#mail_sender", "huiyin@yunxi.example")
    hand.fills("#mail_host", "localhost")
    hand.fills("#mail_port", str(box.port))
    hand.actions += 2
    hand.tab.select_option("#mail_security", "none")
    hand.fills("#mail_test_to", "wangmin@yunxi.example")
    hand.clicks("button[formaction$='/letter']")
    hand.arrives("letter-tried")
    hand.fills("[name='to.0']", "wangmin@yunxi.example")
    hand.clicks("form[action$='/setup/telling'] button.main")
    hand.arrives("ready")
    hand.clicks("a.button.main")
    wait_for(lambda: (hand.tab.reload(), hand.tab.locator("#todos > li, #pushes > li").count())[1])
    hand.arrives("first-to-do")


def add_source(hand: Hand, address: str, number: int) -> None:
    """An address is pasted, tried, looked at and enabled."""
    hand.fills("#url", address)
    hand.clicks("#add button.main")
    wait_for(lambda: hand.tab.locator("#enable, [role=alert]").count())
    hand.arrives(f"source-{number}-tried")
    for name, text in (("name", f"云汐信源{number}"), ("publisher", "云汐县融媒体中心"), ("owner", "办公室")):
        if not hand.tab.input_value(f"#enable [name='{name}']"):
            hand.fills(f"#enable [name='{name}']", text)
    hand.clicks("[name='confirmed']")
    hand.clicks("#enable button.main")
    hand.arrives(f"source-{number}-enabled")


def run(folder: Path, shots: Path | None) -> int:
    """The whole way in a folder of its own; prints the figures."""
    program = chromium()
    if program is None:
        raise SystemExit("there is no Chromium on this machine; HUIYIN_CHROMIUM names one")
    forum, portal = sites()
    with forum, portal, smtp_server(Mailbox()) as box:
        path, _ = first_file(folder)
        hosts = ", ".join(f'"{site.url.removeprefix("http://")}"' for site in (forum, portal))
        path.write_text(f"{path.read_text(encoding='utf-8')}\n[network]\nlocal_hosts = [{hosts}]\n", encoding="utf-8")
        with (
            (folder / "said").open("w", encoding="utf-8") as said,
            (folder / "errors").open("w", encoding="utf-8") as errors,
            subprocess.Popen(
                [sys.executable, "-P", "-c", ENTRY, "run"], cwd=folder, stdout=said, stderr=errors
            ) as all_,
        ):
            started = time.monotonic()
            try:
                first = wait_for(lambda: re.search(r"http://\S+/link/\S+", (folder / "said").read_text("utf-8")))[0]
                wait_for(lambda: httpx2.get(first, timeout=5).status_code == 200)
                up = time.monotonic() - started
                with opened_browser(program) as browser:
                    hand = Hand(browser.new_page(locale="zh-CN"), shots)
                    try:
                        go_through(hand, first, forum.url, portal.url, box)
                    except BaseException:
                        if shots is not None:
                            hand.tab.screenshot(path=shots / "stopped-here.png", full_page=True)
                        raise
                    return figures(hand, up, len(box.letters))
            finally:
                all_.send_signal(signal.SIGINT)
                all_.wait(timeout=30)


def figures(hand: Hand, up: float, letters: int) -> int:
    """Print what it took; return 1 where it was too much."""
    for name, actions, seconds in hand.told:
        print(f"{seconds:7.1f} s  {actions:3} actions  {name}")
    took = up + time.monotonic() - hand.began
    reading = hand.characters / READ_A_MINUTE * 60
    print(f"\nstart {up:.1f} s; machine and hand {took:.1f} s; {hand.actions} actions (at most {MOST_ACTIONS})")
    typing = hand.actions * SECONDS_OF_AN_ACTION
    minutes = (took + typing) / 60
    print(f"with {SECONDS_OF_AN_ACTION} s for each action {minutes:.1f} min (at most {MOST_SECONDS / 60:.0f})")
    print(f"{hand.characters} characters in different lines: {reading / 60:.1f} min at {READ_A_MINUTE} a minute")
    print(f"{letters} letter of the test arrived")
    return int(hand.actions > MOST_ACTIONS or took + typing > MOST_SECONDS)


def main() -> int:
    """Run it in a fresh folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shots", type=Path, help="keep a picture of each page there, 1280 and 390 wide")
    asked = parser.parse_args()
    if asked.shots is not None:
        asked.shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="huiyin-first-") as folder:
        return run(Path(folder), asked.shots)


if __name__ == "__main__":
    raise SystemExit(main())
