"""The composition root: from the operator's file to stores, door, worker. The only module that chooses adapters."""

import hashlib
import hmac
import logging
import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from classifier.absent import AbsentClassifier
from classifier.bundled import bundled_classifier
from pipeline.adapters.blobs import FileBlobs
from pipeline.adapters.key_file import KeyFile
from pipeline.adapters.sealing import AddressSealer
from pipeline.adapters.sqlite.backup import back_up
from pipeline.adapters.sqlite.bus import SqlitePostBus
from pipeline.adapters.sqlite.erasure_list import NAME as ERASURE_LIST
from pipeline.adapters.sqlite.erasure_list import Erasure, append_erasures
from pipeline.adapters.sqlite.log import SqliteIncidentLog
from pipeline.adapters.sqlite.migrations import copies_beside, open_bus, open_huiyin, open_state
from pipeline.adapters.sqlite.outbox import SqliteOutbox
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.adapters.sqlite.records import SqliteRecords
from pipeline.adapters.sqlite.restore import Restored, restore
from pipeline.adapters.sqlite.tokens import SqlitePosterTokens
from pipeline.adapters.sqlite.writer import Reader
from pipeline.adapters.system_clock import SystemClock
from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.calendar_setting import read_calendar
from pipeline.domain.clock import SHIPPED_CLOCKS, read_clocks
from pipeline.domain.deadline import clocks_from, due_times
from pipeline.domain.errors import HuiyinError
from pipeline.domain.post import Millis
from pipeline.domain.read_policy import read_policy
from pipeline.domain.watch import Watch
from pipeline.domain.watch_rule import WatchRule
from pipeline.domain.working_calendar import working_calendar
from pipeline.ports import Classifier, Clock, Door
from pipeline.runner import Asking, PostMatcher, Worker
from pipeline.runner import Stores as WorkerStores
from pipeline.stages.match import Matcher
from pipeline.workflow.burial import Burial
from pipeline.workflow.desk import Desk, Practice
from pipeline.workflow.door import DoorKeys, IntakeDoor
from pipeline.workflow.erase import Eraser, Named
from pipeline.workflow.housekeeping import Housekeeper
from pipeline.workflow.settings import Settings, read_settings

from .bundled import bundled_rules
from .config import Config
from .stores import Stores

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of one installation, below the operator's data folder."""

    root: Path

    @property
    def huiyin(self) -> Path:
        """Posts, mentions, groups, log, memos, sends, records: what a backup holds."""
        return self.root / "huiyin.db"

    @property
    def bus(self) -> Path:
        """Posts on the way; never backed up."""
        return self.root / "bus.db"

    @property
    def state(self) -> Path:
        """Poster tokens; never backed up."""
        return self.root / "state.db"

    @property
    def keys(self) -> Path:
        """Keys, readable by the owner alone; never backed up."""
        return self.root / "keys.json"

    @property
    def blobs(self) -> Path:
        """Attachments."""
        return self.root / "blobs"

    @property
    def frontier(self) -> Path:
        """The crawler's memory of what it has still to fetch; never backed up."""
        return self.root / "frontier.db"


def folder_of(config: Config) -> Folder:
    """Return the installation's folder, made where it is missing."""
    root = Path(config.data.folder)
    root.mkdir(parents=True, exist_ok=True)
    return Folder(root)


def system_clock() -> Clock:
    """Return the machine's clock."""
    return SystemClock()


def open_stores(folder: Folder) -> Stores:
    """Return the embedded stores of a folder, brought to the newest schema."""
    bus, huiyin, state = open_bus(folder.bus), open_huiyin(folder.huiyin), open_state(folder.state)
    reading = [Reader(writer.path) for writer in (bus, huiyin, state)]
    posts, decisions = SqlitePostStore(huiyin), SqliteIncidentLog(huiyin)
    return Stores(
        bus=SqlitePostBus(bus, reading[0]),
        posts=posts,
        log=decisions,
        records=SqliteRecords(huiyin, reading[1]),
        outbox=SqliteOutbox(huiyin, reading[1]),
        tokens=SqlitePosterTokens(state, reading[2]),
        blobs=FileBlobs(folder.blobs),
        clock=SystemClock(),
        closers=(posts.close, decisions.close, *(each.close for each in reading), bus.close, huiyin.close, state.close),
    )


def memory_stores(clock: Clock) -> Stores:
    """Return stores that live as long as the process: for verbs that rehearse a stream."""
    from pipeline.adapters.memory.blobs import MemoryBlobs
    from pipeline.adapters.memory.bus import MemoryPostBus
    from pipeline.adapters.memory.log import MemoryIncidentLog
    from pipeline.adapters.memory.outbox import MemoryOutbox
    from pipeline.adapters.memory.posts import MemoryPostStore
    from pipeline.adapters.memory.records import MemoryRecords
    from pipeline.adapters.memory.tokens import MemoryPosterTokens

    return Stores(
        bus=MemoryPostBus(),
        posts=MemoryPostStore(),
        log=MemoryIncidentLog(),
        records=MemoryRecords(),
        outbox=MemoryOutbox(),
        tokens=MemoryPosterTokens(),
        blobs=MemoryBlobs(),
        clock=clock,
    )


def settings_of(stores: Stores) -> Settings:
    """Return the settings as they are now."""
    return read_settings(stores.records, bundled_rules())


def open_door(folder: Folder, stores: Stores, settings: Settings) -> Door:
    """Return the one door of the installation, with its keys."""
    keys = KeyFile(folder.keys)
    return IntakeDoor(
        stores.bus,
        erased=stores.posts.erased,
        keys=DoorKeys(
            periods=keys.periods,
            seal=AddressSealer(keys.sealing_key).seal,
            address_key=keys.address_key,
            draw=os.urandom,
            keep=lambda: kept_terms(settings),
        ),
        clock=stores.clock,
    )


@dataclass(frozen=True, slots=True)
class PrivateAddresses:
    """How the crawler keeps addresses that name their authors: encrypted, and findable under a keyed hash."""

    sealer: AddressSealer
    key: bytes

    def close(self, address: str) -> str:
        """Return the address encrypted."""
        return self.sealer.seal(address)

    def reveal(self, sealed: str) -> str:
        """Return the address that `close` encrypted."""
        return self.sealer.unseal(sealed)

    def mark(self, address: str) -> str:
        """Return the keyed hash of the address."""
        return hmac.new(self.key, address.encode(), hashlib.sha256).hexdigest()


def private_addresses(folder: Folder) -> PrivateAddresses:
    """Return the installation's way to keep addresses that name their authors."""
    keys = KeyFile(folder.keys)
    return PrivateAddresses(AddressSealer(keys.sealing_key), keys.address_key)


def kept_terms(settings: Settings) -> frozenset[str]:
    """Return what masking never eats: places, and terms of the rules in force."""
    watches = settings.watch().units.values()
    terms = {term for watch in watches for rule in watch.rules for term in rule.triggers}
    return frozenset(terms.union(*(watch.places for watch in watches)))


def open_desk(stores: Stores, settings: Settings) -> Desk:
    """Return the desk over the stores, with each unit's practice."""
    return Desk(stores.log, stores.posts, stores.clock, practice_of(settings))


def practice_of(settings: Settings) -> Callable[[str], Practice]:
    """Return how to find what a unit has set about alerts and clocks; the shipped figures where it has set nothing."""

    def practice(unit: str) -> Practice:
        tables = settings.units[unit].tables if unit in settings.units else {}
        calendar = read_calendar(tables["calendar"]) if "calendar" in tables else working_calendar()
        rules = read_clocks(tables["clocks"]) if "clocks" in tables else SHIPPED_CLOCKS
        policy = read_policy(tables["alerts"]) if "alerts" in tables else DEFAULT_POLICY
        return Practice(policy, due_times(rules, calendar), clocks_from(rules))

    return practice


def open_eraser(config: Config, stores: Stores) -> Eraser:
    """Return what erases in every store, and notes it down beside the backups."""
    path = Path(config.data.backups) / ERASURE_LIST

    def note_down(named: Sequence[Named], at: Millis) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        for copy in copies_beside(Folder(Path(config.data.folder)).huiyin):
            copy.unlink()  # what a migration laid aside holds texts too
        append_erasures(path, [Erasure(one.kind, one.id, at, one.unit) for one in named])

    return Eraser(stores.posts, stores.log, stores.bus, stores.tokens, stores.outbox, stores.clock, note_down)


def open_housekeeper(folder: Folder, stores: Stores) -> Housekeeper:
    """Return what removes everything that is over age."""
    return Housekeeper(
        stores.bus,
        stores.posts,
        stores.log,
        stores.records,
        stores.tokens,
        stores.clock,
        KeyFile(folder.keys).destroy_ended,
    )


def back_up_now(config: Config, stores: Stores) -> Path:
    """A backup lies in a new folder below the operator's backups, checked; returns the folder."""
    at = stores.clock.now()
    name = datetime.fromtimestamp(at / 1_000, UTC).strftime("%Y%m%dT%H%M%SZ")
    target = Path(config.data.backups) / name
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Folder(Path(config.data.folder))
    back_up(folder.huiyin, folder.blobs, target, at=at)
    return target


def restore_from(source: Path, config: Config, *, replace_data: bool) -> Restored:
    """The backup is in place; what was erased since is erased again, and every unsent send is held."""

    def erase_again(folder: Path, erasures: Sequence[Erasure]) -> None:
        writer, at = open_huiyin(Folder(folder).huiyin), SystemClock().now()
        with closing(writer), closing(SqlitePostStore(writer)) as posts, closing(SqliteIncidentLog(writer)) as log:
            posts.erase(frozenset(one.id for one in erasures if one.kind == "post"), at)
            for unit in {one.unit for one in erasures if one.kind == "memo"}:
                memos = frozenset(one.id for one in erasures if one.kind == "memo" and one.unit == unit)
                log.erase_memos(unit, memos, at)

    return restore(source, Path(config.data.folder), erase=erase_again, replace=replace_data)


def open_classifier() -> Classifier:
    """Return the bundled classifier; where it cannot be loaded everything abstains, and the reason is shown."""
    try:
        return bundled_classifier()
    except (HuiyinError, OSError, ImportError) as cause:
        log.exception("classifier.absent: every head abstains")
        return AbsentClassifier(str(cause))


def of_unit(rule: WatchRule, unit: str) -> WatchRule:
    """Return the rule as this unit's."""
    return replace(rule, unit=unit)


def open_rehearsed_worker(
    stores: Stores, watch: Watch, matcher: Callable[[Sequence[WatchRule]], PostMatcher] | None
) -> Worker:
    """Return a worker over stores in memory; with a matcher of its own nothing closes the gate."""
    shipped = Practice(DEFAULT_POLICY, due_times(SHIPPED_CLOCKS, working_calendar()), clocks_from(SHIPPED_CLOCKS))
    desk = Desk(stores.log, stores.posts, stores.clock, lambda _unit: shipped)
    return Worker(
        stores=WorkerStores(stores.bus, stores.posts, stores.tokens),
        classifier=AbsentClassifier("a rehearsal without a gate") if matcher else open_classifier(),
        clock=stores.clock,
        asking=Asking(desk.ask, desk.head, desk.takes_messages),
        watch=watch,
        burial=Burial(stores.bus, stores.clock),
        matcher_of=matcher or Matcher,
    )


def open_worker(stores: Stores, settings: Settings, desk: Desk, classifier: Classifier) -> Worker:
    """Return the worker over the stores; `load` it before the first step."""
    return Worker(
        stores=WorkerStores(stores.bus, stores.posts, stores.tokens),
        classifier=classifier,
        clock=stores.clock,
        asking=Asking(desk.ask, desk.head, desk.takes_messages),
        watch=settings.watch(),
        burial=Burial(stores.bus, stores.clock),
    )
