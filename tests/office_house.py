"""A web service whose unit has handling offices: matters are assigned, links made, pages opened as the offices do."""

import json
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from fastapi.testclient import TestClient

from api import bootstrap
from api.offices.letter import OfficeLetters
from api.offices.links import LinkMaker, ReplyLinks
from api.serving import dispatcher_of
from pipeline.ports import Message, Record
from pipeline.workflow.assignment import newest_given
from pipeline.workflow.settings import SETTING
from tests.builders import MONDAY
from tests.http_house import UNIT
from tests.page_house import PageHouse
from tests.sending import Postbox

JIUZHU = {
    "id": "jiuzhu",
    "name": "社会救助股",
    "kind": "股室",
    "lines": ["社会救助"],
    "mail": "jiuzhu@yunxi.example",
    "liaison": {"post": "救助股内勤", "mail": "neiqin@yunxi.example"},
    "deputy": {"post": "救助股经办", "mail": "jingban@yunxi.example"},
}
QINGSHI = {"id": "qingshi", "name": "青石镇民政办", "kind": "乡镇（街道）", "places": ["青石镇"]}
REQUEST = "请核实青石镇低保金发放时间"


class OfficeHouse(PageHouse):
    """An acknowledged matter `incident`, and two offices: one with mail, one without."""

    def __init__(self, *offices: Mapping[str, Any], **changes: Any) -> None:
        super().__init__(**changes)
        self.sets_offices(*(offices or (JIUZHU, QINGSHI)))
        self.incident = self.opens("青石镇的低保金还没有发")
        self.does("acknowledge", incident=self.incident)
        self.maker = LinkMaker(ReplyLinks(self.stores.records, self.clock), b"k" * 32)

    def sets_offices(self, *offices: Mapping[str, Any]) -> None:
        """These are the unit's offices from now on."""
        value = json.dumps({"office": list(offices)}, ensure_ascii=False)
        self.stores.records.put(Record(SETTING, UNIT, "offices", 0, value, MONDAY, "test", ""), expect=None)
        self.service.settings.refresh()

    def assigns(self, office: str = "jiuzhu", text: str = REQUEST, **fields: str) -> str:
        """The matter is given to the office; returns the secret of its link, as a mail would carry it."""
        self.clock.at += 1_000
        self.does("assign_office", text, incident=self.incident, office=office, **fields)
        seq = newest_given(self.stores.log, UNIT, self.incident, office)
        assert seq is not None
        return self.maker.make(UNIT, self.incident, office, seq)[0]

    @property
    def task(self) -> Any:
        """The newest assignment of the matter."""
        return self.service.desk.state(UNIT).incidents[self.incident].assignments[-1]

    def types(self) -> list[str]:
        """Return the types of all events of the matter, in order."""
        batches = self.stores.log.batches_of(UNIT, self.incident)
        return [event.type for batch in batches for event in batch.events if event.incident == self.incident]


def opened(browser: TestClient, secret: str) -> str:
    """Return the page of a link."""
    return str(browser.get(f"/reply/{secret}").text)


def hidden_of(page: str, act: str) -> dict[str, str]:
    """Return the hidden fields of the form that does this."""
    for form in re.findall(r"<form[^>]*>(.*?)</form>", page, re.DOTALL):
        fields = {n: unescape(v) for n, v in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)}
        if fields.get("act") == act:
            return fields
    raise AssertionError(f"the page has no form that does {act}")


def sends(browser: TestClient, secret: str, page: str, act: str, text: str = "", **more: Any) -> Any:
    """The form of the page is filled in and sent; returns the answer."""
    data = {**hidden_of(page, act), **({"text": text} if text else {})}
    return browser.post(f"/reply/{secret}", data=data, **more)


SITE = "https://huiyin.yunxi.example"


class PostOffice:
    """What the house's clock sends: a dispatcher over one mailbox, and letters whose links lead to `site`."""

    def __init__(self, house: OfficeHouse, site: str = SITE) -> None:
        self.house, self.box = house, Postbox(house.clock, name="mail")
        practice = bootstrap.send_practice_of(house.service.settings)
        desk = house.service.desk
        self.letters = OfficeLetters(
            stores=house.stores,
            state=desk.state,
            is_for_leader=desk.is_for_leader,
            practice=practice,
            unit_name=lambda _unit: "云汐县民政局",
            links=house.maker,
            site=site,
        )
        self.dispatcher = dispatcher_of(house.stores, [self.box], practice, desk, letters=self.letters)

    def beats(self, *, remind: bool = False) -> None:
        """The clock has its turn."""
        if remind:
            self.house.service.desk.remind()
        self.dispatcher.create_sends()
        self.dispatcher.attempt_due()

    def got(self) -> list[Message]:
        """Return the mails that offices got, the oldest first."""
        return [message for _, send, message in self.box.got if send.recipient.startswith("office:")]

    def states(self) -> list[tuple[str, str, str]]:
        """Return (what, state, reason) of the sends to offices, the oldest first."""
        sends = [one for one in self.house.stores.outbox.sends(UNIT) if one.recipient.startswith("office:")]
        return [
            (one.notice.what, one.state, one.reason) for one in sorted(sends, key=lambda one: (one.seq, one.number))
        ]


def link_in(message: Message) -> str:
    """Return the secret of the link that a mail carries; "" where it carries none."""
    found = re.search(rf"{re.escape(SITE)}/reply/([A-Za-z0-9_-]+)", "\n".join(message.lines))
    return found[1] if found else ""
