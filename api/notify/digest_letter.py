"""
A digest as a letter: subject, HTML and real plain text, from one view; and its body on a page.

The HTML fetches nothing, runs nothing and has no form; every value is escaped. What a post says is hostile: control and
direction marks become visible, in the text and the subject too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from api.charts import html_of
from api.plain_text import plain

from .digest_ground import MOST_IDS
from .digest_look import MAIL_STYLE, for_mail, for_page, in_chart
from .digest_view import DigestView

MOST_BYTES = 100_000
"""Some mail programs cut longer HTML off; then the ids behind the numbers are left to the plain text."""
MARK = {1: "■", 2: "◆", 3: "▲", 4: "●"}
"""A level's shape, where there is no colour."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A digest that can be sent. `quoted` are the posts of which it carries words."""

    subject: str
    html: str
    text: str
    quoted: tuple[str, ...]


def letter_of(view: DigestView, link: str = "") -> Letter:
    """Return the letter; a `link` is where the console shows it, "" where nobody outside could follow it."""
    html = _render("digest_mail.html", view, link, MOST_IDS)
    if len(html.encode()) > MOST_BYTES:
        html = _render("digest_mail.html", view, link, 0)
    return Letter(_plain(view.subject), html, "\n".join(text_lines(view, link)) + "\n", view.quoted)


def body_of(view: DigestView) -> Markup:
    """Return the digest as a part of a page, which brings `PAGE_STYLE`."""
    return Markup(_render("digest_body.html", view, "", MOST_IDS, for_mail_program=False))  # noqa: S704 - a template's own output, escaped


def text_lines(view: DigestView, link: str = "") -> Iterator[str]:
    """Yield the lines of the plain text: everything that the HTML says, in the same order."""
    return map(_plain, _lines(view, link))


def card_lines(view: DigestView) -> tuple[str, ...]:
    """Return what a short message says of the digest: no word of a post, no id."""
    numbers = [f"{row.label} {row.value.text}" for row in view.numbers]
    return (view.span, *(said.text for said in view.sentences), view.t("digest.and").join(numbers))


def _lines(view: DigestView, link: str) -> Iterator[str]:
    t = view.t
    yield from (view.title, view.span, *([view.preview] if view.preview else []), "")
    yield from (said.text for said in view.sentences)
    yield from _head(t("digest.decide"))
    for number, row in enumerate(view.decide, start=1):
        yield f"{number}. {MARK[row.level]} {row.level_name} {row.matter}"
        yield f"   {row.why} {row.number}"
    yield from _some(view.decide_more, t("digest.said_decide_none") if not view.decide else "")
    yield from _head(t("digest.numbers"))
    for one in view.numbers:
        then = f"{t('digest.last_week')} {one.last}{t('digest.and')}{t('digest.median')} {one.median}"
        yield f"{one.label} {one.value.text}（{then}）"
    trend = [f"{bar.label} {view.trend.unknown if bar.value is None else bar.value}" for bar in view.trend.bars]
    yield from _some(f"{view.trend.title}：{t('digest.and').join(trend)}" if len(trend) > 1 else "")
    yield from _some(view.own.text if view.own else "")
    yield from _head(t("digest.matters"))
    for matter in view.matters:
        yield f"{MARK[matter.level]} {matter.level_name} {matter.lines[0]}"
        yield from (f"   {line}" for line in matter.lines[1:])
    yield from _some("" if view.matters else t("digest.no_matters"))
    yield from _ending(view, link)


def _ending(view: DigestView, link: str) -> Iterator[str]:
    t = view.t
    yield from (*_head(t("digest.needs")), view.needs.text)
    yield from (*_head(t("digest.praise")), *(said.text for said in view.praise))
    yield from (*_head(t("digest.due")), *(said.text for said in view.due))
    yield from _some(view.due_more, "" if view.due else t("digest.due_none"))
    yield from (*_head(t("digest.coverage")), *(said.text for said in view.coverage))
    yield from (*_head(t("digest.evidence")), *view.evidence)
    yield from ("", *([t("digest.open_page", link=link)] if link else []), t("digest.foot"))


def _head(title: str) -> Iterator[str]:
    yield from ("", f"【{title}】")


def _some(*lines: str) -> Iterator[str]:
    return filter(None, lines)


def _plain(line: str) -> str:
    return str(plain(line.replace("\n", " ").replace("\t", " ")))


def _render(name: str, view: DigestView, link: str, most_ids: int, *, for_mail_program: bool = True) -> str:
    look = for_mail if for_mail_program else for_page
    return (
        _templates()
        .get_template(name)
        .render(
            view=view,
            t=view.t,
            link=link,
            most_ids=most_ids,
            look=lambda part: Markup(look(part)),  # noqa: S704 - attributes from the table of styles
            chart=Markup(html_of(view.trend, in_chart(look)) if len(view.trend.bars) > 1 else ""),  # noqa: S704 - escaped
            style=Markup(MAIL_STYLE),  # noqa: S704 - our own constant
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("api.notify", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=plain,
        trim_blocks=True,
        lstrip_blocks=True,
    )
