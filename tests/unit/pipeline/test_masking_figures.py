"""Precision and recall of masking on labelled sentences of our own; `python -m bench.masking` prints them."""

import json

import pytest

from bench.masking import LABELLED, masked_runs, sentences
from pipeline.domain.masking import MASK, mask


@pytest.fixture(scope="module")
def counted() -> tuple[int, int, int, int]:
    """(labelled spans, of them masked, runs of the mask, of them inside labels)."""
    labelled = masked = runs = right = 0
    for sentence in sentences():
        text = mask(sentence.text)
        inside = {at for _, start, end in sentence.spans for at in range(start, end)}
        labelled += len(sentence.spans)
        masked += sum(text[start:end] == MASK * (end - start) for _, start, end in sentence.spans)
        found = masked_runs(text)
        runs += len(found)
        right += sum(inside.issuperset(range(*run)) for run in found)
    return labelled, masked, runs, right


def test_at_least_two_hundred_sentences_are_labelled_and_many_hold_nothing_private() -> None:
    """Figures on a handful would prove nothing; hard negatives keep precision honest."""
    rows = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 400
    assert sum("⟦" not in row["marked"] for row in rows) >= 150


def test_recall_stays(counted: tuple[int, int, int, int]) -> None:
    """What was found once is never lost again unseen."""
    labelled, masked, _, _ = counted
    assert masked / labelled >= 0.97


def test_precision_stays(counted: tuple[int, int, int, int]) -> None:
    """A text that is eaten says nothing any more."""
    _, _, runs, right = counted
    assert right / runs >= 0.97


@pytest.mark.parametrize("kind", ["phone", "id", "card", "plate", "mail", "account"])
def test_every_labelled_number_vanishes(kind: str) -> None:
    """Numbers need no cue of language: here nothing may be missed."""
    spans = [(each.text, start, end) for each in sentences() for found, start, end in each.spans if found == kind]

    assert len(spans) >= 4
    assert [text for text, start, end in spans if mask(text)[start:end] != MASK * (end - start)] == []
