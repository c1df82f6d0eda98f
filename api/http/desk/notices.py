"""Why was I, or was I not, notified: the recorded sends of a matter in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.event import Notice
from pipeline.workflow.notices import NOBODY
from pipeline.workflow.told import Told, who_was_told

from .reader import Reader

MOST = 200


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice for one recipient over one channel: what, when, what became of it and why."""

    at: str
    what: str
    whom: str
    state: str
    why: str
    tries: int


def notices_view(reader: Reader, incident: str, notices: Sequence[Notice]) -> Sequence[NoticeView]:
    """Return the sends of the incident, newest first; before them the notices that were not given out yet."""
    sends = reader.service.stores.outbox.sends(reader.unit, incident, MOST)
    given_out = {(send.notice.what, send.notice.at) for send in sends}
    fresh = [_fresh(reader, one) for one in notices if (one.what, one.at) not in given_out]
    return [*reversed(fresh), *(_view(reader, told) for told in reversed(who_was_told(sends)))]


def _view(reader: Reader, told: Told) -> NoticeView:
    words = reader.words
    is_nobodys = told.recipient == NOBODY
    why = words("incident.notice_nobody") if is_nobodys else words.named("notice", told.reason) if told.reason else ""
    again = words("incident.notice_next", when=reader.at(told.next_at)) if told.next_at else ""
    return NoticeView(
        at=reader.at(told.noticed_at),
        what=f"{words.named('notice', told.what)} · {words.named('level', told.level)}",
        whom="" if is_nobodys else _whom(reader, told),
        state=words.named("notice", f"state_{told.state}"),
        why=" ".join(part for part in (why, again) if part),
        tries=len(told.attempts),
    )


def _whom(reader: Reader, told: Told) -> str:
    channel = reader.words.named("channel", told.channel)
    return reader.words("incident.notice_to", who=reader.called.who(f"account:{told.recipient}"), channel=channel)


def _fresh(reader: Reader, notice: Notice) -> NoticeView:
    words = reader.words
    what = f"{words.named('notice', notice.what)} · {words.named('level', notice.level)}"
    return NoticeView(reader.at(notice.at), what, "", words("incident.notice_waits"), "", 0)
