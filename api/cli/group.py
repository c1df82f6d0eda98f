"""
`huiyin group`: posts to the group of each, in stream order.

A group is printed as the id of the incident that it may become, which it has from its first mention on; `alerts` prints
the same id, so the two outputs can be joined.
"""

import argparse
import json

from api import bootstrap
from api.cli.lines import Lines
from api.cli.posts import posts_of, rules_of
from api.rehearsal import UNIT, Rehearsal
from pipeline.domain.group import incident_id


def run(arguments: argparse.Namespace, given: Lines | None = None) -> int:
    """Print id and group of every post; null where no rule met it, or where it is only stored."""
    rehearsal = Rehearsal(rules_of(arguments.rules) if arguments.rules else None)
    lines = given or Lines(arguments.file)
    for row in posts_of(lines, bootstrap.system_clock().now()):
        mention = rehearsal.work(row.post)
        group = rehearsal.group_of(mention) if mention else None
        print(json.dumps({"id": row.id, "incident": incident_id(UNIT, group) if group else None}, ensure_ascii=False))
    return lines.exit_code
