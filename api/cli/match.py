"""`huiyin match`: posts to posts with the hits of watch rules."""

import argparse
import json

from api import bootstrap
from api.cli.lines import Lines
from api.cli.posts import posts_of, rules_of
from pipeline.stages.match import Matcher


def run(arguments: argparse.Namespace, given: Lines | None = None) -> int:
    """Print every post with its mentions; offsets are code points of the printed text."""
    matcher = Matcher(rules_of(arguments.rules))
    lines = given or Lines(arguments.file)
    for row in posts_of(lines, bootstrap.system_clock().now()):
        mentions = [
            {"rule": match.rule.id, "term": hit.term, "field": hit.field, "start": hit.start, "end": hit.end}
            for match in matcher.matches(row.post.title, row.post.text)
            for hit in match.hits
        ]
        print(json.dumps({**row.printed(), "mentions": mentions}, ensure_ascii=False))
    return lines.exit_code
