"""A unit that receives letters: a web service, a worker over its stores, and lists as other systems export them."""

import json
import re
from collections.abc import Iterable, Sequence

from fastapi.testclient import TestClient

from api import bootstrap
from api.letters.imports import Imports, Progress
from classifier.absent import AbsentClassifier
from pipeline.ports import Record
from pipeline.runner import Worker
from pipeline.workflow.letter_list import Asked, LetterList, LetterRow
from pipeline.workflow.settings import SETTING
from tests.builders import HOUR, MONDAY
from tests.http_house import OTHER_UNIT, UNIT, HttpHouse
from tests.workbooks import workbook

HEADINGS = ("工单编号", "受理时间", "诉求内容", "来电人", "联系电话", "办理期限", "办理结果", "答复时间", "答复方式")
PHONE, NAME = "13800001111", "欧阳青禾"
NOW = MONDAY + HOUR


def row(
    number: int | str,
    text: str = "",
    *,
    answered: str = "",
    received: str = "2026-11-23 08:30",
    due: str = "2026-11-30",
) -> Sequence[str]:
    """Return a row of a 12345 list; its order was received on the house's Monday morning unless told otherwise."""
    ref = number if isinstance(number, str) else f"YX{number:06d}"
    said = text or f"第{number}件：青石镇的低保金什么时候发，来电人{NAME}，电话{PHONE}"
    ended = ("已电话答复", answered, "电话") if answered else ("", "", "")
    return (ref, received, said, NAME, PHONE, due, *ended)


class LetterHouse(HttpHouse):
    """One unit, alone unless told otherwise, whose imports are carried out at once, and worked by `work`."""

    def __init__(self, *, is_alone: bool = True) -> None:
        super().__init__()
        unset = Record(SETTING, OTHER_UNIT, "unit", 0, json.dumps(None), MONDAY, "test", "")
        if is_alone:
            self.stores.records.put(unset, expect=None)
        self.service.settings.refresh()
        self.app.state.imports.begin = lambda work: work()
        self.worker: Worker = bootstrap.open_worker(
            self.stores, self.service.settings, self.service.desk, AbsentClassifier("a test")
        )
        self.hire("duty-1", "duty")
        self.hire("leader-1", "leader")
        self.hire("auditor-1", "auditor")
        self.desk = self.browser("duty-1")

    def work(self) -> None:
        """What is on the bus was worked."""
        while self.worker.step().read:
            pass

    def hands_in(self, data: bytes, name: str = "12345.xlsx", *, browser: TestClient | None = None) -> str:
        """The file is handed in by the page; returns the address of the page that asks for its columns."""
        files = {"file": (name, data)}
        answer = (browser or self.desk).post(f"/u/{UNIT}/letters/import", files=files)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def imports(self, rows: Iterable[Sequence[object]], headings: Sequence[str] = HEADINGS, **chosen: str) -> Progress:
        """A list is handed in, its columns are confirmed, it is taken and worked; returns what became of it."""
        return self.takes(workbook([headings, *rows]), **chosen)

    def takes(self, data: bytes, name: str = "12345.xlsx", **chosen: str) -> Progress:
        """The file's columns are confirmed as proposed, but for those chosen; it is taken and worked."""
        page = self.hands_in(data, name)
        form = proposed_in(self.desk.get(page).text) | chosen
        answer = self.desk.post(page, data=form)
        assert answer.status_code == 303, answer.text
        self.work()
        imports: Imports = self.app.state.imports
        progress = imports.progress(UNIT, answer.headers["location"].rpartition("/")[2])
        assert progress is not None
        return progress

    def letters(self, asked: Asked | None = None, role: str = "duty") -> Sequence[LetterRow]:
        """Return the list as a role sees it."""
        return list(self.letter_list(role).rows(asked or Asked()))

    def letter_list(self, role: str = "duty") -> LetterList:
        """Return the list of the unit."""
        state = self.service.desk.state(UNIT)
        return LetterList(self.stores.posts, state, self.clock.now(), frozenset({role}))


def proposed_in(page: str) -> dict[str, str]:
    """Return what the page's form has chosen already, as a browser would send it."""
    chosen: dict[str, str] = {}
    for name, options in re.findall(r'<select id="(column_\w+)".*?>(.*?)</select>', page, re.DOTALL):
        picked = re.search(r'<option value="(\d*)" selected>', options)
        chosen[name] = picked[1] if picked else ""
    radio = re.search(r'name="origin" value="(\w+)" checked', page)
    return chosen | ({"origin": radio[1]} if radio else {})
