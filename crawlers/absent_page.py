"""A page that was read before and is no longer there: noted for the worker, and asked for once more to be sure."""

from pipeline.domain.absence import ABSENCE, BACK, SURE_AFTER, Absence, absence_from_json, absence_to_json, missing
from pipeline.domain.post import Millis
from pipeline.ports import Record

from .fetch_record import Fetch, Outcome
from .round import Round
from .visit import PageKind, Visit

MEANT = 410


def is_absence(here: Round, visit: Visit, fetch: Fetch) -> bool:
    """Whether the first page of a thread that was read before is not there."""
    is_first = visit.kind is PageKind.THREAD and visit.page == 1 and bool(visit.walk)
    return is_first and fetch.outcome is Outcome.GONE and here.frontier.was_read(visit)


def note_absence(here: Round, visit: Visit, fetch: Fetch) -> tuple[Record, Millis | None]:
    """Return the record of the absence, and when the page is asked for again; None where it is sure."""
    before = _known(here, visit)
    absence = missing(before, at=here.now(), in_round=str(here.deps.ends_at), is_meant=fetch.status == MEANT)
    first_at = absence.first_at or here.now()
    return _record(here, visit, absence), None if absence.gone_at is not None else first_at + SURE_AFTER


def note_presence(here: Round, visit: Visit) -> tuple[Record, ...]:
    """Return the record that the page is there again; none where it was never missing."""
    if visit.kind is not PageKind.THREAD or visit.page != 1:
        return ()
    before = _known(here, visit)
    return () if before is None or before == BACK else (_record(here, visit, BACK),)


def _known(here: Round, visit: Visit) -> Absence | None:
    record = here.deps.records.get(ABSENCE, "", here.addresses.head_of(visit.source, visit.address))
    return absence_from_json(record.value) if record else None


def _record(here: Round, visit: Visit, absence: Absence) -> Record:
    key, value = here.addresses.head_of(visit.source, visit.address), absence_to_json(absence)
    reason = "there again" if absence == BACK else "not there"
    return Record(ABSENCE, "", key, 0, value, here.now(), "crawler", reason)
