"""
The robot of a 企业微信 group. It answers HTTP 200 to everything; what counts is `errcode` in the body.

The card holds matter, level, count, due time and reason: a group is read by many, so it holds no word of a post and no
personal data. The robot takes 20 messages a minute; half of that is kept for level Ⅰ (the dispatcher counts).
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from pipeline.ports import Delivery, Message, Send

from .post_json import Answer, AnswerLostError, Endpoint, post_json

ERRCODES: Mapping[int, str] = {
    0: "delivered",
    -1: "retry",  # the system is busy
    40001: "permanent",  # a wrong secret
    40008: "permanent",  # a message of a kind that it does not know
    40033: "permanent",  # a request that it cannot read
    40058: "permanent",  # a parameter is wrong
    44004: "permanent",  # an empty content
    45002: "permanent",  # a content that is too long
    45009: "retry",  # too many messages in this minute
    45033: "retry",  # too many at once
    93000: "permanent",  # the key is wrong: no such robot
    93004: "permanent",  # the robot was taken out of the group
    93008: "permanent",  # the robot may not speak there
}
"""The robot's errcode → what it means; an unknown one is a failure, never a success."""

MOST_BYTES = 4_000
"""A card holds 4,096 bytes at most."""
MOST_SAID = 120


class Wecom:
    """The channel "wecom"."""

    name = "wecom"
    per_minute = 20

    def __init__(self, endpoint: Endpoint, key: str) -> None:
        self._endpoint = replace(endpoint, url=f"{endpoint.url}?{urlencode({'key': key})}")
        self._key = key

    def deliver(self, send: Send, message: Message) -> Delivery:  # noqa: ARG002 - the port gives it, a card names no send
        """The group has the card, or the errcode says why not. Raises OSError where nobody answers."""
        card = {"msgtype": "markdown", "markdown": {"content": content_of(message)}}
        body = json.dumps(card, ensure_ascii=False).encode()
        try:
            answer = post_json(self._endpoint, body, {})
        except AnswerLostError as lost:
            return Delivery("unclear", lost.strerror or "no answer")
        found = judged(answer)
        return replace(found, detail=found.detail.replace(self._key, "…"))


def content_of(message: Message) -> str:
    """Return the card's text, cut to what the robot takes."""
    text = "\n".join([f"**{message.subject}**", *(f"> {line}" for line in message.lines)])
    return text.encode()[:MOST_BYTES].decode(errors="ignore")


def judged(answer: Answer) -> Delivery:
    """Return what an answer means; one without an errcode came from somewhere on the way, and is tried again."""
    if answer.status != 200:  # not the robot, but something on the way
        return Delivery("retry", f"HTTP {answer.status}")
    try:
        said = json.loads(answer.body)
        code, text = int(said["errcode"]), " ".join(str(said.get("errmsg", "")).split())
    except (ValueError, KeyError, TypeError, AttributeError):
        return Delivery("retry", f"HTTP {answer.status} without an errcode")
    known = ERRCODES.get(code)
    detail = f"errcode {code} {text}"[:MOST_SAID]
    return Delivery(known, detail) if known else Delivery("permanent", f"unknown {detail}")
