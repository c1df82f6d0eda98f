"""The timeline of an incident: every step, who made it and when, what was typed and attached, what was taken back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.event import Event, Value
from pipeline.domain.event_data import moment, number, text, texts
from pipeline.workflow.dossier import Moment
from pipeline.workflow.memo_texts import FileOfMemo, MemoText

from .reader import Reader

BY_OFFICES = frozenset({"office_received", "office_answered", "office_returned"})
"""Steps of offices: what an account recorded of them is shown as recorded on behalf (代录)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One batch of the incident: its steps in words, and what was typed with them."""

    seq: int
    at: str
    iso: str
    who: str
    steps: Sequence[str]
    types: Sequence[str]
    note: MemoText | None
    is_taken_back: bool

    @property
    def files(self) -> Sequence[FileOfMemo]:
        """The files that came with it."""
        return self.note.files if self.note else ()


def timeline_of(reader: Reader, moments: Sequence[Moment], notes: Sequence[MemoText]) -> Sequence[Entry]:
    """Return the steps, newest first; events of one batch are one entry."""
    undone = {number(one.event.data, "seq") for one in moments if one.event.type == "undone"}
    of_seq = {note.seq: note for note in notes}
    batches: dict[int, list[Moment]] = {}
    for one in moments:
        batches.setdefault(one.seq, []).append(one)
    return [_entry(reader, batches[seq], of_seq.get(seq), is_taken_back=seq in undone) for seq in reversed(batches)]


def step_said(reader: Reader, event: Event) -> str:
    """Return one event in words."""
    is_feedback = event.type == "line_answered" and event.data.get("to") is not None
    known = "paper.step" if is_feedback else f"event.{event.type}"
    if known not in reader.words.texts:
        return event.type
    values = {**dict(_values(reader, event.data)), "told": _on_behalf(reader, event)}
    if event.actor.startswith("office:"):
        values["office"] = ""  # it stands before the step already
    return reader.words(known, **values).strip()


def _on_behalf(reader: Reader, event: Event) -> str:
    """Return by which means an account was told what it recorded for an office; "" where the office spoke itself."""
    if event.type not in BY_OFFICES or not event.actor.startswith("account:"):
        return ""
    how = text(event.data, "how")
    means = reader.words.named("means", how) if how else ""
    return reader.words("offices.on_behalf", means=means)


def types_said(reader: Reader, types: Sequence[str]) -> str:
    """Return kinds of events in words, without their values."""
    return reader.words("common.and").join(dict.fromkeys(reader.words.named("done", kind) for kind in types))


def _entry(reader: Reader, moments: Sequence[Moment], note: MemoText | None, *, is_taken_back: bool) -> Entry:
    event = moments[0].event
    return Entry(
        seq=moments[0].seq,
        at=reader.at(event.at),
        iso=reader.moments.iso(event.at),
        who=reader.called.who(event.actor),
        steps=tuple(dict.fromkeys(step_said(reader, one.event) for one in moments)),
        types=tuple(one.event.type for one in moments),
        note=note,
        is_taken_back=is_taken_back,
    )


def _values(reader: Reader, data: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """Yield what the sentences put in: names for ids, words for codes, date and hour for times."""
    for name, say in _SAID.items():
        yield name, say(reader, data) if data.get(name) is not None else ""
    yield "from", reader.words.named("level", data.get("from", ""))


def _person(name: str) -> Callable[[Reader, Mapping[str, Value]], str]:
    return lambda reader, data: reader.called.who(text(data, name))


def _coded(name: str, area: str) -> Callable[[Reader, Mapping[str, Value]], str]:
    return lambda reader, data: reader.words.named(area, data[name])


def _time(name: str) -> Callable[[Reader, Mapping[str, Value]], str]:
    return lambda reader, data: reader.at(moment(data, name))


def _to(reader: Reader, data: Mapping[str, Value]) -> str:
    """Return whom it went to: an account, a superior, or another unit."""
    to = text(data, "to")
    return reader.called.who(to) if ":" in to else reader.words.named("superior", to)


def _kind(reader: Reader, data: Mapping[str, Value]) -> str:
    kind = text(data, "kind")
    return reader.words.named("due" if f"due.{kind}" in reader.words.texts else "reply_kind", kind)


def _how(reader: Reader, data: Mapping[str, Value]) -> str:
    how = text(data, "how")
    return reader.words.named("aside" if f"aside.{how}" in reader.words.texts else "means", how)


def _signed_how(reader: Reader, data: Mapping[str, Value]) -> str:
    """Return how it was signed beside the system, and when."""
    how, at = reader.words.named("signed", text(data, "signed_how")), moment(data, "signed_at")
    return reader.words("signed.said", how=how, when=reader.at(at))


_SAID: Mapping[str, Callable[[Reader, Mapping[str, Value]], str]] = {
    "owner": _person("owner"),
    "of": _person("of"),
    "signed_how": _signed_how,
    "to": _to,
    "level": _coded("level", "level"),
    "reason": _coded("reason", "reason"),
    "verdict": _coded("verdict", "verdict"),
    "disposition": _coded("disposition", "disposition"),
    "outcome": _coded("outcome", "outcome"),
    "kind": _kind,
    "how": _how,
    "until": _time("until"),
    "due_at": _time("due_at"),
    "office": lambda reader, data: reader.called.office(text(data, "office")),
    "attended": lambda reader, data: reader.called.of_offices(texts(data, "attended")),
    "types": lambda reader, data: types_said(reader, texts(data, "types")),
    "step": lambda _, data: str(number(data, "step")),
}
"""Key of an event's data → how it is said."""
