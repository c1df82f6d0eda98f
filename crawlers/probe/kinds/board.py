"""
Message boards of government sites (县长信箱, 网上留言): a list of letters, each a page with question and answer.

The list is known by its words, and confirmed when a letter's page labels question and answer.
"""

import re
from collections import Counter

from crawlers.extract import extract_page
from crawlers.probe.guess import Dead, Guess, NoGuess, Recognised, Sure
from crawlers.probe.rows import Rows
from crawlers.probe.seen_page import SeenPage
from pipeline.domain.errors import BadInput

from .lists import selectors_of, siblings_of, unseen_of

_NAME = re.compile(
    r"(?:县长|市长|区长|书记|局长|领导|主任|镇长)信箱|留言(?:板|选登|列表|公开|反馈)?|网上信访|写信|来信|信件|咨询投诉|互动交流|问政|民意|民声|诉求"
)
_STATE = re.compile(r"已(?:回复|答复|办结|受理|转办|处理|办理)|(?:待|未)(?:回复|答复|受理|办理)|办理中|处理中|受理中")
_ASKED = re.compile(r"(?:留言|来信|信件|咨询|诉求|提问|问题)内容\s*[】\]]?\s*[:：]?")
_ANSWERED = re.compile(r"(?:答复|回复|办理|处理)(?:内容|结果|意见|情况)\s*[】\]]?\s*[:：]?")
_LEAST_SHARE = 0.3


def recognise_board(page: SeenPage, rows: Rows | None) -> Guess | NoGuess | None:
    """Return how a message board is read; None where the page is none, or cannot be told from another list."""
    is_named = _NAME.search(page.title) is not None
    if is_inline(page) and (rows is None or len(rows.rows) < 2 * LEAST_PAIRS):
        return NoGuess(Dead.INLINE_BOARD)
    if rows is None:
        return None
    states = sum(_STATE.search("".join(row.element.itertext())) is not None for row in rows.rows) / len(rows.rows)
    if not is_named and states < _LEAST_SHARE:
        return None
    return Guess(
        Recognised.MESSAGE_BOARD,
        Sure.MIDDLE if states >= _LEAST_SHARE else Sure.LOW,
        list=selectors_of(rows, replies=_state_selector(rows)),
        also_hosts=siblings_of(page.host, rows.hosts),
        unseen=unseen_of(page, rows),
    )


LEAST_PAIRS = 2


def is_inline(page: SeenPage) -> bool:
    """Whether questions and answers stand in the list itself, several of them on one page."""
    visible = page.visible
    return len(_ASKED.findall(visible)) >= LEAST_PAIRS and len(_ANSWERED.findall(visible)) >= LEAST_PAIRS


def is_letter(page: SeenPage) -> bool:
    """Whether a page labels a citizen's message, or the official answer to one."""
    try:
        said = extract_page(page.body, page.address, page.content_type, fetched_at=page.now)
    except BadInput:
        return False
    return any(reply.is_answer for reply in said.replies) or _ASKED.search(page.visible) is not None


def _state_selector(rows: Rows) -> str:
    """Return the selector of the words 已回复 / 待回复 in a row: when they change, the letter is read again."""
    found: Counter[str] = Counter()
    for row in rows.rows:
        for element in row.element.iter():
            own = " ".join((element.text or "").split()) if isinstance(element.tag, str) else ""
            if own and len(own) <= 12 and _STATE.search(own):
                names = [name for name in (element.get("class") or "").split() if not _STATE_NAME.search(name)]
                found[element.tag + "".join(f".{name}" for name in names[:1])] += 1
    selector, count = found.most_common(1)[0] if found else ("", 0)
    return selector if count >= _LEAST_SHARE * len(rows.rows) and "." in selector else ""


_STATE_NAME = re.compile(r"[^A-Za-z_-]|green|red|gray|yes|no$|done|wait|on$|off$", re.IGNORECASE)
"""Classes that change with the state, and those that no selector can name as they are."""
