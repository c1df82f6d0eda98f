"""Why nothing can be read of a page that came: it is drawn by a script, wants a login, or is one article."""

import re

from crawlers.extract import extract_page
from crawlers.probe.guess import Choice, Dead, NoGuess
from crawlers.probe.rows import DATED, Rows
from crawlers.probe.seen_page import SeenPage
from pipeline.domain.errors import BadInput

_LITTLE = 200
_NOTHING = 60
_FEW_LINKS = 40
_LOGIN = re.compile(r"请先?登录|登录后(?:可|才能|查看)|您需要登录|需要登录|用户登录|扫码登录")
_EMPTY_APP = "#app, #root, #__next, #__nuxt, [ng-app], [data-reactroot], app-root"
_SCRIPTED_LIST = re.compile(r"\$\.(?:ajax|get|post|getJSON)\s*\(|axios\.|fetch\s*\(|v-for=|ng-repeat=|\{\{\s*\w+")


def why_nothing(page: SeenPage) -> NoGuess:
    """Return the likeliest reason why a page shows nothing that can be read again and again."""
    visible = page.visible
    if page.root.css("input[type=password i]") and len(visible) < 5 * _LITTLE:
        return NoGuess(Dead.LOGIN_WALL)
    if _LOGIN.search(visible) and len(visible) < 2 * _LITTLE:
        return NoGuess(Dead.LOGIN_WALL)
    if is_drawn_by_script(page):
        return NoGuess(Dead.JAVASCRIPT)
    return NoGuess(Dead.UNKNOWN, columns_of(page))


def is_drawn_by_script(page: SeenPage) -> bool:
    """Whether the page is an empty frame that a script fills in the reader's browser."""
    visible = page.visible
    if len(visible) < 2 * _LITTLE and page.root.css(_EMPTY_APP):
        return True
    has_script = bool(page.root.css("script"))
    is_filled_later = len(page.root.css("a[href]")) < _FEW_LINKS and _SCRIPTED_LIST.search(page.text) is not None
    return has_script and (len(visible) < _NOTHING or is_filled_later)


def is_article(page: SeenPage, rows: Rows | None) -> bool:
    """Whether the page is one article, or one thread, with at most a list of others beside it."""
    try:
        said = extract_page(page.body, page.address, page.content_type, fetched_at=page.now)
    except BadInput:
        return False
    length = len(said.text) + sum(len(reply.text) for reply in said.replies)
    if said.published_at is None or length < _NOTHING:
        return False
    if rows is None:
        return True
    listed = sum(len(row.title) for row in rows.rows)
    if sum(row.title in said.text for row in rows.rows if row.title) >= 0.5 * len(rows.rows):
        return False
    return length > listed or rows.dated < DATED


def columns_of(page: SeenPage) -> tuple[Choice, ...]:
    """Return the columns that a page leads to and whose names sound like citizens' voices or notices."""
    found: dict[str, str] = {}
    for link in page.root.css("a[href]"):
        name = " ".join("".join(link.root.itertext()).split())
        address = page.whole(link.attrib.get("href", ""))
        if address and 2 <= len(name) <= 12 and _COLUMN.search(name) and address != page.address:
            found.setdefault(address, name)
    return tuple(Choice(name, address) for address, name in list(found.items())[:20])


_COLUMN = re.compile(r"信箱|留言|来信|问政|互动|咨询|投诉|信访|公示|公告|通知|民生|社区|论坛|百姓|热线|12345")
