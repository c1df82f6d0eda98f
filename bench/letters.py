"""
The real citizens' letters of events/dev_2019H1.csv as rows of posts, for `huiyin ingest`, `group` or `alerts`.

    python bench/letters.py [FILE] [--origin 来信来访|监测发现] > letters.jsonl

They are letters to a provincial board, 2,109 of half a year, places made anonymous. `collected_at` is `published_at`,
so that a rehearsal runs on their own clock. Measure with them; never commit them (SOURCE.txt).
"""

import argparse
import csv
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

SHARED = Path(os.environ.get("HUIYIN_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
LETTERS = SHARED / "events" / "dev_2019H1.csv"


def rows(path: Path = LETTERS, origin: str = "来信来访") -> Iterator[dict[str, str]]:
    """Yield one row for each letter, oldest first. Posters are numbers, for counting only."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        letters = sorted(csv.DictReader(file), key=lambda letter: letter["t"])
    for letter in letters:
        at = letter["t"].strip().replace(" ", "T") + "+08:00"
        yield {
            "id": letter["mid"],
            "source": "letters",
            "origin": origin,
            "kind": "letter" if origin == "来信来访" else "post",
            "title": letter["title"],
            "text": letter["body"] or letter["title"],
            "published_at": at,
            "collected_at": at,
            "poster": letter["poster"],
        }


def main() -> None:
    """Print the rows as JSON Lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=LETTERS)
    parser.add_argument("--origin", choices=("来信来访", "监测发现"), default="来信来访")
    options = parser.parse_args()
    if not options.file.is_file():
        sys.exit(f"{options.file} is not here; set HUIYIN_SHARED_DATA to the folder that holds events/")
    for row in rows(options.file, options.origin):
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
