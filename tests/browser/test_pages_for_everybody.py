"""Every page, in both languages and in each look: no axe violation, nothing from elsewhere, no script error."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page

from pipeline.domain.week import week_of

from .axe import violations, violations_of_look
from .chromium import Visitor
from .county import HOSTILE, UNIT, County
from .lists import lists_of
from .page_list import OTHER_LOOKS, pages_of
from .tried import tries_of

Visit = Callable[..., AbstractContextManager[Visitor]]


@pytest.fixture(scope="module")
def values(county: County) -> Mapping[str, Sequence[str]]:
    """What stands in the paths: a to-do, an alert, an incident in mid-work and a closed one, somebody's first link."""
    return values_in(county)


def values_in(county: County) -> Mapping[str, Sequence[str]]:
    """Return for each name in a path the things whose pages are looked at; some were worked on before."""
    rows = county.queue().rows
    pushed = [row.incident for row in rows if row.state]
    waiting = [row.group for row in rows if not row.state]
    county.arrives(county.says(f"云汐县低保金 {HOSTILE}"))
    at_work, closed = (str(county.orders("open", group=group).incident) for group in waiting[:2])
    for incident in (at_work, closed):
        county.orders("acknowledge", incident=incident)
    claim = county.orders("record_claim", incident=at_work, said="低保金两个月没有发").memo
    county.orders("record_evidence", incident=at_work, claim=claim, said="银行回单")
    county.orders("give_verdict", incident=at_work, claim=claim, verdict="partly_true", said="晚发一个月")
    task = county.orders("assign_office", incident=at_work, office="yanglao", said="请三日内核实")
    county.orders("set_level", incident=at_work, level="2", said="多人反映")
    done = {"verdict": "untrue", "reply": "answered", "how": "phone"}
    county.orders("settle", incident=closed, disposition="clarified", said="已电话说明", **done)
    link = county.service.people.link_for("li")
    return {
        "group": waiting[2:4],
        "incident": [pushed[0], at_work, closed],
        "secret": [link],
        "post": ["f" * 32],
        "/u/{unit}/incidents/{incident}/assignments/{office}/print": [
            f"/u/{UNIT}/incidents/{at_work}/assignments/yanglao/print"
        ],
        "/reply/{secret}": [f"/reply/{county.reply_link(at_work, 'yanglao', task.seq)}"],
        "week": [week_of(county.service.clock.now()).name],
        "key": ["rules", "notices", "clocks"],
        "source": [line.source for line in county.service.sources()[:1]],
        "try_id": tries_of(county, "wang"),
        **lists_of(county, "zhang"),
    }


def sideways(page: Page) -> list[str]:
    """Return at which width the page must be pushed sideways: at twice the size of type, and on two phones."""
    found = []
    for width in (683, 390, 320):
        page.set_viewport_size({"width": width, "height": 600})
        needed = page.evaluate("() => document.documentElement.scrollWidth")
        found += [f"{width} wide needs {needed}"] if needed > width else []
    page.set_viewport_size({"width": 1366, "height": 820})
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_shuts_anybody_out(
    visit: Visit, county: County, values: Mapping[str, Sequence[str]], language: str
) -> None:
    """Every rule in the light theme; those that depend on the look in each theme, and with large type, too."""
    found: list[str] = []
    for account, paths in pages_of(county, values).items():
        with visit(account, look=f"light.normal.off.{language}") as visitor:
            page = visitor.context.new_page()
            for path in paths:
                answer = page.goto(f"{county.origin}{path}", wait_until="load")
                assert answer is not None
                assert answer.status == 200, path
                here = violations(page)
                here += [one for theme, text in OTHER_LOOKS for one in violations_of_look(page, theme, text)]
                found += [f"{path}: {one}" for one in here + sideways(page)]

    assert not found, "\n".join(found)
