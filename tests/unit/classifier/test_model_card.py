"""MODEL_CARD.md says what the bundled model is: every figure and label on it is compared with the model's own data."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from classifier import heads, linear, passage, train
from classifier.bundled import BundledClassifier, bundled_classifier
from classifier.lexicon import bundled_groups
from pipeline.domain.mention import HEADS, Answer, Opinion

CARD = Path(str(resources.files("classifier") / "MODEL_CARD.md")).read_text(encoding="utf-8")
OWN = Path(__file__).parents[2] / "data" / "classify_own.jsonl"
NUMBERS = {"nine": 9}
PART = {"held": "held", "dev": "dev", "oblique, held": "oblique-held", "oblique, dev": "oblique-dev"}


@dataclass(frozen=True)
class Judged:
    """A text of ours: what is right, and what was said."""

    gold: dict[str, Any]
    opinion: Opinion


@pytest.fixture(scope="module")
def classifier() -> BundledClassifier:
    """Return the bundled classifier, read once."""
    return bundled_classifier()


@pytest.fixture(scope="module")
def judged(classifier: BundledClassifier) -> list[Judged]:
    """Return every text of ours with its opinion."""
    rows = [json.loads(line) for line in OWN.read_text(encoding="utf-8").splitlines()]
    said = classifier.opinions([(row["title"], row["text"]) for row in rows])
    return [Judged(row, opinion) for row, opinion in zip(rows, said, strict=True)]


def bundled(name: str) -> Any:
    """Return a field of the description that lies beside the weights."""
    return json.loads((resources.files("classifier") / "model" / "sentiment.json").read_text(encoding="utf-8"))[name]


def cells(heading: str) -> dict[str, list[str]]:
    """Return the table below a row that begins so: first cell → the others."""
    rows = CARD[CARD.index(f"| {heading}") :].split("\n\n", 1)[0].splitlines()[2:]
    table = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return {row[0].strip("`"): row[1:] for row in table}


def stated(pattern: str) -> str:
    """Return what the card says in the brackets of a pattern."""
    found = re.search(pattern, CARD)
    assert found, f"the card no longer says {pattern}"
    return found[1]


def labels_said(judged: list[Judged], head: str) -> set[object]:
    return {getattr(one.opinion, head).label for one in judged} - {None}


def test_the_card_names_every_head_and_no_other() -> None:
    """A head that is not on the card would be believed without a word about it."""
    assert tuple(cells("head")) == HEADS


def test_every_head_answers_something_and_may_abstain(classifier: BundledClassifier, judged: list[Judged]) -> None:
    """The card tells of no head that always abstains, and says that every head may."""
    nothing = classifier.opinions([("", "。")])[0]

    assert "every head may abstain" in " ".join(CARD.split())
    assert [head for head in HEADS if getattr(nothing, head).label is not None] == []
    assert [head for head in HEADS if not labels_said(judged, head)] == []


def test_the_labels_of_the_lexicon_are_those_of_the_card(judged: list[Judged]) -> None:
    """Nothing is said that the card does not name, and all that it names can be said."""
    answers = {head: row[1] for head, row in cells("head").items()}
    lines = {*heads.LINES, heads.BUREAU}

    assert tuple(answers["act"].split()) == heads.ACTS
    assert labels_said(judged, "act") == set(heads.ACTS)
    assert len(lines) == NUMBERS[stated(r"\| lexicon \| (\w+) lines")]
    assert labels_said(judged, "service_line") == lines
    assert answers["about"] == answers["need"] == "true, false"
    assert labels_said(judged, "about") == labels_said(judged, "need") == {True, False}


def test_a_line_is_only_said_of_what_is_ours(judged: list[Judged]) -> None:
    """`service_line` answers only where `about` is true."""
    assert "only where `about` is true" in cells("head")["service_line"][1]
    assert {one.opinion.about.label for one in judged if one.opinion.service_line.label is not None} == {True}


def test_what_the_card_calls_never_said_is_never_said(judged: list[Judged]) -> None:
    """No act makes a stance but complaint, and no text an urgency but high."""
    acts = [Answer(act, 9_000) for act in heads.ACTS]

    assert "neutral and positive are never said" in cells("head")["stance"][2]
    assert [answer.label for act in acts if (answer := heads.answer_stance(act)).label] == ["negative"]
    assert heads.answer_stance(Answer("投诉", 9_000)).label == "negative"
    assert "normal is never said" in cells("head")["urgency"][2]
    assert labels_said(judged, "urgency") == {"high"}


def test_the_tone_is_the_one_that_the_card_describes(classifier: BundledClassifier) -> None:
    """Labels, temperature, threshold and what the threshold reaches."""
    tone = classifier.tone
    assert tone is not None

    assert tuple(cells("head")["sentiment"][1].split(", ")) == tone.labels == tuple(bundled("labels"))
    assert float(stated(r"Temperature ([\d.]+) and threshold")) == tone.temperature
    assert float(stated(r"threshold ([\d.]+) \(")) == tone.threshold
    assert bundled("threshold_reaches").startswith(stated(r"threshold [\d.]+ \((\d+) % right\)") + "%")


def test_the_card_names_the_data_that_the_model_was_trained_on() -> None:
    """Each set by its name, how many rows, the seed; and that no licence is stated."""
    told = CARD.split("*Sentiment*", 1)[1].split("*Texts of ours*", 1)[0].lower()
    words = re.sub(r"\W+", "", told)

    assert [name for name in bundled("trained_on") if any(part not in words for part in name.split("_"))] == []
    assert bundled("trained_on") == {source.name: source.weight for source in train.SOURCES}
    assert int(stated(r"weibo2018: ([\d,]+) rows").replace(",", "")) == bundled("rows")
    assert int(stated(r"seed (\d+), the same")) == bundled("seed") == train.Recipe().seed
    assert "their licence state: none is stated by any of them" in told
    assert "weibo_senti_100k is not used" in told


def test_size_name_and_reading_lengths_are_those_of_the_model(classifier: BundledClassifier) -> None:
    """Weights in MB, words of the lexicon to 5 %, characters that are read, the surest confidence."""
    size = len((resources.files("classifier") / "model" / "sentiment.npz").read_bytes())
    words = sum(len(group.words) for group in bundled_groups())
    form = stated(r"`(huiyin@[^`]+)`:").replace("L", "[0-9a-f]").replace("W", "[0-9a-f]")

    assert stated(r"weights ([\d.]+) MB") == f"{size / 1e6:.2f}"
    assert words == pytest.approx(int(stated(r"some ([\d,]+) words").replace(",", "")), rel=0.05)
    assert all(group.reason for group in bundled_groups())
    assert re.fullmatch(form, classifier.model)
    assert int(stated(r"([\d,]+) characters are read for words").replace(",", "")) == passage.LONGEST
    assert int(stated(r"for words, (\d+) for tone")) == linear.LONGEST
    assert float(stated(r"capped at ([\d.]+)")) == heads._SUREST


def test_the_card_counts_the_texts_of_ours(judged: list[Judged]) -> None:
    """All, those in usual words, and the oblique ones."""
    oblique = sum(one.gold["half"].startswith("oblique") for one in judged)

    assert int(stated(r"classify_own\.jsonl`, (\d+), invented")) == len(judged)
    assert int(stated(r"one labeller\): (\d+) in the words")) == len(judged) - oblique
    assert int(stated(r"use, (\d+)\n\*oblique\* ones")) == oblique


def of(part: list[Judged], holds: Callable[[Judged], bool], among: Callable[[Judged], bool]) -> str:
    """Return `right/all` as the card writes it."""
    chosen = [one for one in part if among(one)]
    return f"{sum(map(holds, chosen))}/{len(chosen)}"


@pytest.mark.parametrize("part", PART)
def test_the_figures_of_the_card_are_those_of_the_model_now(judged: list[Judged], part: str) -> None:
    """Precision and recall of `about`, ours denied, act where answered, recall of `need`: all counted anew."""
    texts = [one for one in judged if one.gold["half"] == PART[part]]
    denied = sum(one.gold["about"] and one.opinion.about.label is False for one in texts)

    assert cells("own texts, now")[part] == [
        of(texts, lambda one: one.gold["about"], lambda one: one.opinion.about.label is True),
        of(texts, lambda one: one.opinion.about.label is True, lambda one: one.gold["about"]),
        str(denied),
        of(texts, lambda one: one.gold["act"] == one.opinion.act.label, lambda one: one.opinion.act.label is not None),
        of(texts, lambda one: one.opinion.need.label is True, lambda one: one.gold["need"]),
    ]
