"""`huiyin alerts`: posts to the alerts that the stream would have raised, on the posts' own clock."""

import argparse
import json

from api import bootstrap
from api.cli.lines import Lines
from api.cli.posts import posts_of, rules_of
from api.rehearsal import Rehearsal
from pipeline.domain.row import iso_of


def run(arguments: argparse.Namespace, given: Lines | None = None) -> int:
    """Print each alert when the post that raised it has been read."""
    rehearsal = Rehearsal(rules_of(arguments.rules) if arguments.rules else None)
    lines = given or Lines(arguments.file)
    printed: dict[str, str] = {}
    for row in posts_of(lines, bootstrap.system_clock().now()):
        mention = rehearsal.work(row.post)
        printed.setdefault(mention.post if mention else row.post.id, row.id)
        for push in rehearsal.pushes():
            alert = {
                "incident": push.incident,
                "level": push.level,
                "reason": push.reason,
                "at": iso_of(push.at),
                "posts": [printed.get(post, post) for post in push.posts],
            }
            print(json.dumps(alert, ensure_ascii=False))
    return lines.exit_code
