"""A table of letters through the door, by the rules of the page: bad rows to stderr with their number."""

import argparse
import sys
import time
import tomllib
from contextlib import closing
from pathlib import Path

from api import bootstrap
from api.accounts.people import people_of
from api.cli.installation import Installation, open_installation
from api.cli.one_unit import account_named, unit_named
from api.letters.columns import propose
from api.letters.mapping import Columns, columns_from, origin_named, recall
from api.letters.office import Office
from api.letters.report import problem_said
from api.letters.taking import Taken
from api.sheets import Sheet, read_sheet
from api.words import words_of
from pipeline.domain.errors import BadInput

ENDINGS = (".xlsx", ".xlsm", ".xls", ".et", ".csv", ".tsv", ".ods")
SHOW_EVERY_SECONDS = 2.0
SAID = words_of("en")


def is_table(name: str) -> bool:
    """Whether a file is one of those that are read as tables."""
    return name.lower().endswith(ENDINGS)


def take_table(arguments: argparse.Namespace) -> int:
    """Every row of the table was taken, or is named; exit code 0 all taken, 1 some bad, 2 none."""
    try:
        data = Path(arguments.file).read_bytes()
    except OSError as cause:
        raise BadInput(f"{arguments.file}: cannot be read ({cause.strerror}); name a file") from cause
    here = open_installation(arguments)
    with closing(here.stores):
        unit = unit_named(here, arguments.unit)
        sheet = read_sheet(data, arguments.file, sheet=arguments.sheet)
        columns = _columns(here, unit, sheet, arguments)
        shown = [time.monotonic()]

        def tell(taken: Taken) -> None:
            if time.monotonic() - shown[0] > SHOW_EVERY_SECONDS:
                shown[0] = time.monotonic()
                print(f"{arguments.file}: row {taken.last:,} of {sheet.last_number:,}", file=sys.stderr)

        taken = _office(here, unit, arguments.account).take(sheet, columns, tell)
    return _report(arguments.file, taken)


def _columns(here: Installation, unit: str, sheet: Sheet, arguments: argparse.Namespace) -> Columns:
    """Return which column is what: by a file, else as somebody confirmed it; raise BadInput (LTR-108) else."""
    if arguments.mapping:
        try:
            said = tomllib.loads(Path(arguments.mapping).read_text(encoding="utf-8"))
        except (OSError, ValueError) as cause:
            raise BadInput(f"{arguments.mapping}: cannot be read as TOML ({cause}); name another") from cause
        return columns_from(said | ({"origin": arguments.origin} if arguments.origin else {}), sheet.headings)
    known = recall(here.stores.records, unit, sheet.headings)
    if known is None:
        proposed = [f'{field} = "{sheet.headings[column]}"' for field, column in propose(sheet.headings).items()]
        sentence = "nobody has confirmed the columns of such a list; confirm them on the page, or give --mapping FILE"
        raise BadInput("\n".join([f"{sentence} with, as the headings read:", *proposed]), code="LTR-108")
    if arguments.origin and origin_named(arguments.origin) is not known.columns.origin:
        sentence = f"such lists were confirmed as {known.columns.origin}; give --mapping FILE to read one as another"
        raise BadInput(sentence, code="LTR-106")
    return known.columns


def _office(here: Installation, unit: str, name: str) -> Office:
    stores, settings = here.stores, here.settings
    desk = bootstrap.open_desk(stores, settings)
    clerk = bootstrap.open_clerk(stores, settings, desk)
    roles: frozenset[str] = frozenset()
    if name:
        people = people_of(stores.records, stores.clock)
        account = account_named(people, name, unit)
        people.audit.entered(account.id, "command line", "this machine", "ok")
        people.audit.flush()
        roles = account.roles
    door = bootstrap.open_door(here.folder, stores, settings)
    return Office(stores, door, clerk, settings, unit, name, roles, words_of("zh"))


def _report(name: str, taken: Taken) -> int:
    for problem in taken.problems:
        print(f"{name}:{problem.number}: {problem_said(SAID, problem)} [{problem.code}]", file=sys.stderr)
    print(
        f"{taken.taken} new, {taken.updated} with a new text, {taken.answered} answered, "
        f"{taken.unchanged} unchanged, {taken.refused} refused",
        file=sys.stderr,
    )
    if not taken.refused:
        return 0
    return 1 if taken.rows > taken.refused else 2
