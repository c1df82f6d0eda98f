"""`huiyin extract`: one saved HTML page to what was said on it, printed as it would be stored: masked."""

import argparse
import json
import sys
from pathlib import Path

from crawlers.extract import Page, Reply, extract_page
from crawlers.page_tree import LONGEST
from pipeline.domain.errors import BadInput
from pipeline.domain.masking import mask
from pipeline.domain.post import Millis
from pipeline.domain.row import iso_of, millis_of


def run(arguments: argparse.Namespace) -> int:
    """Print the page as one JSON object."""
    page = extract_page(_bytes_of(arguments.file), arguments.url, fetched_at=_moment(arguments.fetched_at))
    print(json.dumps(_row_of(page), ensure_ascii=False))
    return 0


def _bytes_of(name: str) -> bytes:
    """Return the page's bytes, at most one more than a page may have."""
    if name == "-":
        return sys.stdin.buffer.read(LONGEST + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(LONGEST + 1)
    except OSError as cause:
        sentence = f"{name}: cannot be read ({cause.strerror}); name a saved page, or - for stdin"
        raise BadInput(sentence, code="INP-210") from cause


def _moment(said: str) -> Millis | None:
    try:
        return millis_of(said) if said else None
    except (ValueError, OverflowError) as cause:
        sentence = f"--fetched-at {said!r} is no time; write it as in 2026-11-02T08:30:00+08:00"
        raise BadInput(sentence, code="INP-210") from cause


def _row_of(page: Page) -> dict[str, object]:
    return {
        "title": mask(page.title),
        "text": mask(page.text),
        "published_at": _iso(page.published_at),
        "canonical_url": page.canonical_url,
        "replies": [_row_of_reply(reply) for reply in page.replies],
    }


def _row_of_reply(reply: Reply) -> dict[str, object]:
    return {
        "text": mask(reply.text),
        "published_at": _iso(reply.published_at),
        "floor": reply.floor,
        "id": reply.id,
    }


def _iso(at: Millis | None) -> str | None:
    return None if at is None else iso_of(at)
