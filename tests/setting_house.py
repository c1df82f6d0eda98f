"""设置 behind a web service: who may change settings, and the forms as a browser without JavaScript would send them."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from fastapi.testclient import TestClient

from api.settings.change import Wanted, change_setting
from pipeline.workflow.settings import SETTING
from tests.http_house import UNIT
from tests.page_house import PageHouse

AT = f"/u/{UNIT}/settings"


class SettingHouse(PageHouse):
    """A web service with an administrator `admin-1`, a leader `leader-1` and a duty officer `duty-1`."""

    def __init__(self, **changes: Any) -> None:
        super().__init__(**changes)
        self.hire("admin-1", "admin")

    def sets(self, key: str, table: Mapping[str, object], *, by: str = "leader-1", reason: str = "") -> int:
        """Somebody sets it past the page; returns the new revision."""
        stored = self.stores.records.get(SETTING, UNIT, key)
        wanted = Wanted(UNIT, key, table, stored.revision if stored else 0)
        records = self.stores.records
        return change_setting(records, self.clock, wanted, author=f"account:{by}", reason=reason).revision

    def revision(self, key: str) -> int:
        """Return the newest revision of a setting, 0 where there is none."""
        stored = self.stores.records.get(SETTING, UNIT, key)
        return stored.revision if stored else 0


def fields_of(page: str, action: str) -> dict[str, list[str]]:
    """Return the fields of the page's form with this action, as they stand: what a browser would send."""
    form = re.findall(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)[0]
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if said.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        fields.setdefault(said["name"], []).append(unescape(said.get("value", "")))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        fields.setdefault(name, []).append(unescape(text))
    for name, inner in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', inner) or re.findall(r'<option value="([^"]*)"', inner)
        fields.setdefault(name, []).append(unescape(chosen[0]))
    return fields


def saves(browser: TestClient, key: str, *, page: str = "", **typed: str | Sequence[str]) -> Any:
    """The form of a setting is filled in and sent, from the page as it stands or from one that was open before."""
    fields = fields_of(page or browser.get(f"{AT}/{key}").text, f"{AT}/{key}")
    for name, value in typed.items():
        fields[name.replace("__", "-")] = [value] if isinstance(value, str) else list(value)
    return browser.post(f"{AT}/{key}", data=fields)


def confirms(browser: TestClient, key: str, page: str, **typed: str | Sequence[str]) -> Any:
    """What a trial showed is saved: the same form again, which now knows what was looked at."""
    return saves(browser, key, page=page, **typed)
