"""What a step of the worker does to mentions: new ones are created once, old ones lapse or are met again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.domain.errors import StaleWorker
from pipeline.domain.mention import NO_OPINION, Mention
from pipeline.ports import Work

from .client import Change, Doc, Elastic
from .mention_document import (
    MENTIONS,
    MentionKey,
    mention_change,
    mention_doc_id,
    mention_document,
    opinion_change,
    stored_mention,
)
from .rewrite import turns


class MentionWriter:
    """The mentions of one work, beside those that are stored of the same keys."""

    def __init__(self, elastic: Elastic, work: Work) -> None:
        """Raise StaleWorker where the work decides one mention in two ways."""
        self._elastic = elastic
        self._decided = _once(work.mentions)
        self._again: dict[MentionKey, int] = {}
        for key, order in work.revived:
            self._again[key] = max(order, self._again.get(key, 0))
        self._lapsed = set(work.lapsed)
        self._keys = {mention_doc_id(key): key for key in (*self._decided, *self._again, *self._lapsed)}
        self._numbers = _numbered(self._decided.values())

    @property
    def wanted(self) -> list[tuple[str, str]]:
        """Index and id of every document that `write` has to know."""
        return [(MENTIONS, doc_id) for doc_id in self._keys]

    def new(self, docs: Mapping[tuple[str, str], Doc]) -> list[Mention]:
        """Return the mentions that are not stored. Raises StaleWorker where one is with another decision."""
        self._refuse_other_decisions(docs)
        return [mention for key, mention in self._decided.items() if (MENTIONS, mention_doc_id(key)) not in docs]

    def write(self, docs: Mapping[tuple[str, str], Doc], check: Callable[[], None]) -> int:
        """
        The mentions are as the work says, and opinions are kept; returns how many mentions were new.

        `docs` are what stood there when it was read. Where others have written since, they are read again; then
        `check` is asked whether this worker may go on. Raises StaleWorker where one was decided otherwise meanwhile.
        """
        new, left = 0, list(self._keys)
        beside = [opinion_change(mention.version, mention.opinion) for mention in _first_said(self._decided.values())]
        for _ in turns(self._elastic, f"{len(self._keys)} mentions"):
            changes = {doc_id: change for doc_id in left if (change := self._change(doc_id, docs)) is not None}
            made = self._elastic.bulk([*changes.values(), *beside])
            done = [doc_id for doc_id, was_made in zip(changes, made, strict=False) if was_made]
            new += sum(changes[doc_id].op == "create" for doc_id in done)
            left, beside = sorted(changes.keys() - set(done)), []
            if not left:
                return new
            docs = self._elastic.mget((MENTIONS, doc_id) for doc_id in left)
            self._refuse_other_decisions(docs)
            check()
        raise AssertionError  # turns ends by raising

    def _change(self, doc_id: str, docs: Mapping[tuple[str, str], Doc]) -> Change | None:
        key, doc = self._keys[doc_id], docs.get((MENTIONS, doc_id))
        before = self._decided.get(key) if doc is None else stored_mention(doc.source)
        if before is None:
            return None
        after = before
        if key in self._again:
            after = replace(after, lapsed=False, again=max(self._again[key], after.again))
        if key in self._lapsed:
            after = replace(after, lapsed=True)
        if doc is None:
            return Change("create", MENTIONS, doc_id, mention_document(after, self._numbers[key]))
        return None if after == before else mention_change(doc, after)

    def _refuse_other_decisions(self, docs: Mapping[tuple[str, str], Doc]) -> None:
        for key, mention in self._decided.items():
            doc = docs.get((MENTIONS, mention_doc_id(key)))
            if doc is not None:
                _refuse_other_decision(stored_mention(doc.source), mention)


def _once(mentions: Iterable[Mention]) -> dict[MentionKey, Mention]:
    decided: dict[MentionKey, Mention] = {}
    for mention in mentions:
        _refuse_other_decision(decided.setdefault(mention.key, mention), mention)
    return decided


def _refuse_other_decision(known: Mention, mention: Mention) -> None:
    if known.decision != mention.decision:
        raise StaleWorker(
            f"post {mention.post} has a mention of {mention.unit} with another decision ({known.group}, not "
            f"{mention.group}): another worker holds this unit; drop its memory and load it again"
        )


def _numbered(mentions: Iterable[Mention]) -> dict[MentionKey, int]:
    """Return each mention's place among those of the same unit and order."""
    places: dict[tuple[str, int], int] = {}
    numbers = {}
    for mention in mentions:
        place = places.get((mention.unit, mention.order), 0)
        numbers[mention.key] = place
        places[mention.unit, mention.order] = place + 1
    return numbers


def _first_said(mentions: Iterable[Mention]) -> Sequence[Mention]:
    """Return one mention of each text and model that spoke."""
    first: dict[tuple[str, str], Mention] = {}
    for mention in mentions:
        if mention.opinion.model != NO_OPINION.model:
            first.setdefault((mention.version, mention.opinion.model), mention)
    return list(first.values())
