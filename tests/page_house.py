"""A desk behind a web service: posts, groups and incidents in memory, and browsers of any role that look at them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import unescape
from typing import Any

from fastapi.testclient import TestClient

from pipeline.domain.group import GroupRow, incident_id
from pipeline.domain.mention import Hit, Mention, Opinion
from pipeline.domain.order import Order, Outcome
from pipeline.domain.post import Post
from tests.builders import MONDAY, an_opinion
from tests.http_house import UNIT, HttpHouse
from tests.stored import a_group, a_mention, a_post, work

EVERY = frozenset({"monitor", "duty", "reviewer", "leader", "liaison"})
PLEA = an_opinion(need=True)


class PageHouse(HttpHouse):
    """A web service whose unit has matters; a duty officer `duty-1` works here, and others as they are hired."""

    def __init__(self, **changes: Any) -> None:
        super().__init__(**changes)
        self.posts = 0
        self.place: str | None = None
        self.keys = 0
        for account, roles in (("duty-1", ("duty",)), ("duty-2", ("duty",)), ("leader-1", ("leader",))):
            self.hire(account, *roles)

    def says(self, text: str, *, group: str = "g1", opinion: Opinion | None = None, **post: Any) -> Post:
        """A post was collected, met a rule and is in the group; returns it."""
        self.posts += 1
        said = replace(a_post(self.posts, text, collected_at=MONDAY, published_at=MONDAY), **post)
        start = text.find("低保")
        hits = (Hit("text", "低保", start, start + 2),) if start >= 0 else ()
        mention: Mention = a_mention(said, group=group, order=self.posts, hits=hits)
        mention = replace(mention, addressed=said.is_addressed, place=self.place)
        if opinion is not None:
            mention = replace(mention, opinion=opinion)
        known = self.stores.posts.group(UNIT, group)
        row: GroupRow = (
            replace(known.row, posts=known.row.posts + 1, last_at=said.occurred_at)
            if known
            else a_group(group, at=MONDAY, lead=said.id)
        )
        self.stores.posts.commit(work([said], [mention], [row], to=self.posts))
        return said

    def does(self, command: str, text: str = "", *, by: str = "duty-1", **fields: object) -> Outcome:
        """The officer asks for a command, past the page."""
        self.keys += 1
        return self.service.clerk.carry_out(Order(UNIT, command, fields, by, EVERY, f"k{self.keys}", text))

    def opens(self, text: str = "云汐县低保金还没有发", *, group: str = "g1", by: str = "duty-1") -> str:
        """A post was said and its group opened; returns the incident's id."""
        self.says(text, group=group)
        self.does("open", group=group, by=by)
        return incident_id(UNIT, group)


def form_of(page: str, command: str, number: int = 0) -> Mapping[str, str]:
    """Return the hidden fields of the page's form for a command, as a browser without JavaScript would send them."""
    forms = re.findall(rf'<form[^>]*action="/u/{UNIT}/do/{command}"[^>]*>(.*?)</form>', page, re.DOTALL)
    inputs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', forms[number])
    return {name: unescape(value) for name, value in inputs}


def hidden_in(page: str) -> Mapping[str, str]:
    """Return the hidden fields of the page's main part."""
    inputs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page[page.index("<main") :])
    return {unescape(name): unescape(value) for name, value in inputs}


def send(browser: TestClient, page: str, command: str, **typed: object) -> Any:
    """The form of the page is filled in and sent; returns the answer."""
    return browser.post(f"/u/{UNIT}/do/{command}", data={**form_of(page, command), **typed})


def forms_in(page: str) -> Sequence[str]:
    """Return the commands that the page has forms for."""
    return re.findall(rf'action="/u/{UNIT}/do/([a-z_]+)"', page)
