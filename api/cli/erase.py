"""`huiyin erase`: posts, memos or an incident are gone everywhere, with a receipt."""

import argparse

from api import bootstrap
from api.cli.installation import open_installation
from pipeline.domain.errors import BadInput
from pipeline.domain.row import iso_of
from pipeline.workflow.erase import Wanted, receipt_record


def run(arguments: argparse.Namespace) -> int:
    """Print the receipt, and keep it."""
    incidents = frozenset({arguments.incident} if arguments.incident else ())
    wanted = Wanted(frozenset(arguments.post), frozenset(arguments.memo), incidents)
    if wanted == Wanted():
        raise BadInput("nothing is named; give --post, --memo or --incident", code="ERA-102")
    here = open_installation(arguments)
    receipt = bootstrap.open_eraser(here.config, here.stores).erase(wanted)
    kept = receipt_record(receipt, arguments.author, arguments.reason)
    here.stores.records.put(kept, expect=None)
    print(kept.value)
    if receipt.bus_copies_end_at is not None:
        print(f"the last copy on the way to the worker ends at {iso_of(receipt.bus_copies_end_at)}")
    return 0
