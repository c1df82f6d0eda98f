"""`huiyin ingest`: posts from a file through intake, like any other post."""

import argparse
import sys
from collections.abc import Iterator
from itertools import islice

from api import bootstrap
from api.cli.installation import open_installation
from api.cli.lines import Lines
from api.cli.posts import StrangeKeys
from pipeline.domain.errors import BadInput
from pipeline.domain.post import RawPost
from pipeline.domain.row import raw_post_from_row
from pipeline.ports import Admitted

BATCH = 500


def run(arguments: argparse.Namespace, given: Lines | None = None) -> int:
    """Every good row is on the bus, turned away or buried; the counts are told."""
    here = open_installation(arguments)
    door = bootstrap.open_door(here.folder, here.stores, here.settings)
    lines = given or Lines(arguments.file)
    rows, total = _raw_posts(lines), Admitted()
    while batch := list(islice(rows, BATCH)):
        total = _sum(total, door.admit(batch))
    print(
        f"{total.published} posts on their way, {total.turned_away} erased before and turned away, "
        f"{total.buried} buried as dead letters, {lines.bad} bad lines",
        file=sys.stderr,
    )
    return 1 if lines.read and total.buried else lines.exit_code


def _raw_posts(lines: Lines) -> Iterator[RawPost]:
    strange = StrangeKeys(lines)
    for number, row in lines.rows():
        strange.tell_of(number, row)
        try:
            yield raw_post_from_row(row)
        except BadInput as refusal:
            lines.read -= 1
            lines.refuse(number, refusal)


def _sum(one: Admitted, other: Admitted) -> Admitted:
    return Admitted(one.published + other.published, one.turned_away + other.turned_away, one.buried + other.buried)
