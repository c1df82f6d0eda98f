"""`huiyin erase`: posts, memos or an incident are gone everywhere, with a receipt."""

import argparse
import json
from dataclasses import asdict

from api import bootstrap
from api.cli.installation import open_installation
from pipeline.domain.errors import BadInput
from pipeline.domain.row import iso_of
from pipeline.ports import Record
from pipeline.workflow.erase import Wanted


def run(arguments: argparse.Namespace) -> int:
    """Print the receipt, and keep it."""
    incidents = frozenset({arguments.incident} if arguments.incident else ())
    wanted = Wanted(frozenset(arguments.post), frozenset(arguments.memo), incidents)
    if wanted == Wanted():
        raise BadInput("nothing is named; give --post, --memo or --incident", code="ERA-102")
    here = open_installation(arguments)
    receipt = bootstrap.open_eraser(here.config, here.stores).erase(wanted)
    said = asdict(receipt) | {"author": arguments.author, "reason": arguments.reason}
    value = json.dumps(said, ensure_ascii=False, sort_keys=True)
    here.stores.records.put(
        Record("erasure", "", f"{receipt.at:013d}", 0, value, receipt.at, arguments.author, arguments.reason),
        expect=None,
    )
    print(value)
    if receipt.bus_copies_end_at is not None:
        print(f"the last copy on the way to the worker ends at {iso_of(receipt.bus_copies_end_at)}")
    return 0
