"""Mentions: a unit's watch rule met a post, with the classifier's opinion and the fold's decision."""

from dataclasses import dataclass

from .post import Millis


@dataclass(frozen=True, slots=True)
class Answer:
    """
    One head's answer. `label` None is an abstention, which is an answer too; `confidence` is in 1/10,000.

    `about` and `need` have the labels True and False, the other heads those of data/classify/GUIDELINE.md.
    """

    label: str | bool | None = None
    confidence: int = 0


ABSTAINED = Answer()


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the classifier holds of a text (machine opinion), with the version of the model that spoke."""

    model: str = "none"
    about: Answer = ABSTAINED
    service_line: Answer = ABSTAINED
    act: Answer = ABSTAINED
    need: Answer = ABSTAINED
    stance: Answer = ABSTAINED
    sentiment: Answer = ABSTAINED
    urgency: Answer = ABSTAINED


NO_OPINION = Opinion()
"""No classifier spoke: everything abstains, and the desk shows a banner (MECHANICS §5)."""

HEADS = ("about", "service_line", "act", "need", "stance", "sentiment", "urgency")


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a term stands: code points of the stored title or text, exactly."""

    field: str
    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """
    Unit × post × rule, as the worker creates it once. `group` is None where nothing is grouped (stored only).

    `seen_seq` is the head of the unit's log under which the fold decided, so a replay has a stored order; `order`
    counts the unit's posts in the order of the fold, over all streams. `posters` is how many different people had
    written in the group within 14 days when the fold decided: a count that outlives the poster tokens. `linked` is the
    group that a message to the unit would have joined, had its incident not been closed (MECHANICS §5). `service_line`
    is the post's, as the unit's table stood then; all mentions of one decision say the same. `again` is the order of
    the fold in which its version, replaced meanwhile, came back. `conduct`: it complains about the conduct of staff, as
    the unit's words stood then. `imported`: a person took it from another system's list.
    """

    unit: str
    post: str
    version: str
    rule: str
    rule_version: str
    hits: tuple[Hit, ...]
    opinion: Opinion
    group: str | None
    repost_of: str | None
    similarity: int
    seen_seq: int
    order: int
    collected_at: Millis
    occurred_at: Millis
    service_line: str | None = None
    place: str | None = None
    posters: int = 0
    grave: bool = False
    grave_level: int = 2
    addressed: bool = False
    lapsed: bool = False
    backfilled: bool = False
    linked: str | None = None
    again: int = 0
    conduct: bool = False
    imported: bool = False

    @property
    def spoke(self) -> int:
        """The order of the fold in which it was met last: at first, or when an edit was taken back."""
        return max(self.order, self.again)

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """The key under which a mention is created exactly once."""
        return (self.unit, self.post, self.rule, self.version, self.rule_version)

    @property
    def decision(self) -> tuple[str | None, str | None]:
        """What the fold decided; the same key with another decision means that a worker is stale."""
        return (self.group, self.repost_of)
