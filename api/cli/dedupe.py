"""`huiyin dedupe`: posts to what each is a repost of, in stream order."""

import argparse
import json

from api import bootstrap
from api.cli.lines import Lines
from api.cli.posts import posts_of, rules_of
from api.rehearsal import Rehearsal


def run(arguments: argparse.Namespace, given: Lines | None = None) -> int:
    """Print id, original and similarity of every post; an original is null where the post is one itself."""
    rehearsal = Rehearsal(rules_of(arguments.rules) if arguments.rules else None)
    lines = given or Lines(arguments.file)
    printed: dict[str, str] = {}
    for row in posts_of(lines, bootstrap.system_clock().now()):
        mention = rehearsal.work(row.post)
        original = mention.repost_of if mention else None
        printed.setdefault(mention.post if mention else row.post.id, row.id)
        of = printed.get(original, original) if original else None
        similarity = mention.similarity / 10_000 if mention else 0.0
        print(json.dumps({"id": row.id, "repost_of": of, "similarity": similarity}, ensure_ascii=False))
    return lines.exit_code
