"""`huiyin report KIND`: papers made from what is on record. The ledger 台账 is a workbook."""

import argparse
import os
from contextlib import closing
from datetime import datetime
from pathlib import Path

from api import bootstrap
from api.cli.installation import Installation, open_installation
from api.cli.one_unit import unit_named
from api.crawling import sources
from api.http.moment import EPOCH, ZONE, day_start, local
from api.ledger_table import LedgerTable, Names, freshness_of
from api.readiness import health
from api.sheets import read_moment
from api.words import words_of
from pipeline.domain.errors import BadInput
from pipeline.domain.office import read_offices
from pipeline.domain.post import Millis
from pipeline.domain.working_calendar import DAY
from pipeline.workflow.ledger import Ledger
from pipeline.workflow.visibility import READS, WORKS

OPERATOR_READS = READS | WORKS
"""Whoever operates this machine can read its stores; the ledger that he writes is whole."""


def run(arguments: argparse.Namespace) -> int:
    """The ledger is written; its path and the number of matters are told."""
    here = open_installation(arguments)
    with closing(here.stores):
        unit = unit_named(here, arguments.unit)
        since, until = _span(arguments, here.stores.clock.now())
        desk = bootstrap.open_desk(here.stores, here.settings)
        own = Ledger(here.stores.log, here.stores.posts, desk.state(unit), OPERATOR_READS)
        days = f"{local(since):%Y-%m-%d}", f"{local(until - 1):%Y-%m-%d}"
        words = words_of("zh")
        profile = here.settings.units.get(unit)
        name = profile.profile.name if profile else unit
        head = words("ledger.head", unit=name, since=days[0], until=days[1])
        table = LedgerTable(words, _names(here, unit))
        fresh = freshness_of(here.stores, unit, health(here.stores, here.config.crawl.every_seconds))
        path = Path(arguments.out or f"ledger-{unit}-{days[0]}-{days[1]}.xlsx")
        _write(path, table.workbook(own.rows(since, until), head, fresh))
        print(f"{path}: {own.count(since, until)} matters")
        print(*table.freshness(fresh), sep="\n")
    return 0


def _names(here: Installation, unit: str) -> Names:
    own = here.settings.units.get(unit)
    table = own.tables.get("offices") if own else None
    offices = {one.id: one.name for one in read_offices(table)} if table else {}
    known = sources(here.stores.records)
    return Names(
        office=lambda office: offices.get(office, office),
        source=lambda source: known[source].name if source in known else source,
    )


def _span(arguments: argparse.Namespace, now: Millis) -> tuple[Millis, Millis]:
    """Return the time that is asked for, whole days in China; raise BadInput (INP-163) where it is none."""
    january = round((datetime(local(now).year, 1, 1, tzinfo=ZONE) - EPOCH).total_seconds()) * 1_000
    since = day_start(_day(arguments.since)) if arguments.since else january
    until = day_start(_day(arguments.until) if arguments.until else now) + DAY
    if since >= until:
        raise BadInput("--since lies behind --until; turn them round", code="INP-163")
    return since, until


def _day(text: str) -> Millis:
    found = read_moment(text)
    if found is None:
        raise BadInput(f"{text!r} is no day; write one such as 2026-11-24", code="INP-163")
    return found.at


def _write(path: Path, data: bytes) -> None:
    """The file holds internal matters: only its owner may read it."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as cause:
        raise BadInput(f"{path}: cannot be written ({cause.strerror}); name another with --out") from cause
