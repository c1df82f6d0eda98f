"""
Do SQLite and Elasticsearch find the same? Random posts, random terms of 1 to 8 characters (goal: equal for all).

    python bench/same_hits.py [--terms 1000] [--posts 3000] [--seed 1] [--elastic URL]

Chinese, Latin, digits, punctuation, emoji, rare Han and white space; six terms of ten are pieces of a stored text. Ids,
their order and the count must agree, over all posts and over those of one unit, over all time and over a part of it. A
real server is started where none is named. Exit 0: equal. 1: the terms that differ were printed.
"""

import argparse
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.posts import ElasticPostStore
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from tests.any_text import AnyText, answers, fill

from own_elastic import own_elastic  # isort: skip  # a file beside this one

LIMIT = 50


def differing(elastic: Elastic, options: argparse.Namespace) -> int:
    """Fill both stores, ask both, print what differs; return how many terms did."""
    texts = AnyText(options.seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_huiyin(Path(folder) / "huiyin.db")) as writer,
        closing(SqlitePostStore(writer)) as sqlite,
    ):
        both = (sqlite, ElasticPostStore(elastic))
        fill(both, texts, options.posts)
        differ = met = 0
        for asked in texts.questions(options.terms):
            one, other = (answers(store, asked, LIMIT) for store in both)
            met += one[1] > 0
            if one != other:
                differ += 1
                print(f"{asked}: SQLite {one}, Elasticsearch {other}")
    print(f"{options.terms:,} terms among {options.posts:,} posts, {met:,} of them met something; {differ} differ")
    return differ


def main() -> int:
    """Compare, and say so."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--terms", type=int, default=1_000)
    parser.add_argument("--posts", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--elastic", default="", metavar="URL", help="a server that runs already")
    options = parser.parse_args()
    began = time.monotonic()
    with own_elastic(options.elastic) as elastic:
        differ = differing(elastic, options)
    print(f"{time.monotonic() - began:.0f} s")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
