"""The desk of sources: tries run beside the requests of people; what is kept is a setting with author and reason."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_urlsafe

from api.settings.change import Wanted, change_setting
from api.source_checklist import KEY, Checklist, Standing, Tied, checklist, read_choices
from api.stores import Stores
from crawlers.read_manifest import manifest_from_dict
from pipeline.domain.errors import BadInput, Refused
from pipeline.domain.post import Millis
from pipeline.domain.unit_settings import Table, read_profile
from pipeline.ports import Record
from pipeline.workflow.settings import SETTING, SOURCE, in_force, table_of

from .book import Kept, Past, Typed, Under, Unfit
from .form import table_from, typed_from
from .tried import Tried
from .trying import Trier

REMEMBERED: Millis = 30 * 60_000
"""How long a try is there to be enabled; then it is tried again."""
MOST_RUNNING, MOST_REMEMBERED = 3, 100


@dataclass(slots=True)
class _Running:
    """A try under way or done."""

    account: str
    address: str
    place: str
    started_at: Millis
    thread: threading.Thread | None = None
    steps: list[str] = field(default_factory=list)
    tried: Tried | None = None
    refusal: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self.thread is not None and self.thread.is_alive()


class SourceDesk:
    """Tries addresses, and keeps sources as settings of the installation."""

    def __init__(self, stores: Stores, trier: Trier) -> None:
        self._stores = stores
        self._trier = trier
        self._guard = threading.Lock()
        self._tries: dict[str, _Running] = {}

    def start(self, address: str, account: str, place: str = "") -> str:
        """The address is being tried; returns the try's id. Raises Refused (SRC-513) where too many are under way."""
        now = self._stores.machine_clock.now()
        with self._guard:
            self._forget(now)
            if sum(each.is_running for each in self._tries.values()) >= MOST_RUNNING:
                raise Refused("too many addresses are being tried at this moment; wait a minute", code="SRC-513")
            running = _Running(account, address.strip()[:2_000], place, now)
            running.thread = threading.Thread(target=self._run, args=(running,), daemon=True)
            try_id = token_urlsafe(12)
            self._tries[try_id] = running
            running.thread.start()
        return try_id

    def look(self, try_id: str, account: str) -> Under | None:
        """Return how a try of this account stands; None where there is none, or it was forgotten after a while."""
        with self._guard:
            self._forget(self._stores.machine_clock.now())
            found = self._tries.get(try_id)
        if found is None or found.account != account:
            return None
        is_broken = not found.is_running and found.tried is None and not found.refusal
        return Under(try_id, found.address, found.place, tuple(found.steps), found.tried, is_broken, found.refusal)

    def enable(self, tried: Tried, typed: Typed, author: str) -> str:
        """The source is set and enabled; returns its id. Raises Unfit."""
        known = {record.key: table_of(record) or {} for record in in_force(self._stores.records, "", SOURCE)}
        if any(table.get("url") == tried.address for table in known.values()):
            raise Unfit({"address": "already"})
        table = table_from(tried.manifest, typed, self._stores.clock.now(), enabled=True)
        source = str(table["id"])
        stored = self._stores.records.get(SETTING, "", SOURCE + source)
        self._put(source, table, stored.revision if stored else 0, author, str(table["why"]))
        return source

    def kept(self, source: str) -> Kept | None:
        """Return a source that is set; None where there is none."""
        record = self._stores.records.get(SETTING, "", SOURCE + source)
        table = table_of(record) if record else None
        if record is None or table is None:
            return None
        return Kept(source, table, record.revision, record.author, record.at, record.reason)

    def typed(self, kept: Kept) -> Typed:
        """Return the form of a source as it would have been typed."""
        return typed_from(kept.table)

    def usual_owner(self) -> str:
        """Return the post that answers for the newest source; "" where there is none."""
        newest = max(in_force(self._stores.records, "", SOURCE), key=lambda record: record.at, default=None)
        return str((_table(newest) or {}).get("owner", ""))

    def history(self, source: str) -> Sequence[Past]:
        """Return what was done with a source, newest first."""
        records = self._stores.records.history(SETTING, "", SOURCE + source)
        before: Sequence[Record | None] = [*records[1:], None]
        return [
            Past(_did(table_of(record), table_of(older) if older else None), record.author, record.at, record.reason)
            for record, older in zip(records, before, strict=True)
        ]

    def change(self, kept: Kept, typed: Typed, author: str, reason: str) -> None:
        """What was typed holds. Raises Unfit, or Moved where somebody changed it meanwhile."""
        enabled = kept.table.get("enabled") is True
        table = table_from(kept.table, typed, self._stores.clock.now(), enabled=enabled)
        self._put(kept.source, table, kept.revision, author, reason)

    def switch(self, kept: Kept, author: str, reason: str, *, on: bool) -> None:
        """The source is enabled, or paused: its posts stay. Raises Moved, or BadInput."""
        self._put(kept.source, {**kept.table, "enabled": on}, kept.revision, author, reason)

    def remove(self, kept: Kept, author: str, reason: str) -> None:
        """The source is set no longer; its posts and its history stay. Raises Moved."""
        self._put(kept.source, None, kept.revision, author, reason)

    def checklist(self, unit: str) -> Checklist:
        """Return how the unit stands to the ten places."""
        records = self._stores.records
        tables = [(record, table_of(record) or {}) for record in in_force(records, "", SOURCE)]
        tied = [
            Tied(
                record.key.removeprefix(SOURCE),
                str(table.get("name", "")),
                str(table.get("listed_as", "")),
                table.get("enabled") is True,
            )
            for record, table in tables
        ]
        profile = _table(records.get(SETTING, unit, "unit"))
        county = read_profile(profile).county if profile else ""
        return checklist(self._said(unit)[0], tied, county)

    def say(self, unit: str, place: str, standing: Standing, author: str) -> None:
        """What a person says of a place holds, with its revision; raises BadInput or Moved."""
        said, revision = self._said(unit)
        table = {key: each.value for key, each in {**said, place: standing}.items()}
        wanted = Wanted(unit, KEY, table, revision)
        change_setting(self._stores.records, self._stores.clock, wanted, author=author, reason=f"{place}: {standing}")

    def _said(self, unit: str) -> tuple[Mapping[str, Standing], int]:
        record = self._stores.records.get(SETTING, unit, KEY)
        return read_choices(_table(record) or {}), record.revision if record else 0

    def _put(self, source: str, table: Table | None, revision: int, author: str, reason: str) -> None:
        wanted = Wanted("", SOURCE + source, table, revision, manifest_from_dict)
        change_setting(self._stores.records, self._stores.clock, wanted, author=author, reason=reason)

    def _run(self, running: _Running) -> None:
        """The address was tried, in a thread of its own; what breaks it is told by the thread's own hook."""
        try:
            running.tried = self._trier.try_address(running.address, running.steps.append)
        except BadInput as refusal:
            running.refusal = refusal.code

    def _forget(self, now: Millis) -> None:
        """Old tries are gone, and the oldest where there are too many."""
        for try_id, each in list(self._tries.items()):
            if not each.is_running and now - each.started_at > REMEMBERED:
                del self._tries[try_id]
        done = [try_id for try_id, each in self._tries.items() if not each.is_running]
        for try_id in done[: max(0, len(self._tries) - MOST_REMEMBERED)]:
            del self._tries[try_id]


def _table(record: Record | None) -> Table | None:
    return table_of(record) if record else None


def _did(now: Table | None, before: Table | None) -> str:
    """Return what a revision did."""
    if now is None:
        return "removed"
    if before is None:
        return "added"
    if before.get("enabled") is not now.get("enabled"):
        return "resumed" if now.get("enabled") is True else "paused"
    return "changed"
