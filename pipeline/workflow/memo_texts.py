"""What people typed about an incident, read back: masked texts and files, in the order in which they came."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.attachment import type_of_name
from pipeline.domain.event import Batch, Event, Memo
from pipeline.domain.event_data import number, table, text
from pipeline.domain.post import Millis
from pipeline.ports import IncidentLog


@dataclass(frozen=True, slots=True)
class FileOfMemo:
    """A file that was attached: `blob` is the hash of its content, `name` is masked; erased, it has neither."""

    memo: str
    blob: str
    name: str
    type: str
    erased: bool = False


@dataclass(frozen=True, slots=True)
class MemoText:
    """
    A text that a person typed, masked; "" where only files were given, and where it was erased (`erased`).

    `types` are the events that it was typed with. `is_public`: it may be quoted outside. `taken_back`: its step was
    undone; the text is kept. `signer` is the post that signed offline; "" where none did, and where it was erased.
    """

    memo: str
    seq: int
    at: Millis
    actor: str
    types: tuple[str, ...]
    text: str
    files: tuple[FileOfMemo, ...]
    is_public: bool = False
    erased: bool = False
    taken_back: bool = False
    signer: str = ""


def memo_texts(log: IncidentLog, unit: str, incident: str) -> Sequence[MemoText]:
    """
    Return the texts and files of the incident, oldest first, without those of incidents that it absorbed.

    They are read by id, never searched; what was erased is shown as erased.
    """
    batches = log.batches_of(unit, incident)
    undone = {
        number(event.data, "seq")
        for batch in batches
        for event in batch.events
        if event.type == "undone" and event.incident == incident
    }
    return [_text_of(log, batch, taken_back=batch.seq in undone) for batch in batches if batch.memos]


def _text_of(log: IncidentLog, batch: Batch, *, taken_back: bool) -> MemoText:
    """The note comes first; the ids of its files begin with its own."""
    noted = [(text(table(event.data, "note"), "memo"), event.type) for event in batch.events if event.data.get("note")]
    signer = next((named for event in batch.events if (named := signer_of(event))), "")
    others = [memo for memo in batch.memos if memo != signer]
    first = next((memo for memo, _ in noted), others[0] if others else "")
    memo = log.memo(batch.unit, first) if first else None
    signed = log.memo(batch.unit, signer) if signer else None
    return MemoText(
        memo=first,
        seq=batch.seq,
        at=batch.events[0].at,
        actor=batch.events[0].actor,
        types=tuple(dict.fromkeys(kind for _, kind in noted)),
        text="" if memo is None else memo.text,
        files=tuple(_file(one, log.memo(batch.unit, one)) for one in others if one != first),
        is_public=memo is not None and memo.public,
        erased=bool(first) and memo is None,
        taken_back=taken_back,
        signer="" if signed is None else signed.text,
    )


def signer_of(event: Event) -> str:
    """Return the id of the memo that names the post which signed offline; "" where the event holds none."""
    return text(table(event.data, "signed_by"), "memo") if event.data.get("signed_by") else ""


def _file(memo_id: str, memo: Memo | None) -> FileOfMemo:
    if memo is None or memo.attachment is None:
        return FileOfMemo(memo_id, "", "", "", erased=True)
    return FileOfMemo(memo_id, memo.attachment, memo.text, type_of_name(memo.text))
