"""
A signed webhook, for a system of the unit that is fed by notices.

    Huiyin-Timestamp: 1795400000
    Huiyin-Signature: v1=<hex of HMAC-SHA256(secret, "1795400000." + body)>
    Idempotency-Key: <id of the send, the same when it is repeated>

Codes and ids only: no word of a post, no name.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping

from pipeline.ports import Clock, Delivery, Message, Send

from .post_json import AnswerLostError, Endpoint, post_json

ANSWERS: Mapping[int, str] = {408: "retry", 409: "retry", 423: "retry", 425: "retry", 429: "retry"}
"""Status → what it means; other ones go by their first digit. A redirect is not followed, and is a failure."""

FIRST_DIGIT: Mapping[int, str] = {2: "delivered", 3: "permanent", 4: "permanent", 5: "retry"}


class Webhook:
    """The channel "webhook"."""

    name = "webhook"
    per_minute = 0

    def __init__(self, endpoint: Endpoint, secret: str, clock: Clock) -> None:
        self._endpoint = endpoint
        self._secret = secret
        self._clock = clock

    def deliver(self, send: Send, message: Message) -> Delivery:
        """The system has taken the notice, or its status says why not. Raises OSError where nobody answers."""
        body = body_of(send, repeated=message.repeated)
        timestamp = self._clock.now() // 1_000
        headers = {
            "Huiyin-Timestamp": str(timestamp),
            "Huiyin-Signature": f"v1={signature(self._secret, timestamp, body)}",
            "Idempotency-Key": send.id,
        }
        try:
            answer = post_json(self._endpoint, body, headers)
        except AnswerLostError as lost:
            return Delivery("unclear", lost.strerror or "no answer")
        outcome = ANSWERS.get(answer.status) or FIRST_DIGIT.get(answer.status // 100, "retry")
        return Delivery(outcome, f"HTTP {answer.status}")


def body_of(send: Send, *, repeated: bool) -> bytes:
    """Return the body: the notice in codes, as canonical JSON."""
    notice = send.notice
    values = {
        "send": send.id,
        "unit": send.unit,
        "incident": notice.incident,
        "level": notice.level,
        "what": notice.what,
        "why": notice.why,
        "to": send.recipient,
        "at": notice.at,
        "repeated": repeated,
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Return the hex HMAC-SHA256 over `timestamp.body`; the receiver refuses what is old or signed otherwise."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
