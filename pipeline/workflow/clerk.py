"""
The clerk: the one path by which people's commands reach the desk. Page, HTTP API and command line all come here.

What a person typed is masked like a post before anything is stored; the log holds a salted commitment of it only. The
same key again is answered with the first batch, and refused where it comes with another content.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pipeline.domain.bad_order import BadOrder, Problem
from pipeline.domain.command import Command, GroupCommand, NeedContacted, NeedOutcome
from pipeline.domain.errors import Refused
from pipeline.domain.event import Batch, Memo
from pipeline.domain.event_data import text
from pipeline.domain.next_moves import moves_for, moves_of_group
from pipeline.domain.order import Order, Outcome
from pipeline.domain.read_order import nothing_known
from pipeline.domain.sheet import Sheet, UnitWords, is_same_content, read_sheet
from pipeline.domain.undoing import Undoable, undoable
from pipeline.ports import Blobs, Record, Records

from .desk import Desk
from .named_posts import problems_of_named

ORDER = "order"
"""The kind of the records that say for which command and fields a key was used."""
_SALT_BYTES = 16


def _no_words(_unit: str) -> UnitWords:
    return UnitWords(frozenset(), nothing_known)


@dataclass(frozen=True, slots=True)
class Clerk:
    """Carries out what people ask for. `draw` gives random bytes; `words` is asked at each order for the unit's own."""

    desk: Desk
    blobs: Blobs
    records: Records
    draw: Callable[[int], bytes] = field(repr=False)
    words: Callable[[str], UnitWords] = _no_words

    def carry_out(self, order: Order) -> Outcome:
        """
        What the order asks for is in the log, with its text and files; returns what became of it.

        Raises BadOrder with every problem, Refused with the moves that this person may make (Moved, where the
        incident's revision is not the expected one), LostRace where the log did not stand still. Then nothing of the
        order is in the log, and its text is nowhere.
        """
        sheet = self._about(order, read_sheet(order, self.words(order.unit), self.draw(_SALT_BYTES).hex()))
        done = self.desk.log.batch_of_command(order.unit, order.command_id)
        if done is not None:
            self._refuse_other_content(order, sheet, done)
            return self._outcome(order, sheet, done, repeated=True)
        self._refuse_unknown_plea(order.unit, sheet.command)
        try:
            self.desk.decide_now(order.unit, sheet.command, roles=order.roles)
            problems = problems_of_named(self.desk.posts, order.unit, sheet.command)
            if problems:
                raise BadOrder(order.command, problems)
            self._note_key(order, sheet)
            for file in order.attachments:
                self.blobs.put(file.data)
            done = self.desk.execute(order.unit, sheet.command, roles=order.roles, memos=sheet.memos)
        except Refused as refusal:
            done = self.desk.log.batch_of_command(order.unit, order.command_id)
            if done is not None:  # its twin came first, a moment ago
                self._refuse_other_content(order, sheet, done)
                return self._outcome(order, sheet, done, repeated=True)
            of_group = sheet.command.group if isinstance(sheet.command, GroupCommand) else ""
            named = None if of_group else getattr(sheet.command, "incident", None)
            refusal.allowed = self._moves(order, named or None, of_group)
            raise
        repeated = not _is_batch_of(sheet, done)
        if repeated:
            self._refuse_other_content(order, sheet, done)
        return self._outcome(order, sheet, done, repeated=repeated)

    def undoable(self, unit: str, account: str) -> Undoable | None:
        """Return the account's last batch in the unit, if it is at most 10 minutes old, and what undoing it means."""
        return undoable(self.desk.state(unit), account, self.desk.clock.now())

    def _about(self, order: Order, sheet: Sheet) -> Sheet:
        """Return the sheet whose memos name the incident with which they are kept and erased."""
        incident = self._incident_of(order.unit, sheet.command) or ""
        return replace(sheet, memos=tuple(replace(memo, incident=incident) for memo in sheet.memos))

    def _incident_of(self, unit: str, command: Command) -> str | None:
        """Return the incident that the command is about; a group's may be still to open."""
        named = getattr(command, "incident", None)
        if named:
            return str(named)
        if not isinstance(command, GroupCommand):
            return None
        owner = self.desk.state(unit).incident_of(command.group)
        if owner is not None:
            return owner.id
        view = self.desk.posts.group(unit, command.group)
        return view.row.incident if view is not None and command.name == "open" else None

    def _refuse_unknown_plea(self, unit: str, command: Command) -> None:
        """Refuse what is no post of the unit: it would stand in the log for ever, whatever it is."""
        if isinstance(command, NeedContacted | NeedOutcome) and not self.desk.posts.mentions_of(unit, command.post):
            raise Refused(f"no plea {command.post} is known in {unit}; look at the list of pleas", code="INC-301")

    def _note_key(self, order: Order, sheet: Sheet) -> None:
        """It is on record for which command and fields the key is used."""
        record = Record(
            kind=ORDER,
            unit=order.unit,
            key=order.command_id,
            revision=0,
            value=_written(sheet),
            at=self.desk.clock.now(),
            author=order.actor,
            reason=order.command,
        )
        if not self.records.put(record, expect=0):
            self._refuse_other_fields(order, sheet)

    def _refuse_other_fields(self, order: Order, sheet: Sheet) -> None:
        known = self.records.get(ORDER, order.unit, order.command_id)
        if known is not None and known.value != _written(sheet):
            raise _other_content(order)

    def _refuse_other_content(self, order: Order, sheet: Sheet, done: Batch) -> None:
        """Refuse a known key with another command, fields, text or files; what was erased is not compared."""
        self._refuse_other_fields(order, sheet)
        kept: list[Memo | None] = [self.desk.log.memo(order.unit, memo.id) for memo in sheet.memos]
        if not is_same_content(order, kept, sheet, done.memos):
            raise _other_content(order)

    def _outcome(self, order: Order, sheet: Sheet, done: Batch, *, repeated: bool) -> Outcome:
        incident, group = _concerned(sheet.command, done)
        return Outcome(
            unit=order.unit,
            seq=done.seq,
            at=done.events[0].at,
            events=tuple(event.type for event in done.events),
            incident=incident,
            revision=None if incident is None else self._revision(done, incident),
            moves=self._moves(order, incident, group),
            memo=sheet.memos[0].id if sheet.memos else None,
            repeated=repeated,
        )

    def _moves(self, order: Order, incident: str | None, group: str) -> tuple[str, ...]:
        """Return what this person may ask for now, of the incident or of the free group that it is about."""
        state = self.desk.state(order.unit)
        if incident is not None:
            known = incident in state.incidents
            return moves_for(state.as_one(incident).state, order.actor, order.roles) if known else ()
        return moves_of_group(state.mark_of(group), order.actor, order.roles) if group else ()

    def _revision(self, done: Batch, incident: str) -> int:
        """Return the incident's revision behind the batch: what others did since, this person has not seen."""
        batches = self.desk.log.batches_of(done.unit, incident)
        return sum(event.incident == incident for batch in batches if batch.seq <= done.seq for event in batch.events)


def _written(sheet: Sheet) -> str:
    return f'"{sheet.digest}"'


def _concerned(command: Command, done: Batch) -> tuple[str | None, str]:
    """Return the incident that the batch is about, None where none is, and the group that its first event names."""
    named = getattr(command, "incident", None)
    incidents = [event.incident for event in done.events if event.incident]
    group = text(done.events[0].data, "group")
    return (str(named) if named else incidents[0] if incidents else None), group


def _is_batch_of(sheet: Sheet, done: Batch) -> bool:
    """Whether the batch is this sheet's own, and not that of the same order that came a moment earlier."""
    note = sheet.command.note
    if note is None:
        return True
    noted = {"memo": note.memo, "commitment": note.commitment}
    return any(event.data.get("note") == noted for event in done.events)


def _other_content(order: Order) -> BadOrder:
    sentence = "this key was used for an order with another content; give a new key (Idempotency-Key) for a new order"
    return BadOrder(order.command, [Problem("key", sentence)], code="ORD-103")
