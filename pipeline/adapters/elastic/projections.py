"""
What the log's batches make of incidents, marks, memos and mentions: written behind the batch, or by who comes next.

`units` holds for each unit up to which seq all is written. Whoever is about to append, or to read what the log makes,
first projects what stands behind that: so a crash between any two writes is mended by the next comer. Each write is
made once, however often it is tried: an incident knows which batch told of it last, a mark which batch left it.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.domain.event import Batch
from pipeline.domain.event_data import groups_named, text, texts
from pipeline.domain.event_types import upcast
from pipeline.domain.people import GroupMark
from pipeline.domain.unit_state import UnitState, evolve_batch

from .batches import Batches, Recorded
from .client import Change, Doc, Elastic
from .group_document import INDEX as GROUPS
from .group_document import GroupWriter, Kept, Step, group_docs, kept_group
from .incident_document import INDEX as INCIDENTS
from .incident_document import Told, first_told, incident_docs, told, write_incidents
from .keys import doc_id
from .memos import Memos
from .merges import parts_of, void
from .moved_mentions import move_mentions
from .rewrite import advance
from .sequence import Sequences

UNITS, COMMANDS = "units", "commands"
PROJECTED = "projected"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch makes of the incidents and the groups that it names."""

    batch: Batch
    incidents: Mapping[str, Told]
    marks: Mapping[str, GroupMark]


class Projections:
    """The projections of every unit's log."""

    def __init__(self, elastic: Elastic, batches: Batches, memos: Memos, sequences: Sequences) -> None:
        self._elastic = elastic
        self._batches = batches
        self._memos = memos
        self._sequences = sequences
        self._groups = GroupWriter(elastic, sequences)
        self._guard = threading.Lock()
        self._done: dict[str, int] = {}

    def caught_up(self, unit: str) -> tuple[int, str]:
        """Return the log's last seq and its hash; everything up to it is projected."""
        known = self._done.get(unit)
        done = self._projected(unit) if known is None else known
        ahead = list(self._batches.all_after(unit, max(0, done - 1) if known is None else done))
        if ahead and known is not None:
            done = self._projected(unit)  # whoever appended has projected it, unless he died
        for one in ahead:
            if one.seq > done:
                self.project(one)
        self._remember(unit, done)
        return self._batches.end_known(unit)

    def project(self, one: Recorded) -> None:
        """Everything that the batch makes is written, and the unit is projected up to it."""
        batch = one.batch
        plan = self.plan(batch)
        if plan is not None:
            self._write(plan, one)
        self.is_projected(batch.unit, batch.seq)

    def is_projected(self, unit: str, seq: int) -> None:
        """The unit counts as projected up to the seq, or further."""
        source = {"unit": unit, "kind": PROJECTED, "seq": seq}
        advance(self._elastic, UNITS, doc_id(PROJECTED, unit), source, by="seq")
        self._remember(unit, seq)

    def plan(self, batch: Batch) -> Plan | None:
        """
        Return what a batch makes of the incidents and groups that it names; None where a later one was projected.

        No other part of the unit's state is read. Raises MalformedEvent where the batch cannot be folded.
        """
        unit, seq = batch.unit, batch.seq
        names = {event.incident for event in batch.events if event.incident}
        there = {name: told(doc) for name, doc in incident_docs(self._elastic, unit, names).items()}
        marks = self._marks(unit, groups_of(batch))
        if any(one.seq > seq for one in there.values()) or any(mark.seq > seq for mark in marks.values()):
            return None
        return planned(batch, there, marks)

    def rebuild(self, unit: str) -> None:
        """Every projection of the unit is as its log makes it."""
        incidents: dict[str, Told] = {}
        marks: dict[str, GroupMark] = {}
        commands: dict[str, int] = {}
        for one in self._batches.all_after(unit, 0):
            batch = one.batch
            plan = planned(batch, incidents, {group: marks[group] for group in groups_of(batch) if group in marks})
            incidents |= plan.incidents
            marks |= plan.marks
            commands |= {batch.command: batch.seq} if batch.command else {}
            self._memos.name(unit, batch.memos, one.stamp)
            self._move_mentions(batch)
        seq, _ = self._batches.end(unit)
        write_incidents(self._elastic, unit, incidents, anew=True)
        self._remove_others(unit, seq, incidents, commands)
        groups = {*marks, *self._marked(unit)}
        self._groups.write({(unit, group): _left_by(marks.get(group), seq) for group in groups})
        self._elastic.bulk([_command(unit, command, at) for command, at in commands.items()])
        self.is_projected(unit, seq)

    def _write(self, plan: Plan, one: Recorded) -> None:
        batch = plan.batch
        write_incidents(self._elastic, batch.unit, plan.incidents)
        if batch.command:
            self._elastic.bulk([_command(batch.unit, batch.command, batch.seq)])
        self._memos.name(batch.unit, batch.memos, one.stamp)
        void(self._elastic, self._sequences, batch.unit, groups_of(batch), batch.seq)
        marks = {(batch.unit, group): _left_by(mark, batch.seq) for group, mark in plan.marks.items()}
        if marks:
            self._groups.write(marks)
        self._move_mentions(batch)

    def _projected(self, unit: str) -> int:
        doc = self._elastic.get(UNITS, doc_id(PROJECTED, unit))
        return 0 if doc is None else int(doc.source["seq"])

    def _remember(self, unit: str, seq: int) -> None:
        with self._guard:
            self._done[unit] = max(seq, self._done.get(unit, 0))

    def _marks(self, unit: str, groups: Iterable[str]) -> dict[str, GroupMark]:
        docs = group_docs(self._elastic, [(unit, group) for group in groups])
        marks = {group: kept_group(doc.source).mark for (_, group), doc in docs.items()}
        return {group: mark for group, mark in marks.items() if mark is not None}

    def _marked(self, unit: str) -> set[str]:
        self._elastic.fresh(GROUPS)
        docs = self._elastic.scan(GROUPS, {"term": {"unit": unit}}, [{"group": "asc"}])
        return {doc.source["group"] for doc in docs if "mark" in doc.source}

    def _move_mentions(self, batch: Batch) -> None:
        for event in map(upcast, batch.events):
            if event.type == "group_split":
                group, into = text(event.data, "group"), text(event.data, "into")
                parts = parts_of(self._elastic, batch.unit, group)
                move_mentions(self._elastic, batch.unit, texts(event.data, "posts"), out_of=parts, into=into)

    def _remove_others(self, unit: str, seq: int, incidents: Mapping[str, Told], commands: Mapping[str, int]) -> None:
        """What the log up to the seq does not make is gone."""
        self._elastic.fresh(INCIDENTS, COMMANDS)
        of_unit = {"bool": {"filter": [{"term": {"unit": unit}}, {"range": {"seq": {"lte": seq}}}]}}
        stored = self._elastic.scan(INCIDENTS, of_unit, [{"incident": "asc"}])
        self._elastic.bulk([_removal(doc) for doc in stored if doc.source["incident"] not in incidents])
        known = {doc_id(unit, command) for command in commands}
        answered = self._elastic.scan(COMMANDS, of_unit, [{"seq": "asc"}])
        self._elastic.bulk([_removal(doc) for doc in answered if doc.id not in known])


def planned(batch: Batch, there: Mapping[str, Told], marks: Mapping[str, GroupMark]) -> Plan:
    """Return what the batch makes of incidents as they are known before or after it, and of marks likewise."""
    before = {name: one.before if one.seq == batch.seq else one.incident for name, one in there.items()}
    known = {name: incident for name, incident in before.items() if incident is not None}
    after = evolve_batch(UnitState(batch.unit, batch.seq - 1, known, marks), batch)
    names = {event.incident for event in batch.events if event.incident}
    made = {name: after.incidents[name] for name in names}
    incidents = {
        name: there[name].followed_by(incident, batch.seq) if name in there else first_told(incident, batch.seq)
        for name, incident in made.items()
    }
    return Plan(batch, incidents, {group: mark for group, mark in after.marks.items() if marks.get(group) != mark})


def _left_by(mark: GroupMark | None, seq: int) -> Step:
    """The group has the mark, unless a later batch left one."""

    def step(kept: Kept) -> Kept:
        return kept if kept.mark is not None and kept.mark.seq > seq else kept.with_mark(mark)

    return step


def groups_of(batch: Batch) -> set[str]:
    """Return the groups that the batch decides about."""
    return {group for event in batch.events for group in groups_named(upcast(event).data)}


def _command(unit: str, command: str, seq: int) -> Change:
    return Change("index", COMMANDS, doc_id(unit, command), {"unit": unit, "seq": seq})


def _removal(doc: Doc) -> Change:
    return Change("delete", doc.index, doc.id, seen=doc)
