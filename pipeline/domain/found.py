"""
What the first half of the pipeline found of one post for one unit, as it travels to the second (MECHANICS §3).

The post itself, the watch rules that it met as plain values, and the classifier's opinion. No rule met is a finding
too: a new version that a unit's rules no longer meet ends the mentions of the older one. Its JSON is canonical (sorted
keys, no spaces), so that the same finding is the same bytes whoever writes it; what is empty is left out.
"""

import json
from dataclasses import dataclass
from typing import Protocol

from .errors import BadInput
from .mention import NO_OPINION, Hit, Opinion
from .post import Millis, Post
from .wire import hits_from_json, hits_to_json, opinion_from_json, opinion_to_json, post_from_json, post_to_json

SCHEMA = "found/1"
"""The name of this form; it changes with every change that an older reader would misread."""


class RuleFacts(Protocol):
    """What a decision about a post asks of the rule that it met."""

    @property
    def id(self) -> str:
        """The rule's id."""

    @property
    def version(self) -> str:
        """The version in which it spoke."""

    @property
    def service_line(self) -> str | None:
        """The business line of what it meets."""

    @property
    def grave(self) -> bool:
        """Whether what it meets is grave."""

    @property
    def grave_level(self) -> int | None:
        """The level that a grave mention asks for."""


class Met(Protocol):
    """A rule that a post met, and where: fresh from the matcher, or as it travelled."""

    @property
    def rule(self) -> RuleFacts:
        """The rule."""

    @property
    def hits(self) -> tuple[Hit, ...]:
        """Where its terms stand."""


@dataclass(frozen=True, slots=True)
class RuleMet:
    """A watch rule that the post met, in the version that spoke, and where; all that the second half needs of it."""

    id: str
    version: str
    hits: tuple[Hit, ...] = ()
    service_line: str | None = None
    grave: bool = False
    grave_level: int | None = None

    @property
    def rule(self) -> RuleFacts:
        """The rule: what is known of it is here."""
        return self


def rule_met(met: Met) -> RuleMet:
    """Return what travels of a match."""
    rule = met.rule
    return RuleMet(rule.id, rule.version, met.hits, rule.service_line, rule.grave, rule.grave_level)


@dataclass(frozen=True, slots=True)
class Found:
    """One post for one unit: which rules it met, in their order, and what the classifier holds of its text."""

    unit: str
    post: Post
    rules: tuple[RuleMet, ...] = ()
    opinion: Opinion = NO_OPINION

    @property
    def collected_at(self) -> Millis:
        """When this version of the post was collected."""
        return self.post.collected_at


def found_to_json(found: Found) -> str:
    """Return the finding as JSON text, poster tokens inside: it belongs on a bus and nowhere else."""
    said: dict[str, object] = {
        "schema": SCHEMA,
        "unit": found.unit,
        "post": json.loads(post_to_json(found.post, with_tokens=True)),
        "rules": [_said(rule) for rule in found.rules],
        "opinion": json.loads(opinion_to_json(found.opinion)),
    }
    return _encode(said)


def found_from_json(text: str | bytes) -> Found:
    """Return the finding that the JSON text holds; raise BadInput where it holds none, or one of another form."""
    try:
        said = json.loads(text)
        if said["schema"] != SCHEMA:
            raise BadInput("a finding on its way has a form that this Huiyin does not know", code="INP-110")
        return Found(
            unit=_text(said["unit"]),
            post=post_from_json(_encode(said["post"])),
            rules=tuple(_rule(one) for one in said["rules"]),
            opinion=opinion_from_json(_encode(said["opinion"])),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        sentence = f"a finding on its way cannot be read ({type(cause).__name__}); look at `huiyin doctor`"
        raise BadInput(sentence, code="INP-110") from None


def _said(rule: RuleMet) -> dict[str, object]:
    said: dict[str, object] = {"id": rule.id, "version": rule.version}
    if rule.hits:
        said["hits"] = json.loads(hits_to_json(rule.hits))
    if rule.service_line is not None:
        said["line"] = rule.service_line
    if rule.grave:
        said["grave"] = True
    if rule.grave_level is not None:
        said["level"] = rule.grave_level
    return said


def _rule(said: dict[str, object]) -> RuleMet:
    level, line = said.get("level"), said.get("line")
    return RuleMet(
        id=_text(said["id"]),
        version=_text(said["version"]),
        hits=hits_from_json(_encode(said.get("hits", []))),
        service_line=None if line is None else _text(line),
        grave=said.get("grave") is True,
        grave_level=level if isinstance(level, int) else None,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _encode(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
