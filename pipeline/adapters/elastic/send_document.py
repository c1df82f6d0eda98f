"""A send as one document: what it is in `body`, and beside it what is searched by."""

import json
from typing import Any

from pipeline.domain.event import Notice
from pipeline.ports import Attempt, Send

from .wire import Json

INDEX = "sends"
_WITHOUT_LEVEL = 99
"""Sorts what has no level behind all levels."""


def send_document(send: Send, *, ordinal: int, made_by: str) -> Json:
    """Return the document: `ordinal` counts sends in the order of their creation, `made_by` names who created it."""
    notice = send.notice
    told: dict[str, Any] = {
        "id": send.id,
        "seq": send.seq,
        "number": send.number,
        "notice": [notice.what, notice.why, notice.to, notice.incident, notice.level, notice.at],
        "attempts": [[one.number, one.at, one.outcome, one.detail, list(one.quoted)] for one in send.attempts],
    }
    return {
        "unit": send.unit,
        "ordinal": ordinal,
        "made_by": made_by,
        "incident": notice.incident,
        "recipient": send.recipient,
        "channel": send.channel,
        "state": send.state,
        "reason": send.reason,
        "urgency": notice.level or _WITHOUT_LEVEL,
        "noticed_at": notice.at,
        "next_at": send.next_at,
        "tried_at": [one.at for one in send.attempts],
        "quoted": sorted({post for one in send.attempts for post in one.quoted}),
        "body": json.dumps(told, ensure_ascii=False, separators=(",", ":")),
    }


def rewritten(source: Json, send: Send) -> Json:
    """Return the document of a send that has changed."""
    return {**source, **send_document(send, ordinal=source["ordinal"], made_by=source["made_by"])}


def stored_send(source: Json) -> Send:
    """Return the send that a document holds."""
    told = json.loads(source["body"])
    return Send(
        id=told["id"],
        unit=source["unit"],
        seq=told["seq"],
        number=told["number"],
        notice=Notice(*told["notice"]),
        recipient=source["recipient"],
        channel=source["channel"],
        state=source["state"],
        reason=source["reason"],
        next_at=source["next_at"],
        attempts=tuple(
            Attempt(n, at, outcome, detail, tuple(quoted)) for n, at, outcome, detail, quoted in told["attempts"]
        ),
    )
