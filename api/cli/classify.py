"""`huiyin classify`: posts to opinions of the classifier."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from api import bootstrap
from api.cli.lines import Lines
from api.cli.posts import Row, posts_of
from classifier.absent import AbsentClassifier
from classifier.bundled import BundledClassifier
from pipeline.domain.errors import BadInput
from pipeline.domain.mention import HEADS, Opinion

_AT_ONCE = 256


def run(arguments: argparse.Namespace, given: Lines | None = None) -> int:
    """Print id and, for every head, its label (null where it abstains) and confidence from 0 to 1."""
    heads = heads_named(arguments.heads)
    classifier = bootstrap.open_classifier()
    if isinstance(classifier, AbsentClassifier):
        print(f"no classifier, everything abstains: {classifier.reason}", file=sys.stderr)
    lines = given or Lines(arguments.file)
    for rows in _batches(posts_of(lines, bootstrap.system_clock().now())):
        texts = [(row.post.title, row.post.text) for row in rows]
        scores: Sequence[Mapping[str, Mapping[str | bool, float]]] = [{}] * len(rows)
        if arguments.scores and isinstance(classifier, BundledClassifier):
            scores = classifier.scores(texts)
        for row, opinion, scored in zip(rows, classifier.opinions(texts), scores, strict=True):
            said = {head: _said(opinion, head, scored if arguments.scores else None) for head in heads}
            print(json.dumps({"id": row.id, **said}, ensure_ascii=False))
    return lines.exit_code


def heads_named(names: str) -> Sequence[str]:
    """Return the heads of a list such as "about,need", all of them for an empty one. Raises BadInput for others."""
    named = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in named if name not in HEADS]
    if unknown:
        raise BadInput(f"--heads: no head is called {', '.join(unknown)}; there are {', '.join(HEADS)}", code="CLS-301")
    return named or HEADS


def _batches(rows: Iterator[Row]) -> Iterator[Sequence[Row]]:
    while batch := list(islice(rows, _AT_ONCE)):
        yield batch


def _said(opinion: Opinion, head: str, scores: Mapping[str, Mapping[str | bool, float]] | None) -> dict[str, object]:
    answer = getattr(opinion, head)
    said: dict[str, object] = {"label": answer.label, "confidence": answer.confidence / 10_000}
    if scores is not None:
        said["scores"] = {_name(label): round(score, 4) for label, score in scores.get(head, {}).items()}
    return said


def _name(label: str | bool) -> str:
    return label if isinstance(label, str) else str(label).lower()
