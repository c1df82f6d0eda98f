"""`huiyin group`: posts to the group of each, in stream order."""

import argparse
import json

from api import bootstrap
from api.cli.lines import Lines
from api.cli.posts import posts_of, rules_of
from api.rehearsal import Rehearsal


def run(arguments: argparse.Namespace) -> int:
    """Print id and group of every post; null where no rule met it."""
    rehearsal = Rehearsal(rules_of(arguments.rules) if arguments.rules else None)
    lines = Lines(arguments.file)
    for row in posts_of(lines, bootstrap.system_clock().now()):
        mention = rehearsal.work(row.post)
        print(json.dumps({"id": row.id, "incident": mention.group if mention else None}, ensure_ascii=False))
    return lines.exit_code
