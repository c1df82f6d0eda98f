"""The linear model: features, answers, explanations, and files that do not fit."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.lexicon import normal_form
from classifier.linear import BUCKETS, Linear, bucket_of, features_of, read_linear
from classifier.train import pack, write_linear
from pipeline.domain.errors import BadInput


def model(threshold: float = 0.5) -> Linear:
    """Return a model that knows two words: 好 is positive, 坏 is negative."""
    weights = np.zeros((BUCKETS, 3), np.float32)
    weights[bucket_of("好"), 2] = 3.0
    weights[bucket_of("坏"), 0] = 3.0
    return pack(weights, np.zeros(3, np.float32), temperature=1.0, threshold=threshold, version="test")


@given(st.lists(st.text(max_size=30), max_size=5))
def test_a_text_has_the_same_features_alone_and_in_a_batch(texts: list[str]) -> None:
    """Runs never cross from one text into the next, and every run stands once for each time it occurs."""
    forms = [normal_form(text) for text in texts]
    together = features_of(forms)
    for index, form in enumerate(forms):
        mine = together.buckets[together.starts[index] : together.starts[index + 1]].tolist()
        runs = [form[i : i + n] for n in (1, 2, 3) for i in range(len(form) - n + 1)]
        assert mine == [bucket_of(run) for run in runs] == features_of([form]).buckets.tolist()


def test_the_likeliest_label_is_answered() -> None:
    """A confidence is the probability in 1/10,000."""
    linear = model()
    said = [linear.answer(row) for row in linear.scores(["好", "坏"])]
    assert [answer.label for answer in said] == ["positive", "negative"]
    assert said[0].confidence == pytest.approx(10_000 * np.exp(3) / (np.exp(3) + 2), abs=60)


def test_below_the_threshold_nothing_is_said() -> None:
    """A text without a known word has even scores."""
    assert model().answer(model().scores(["中"])[0]).label is None


def test_a_text_without_characters_has_even_scores() -> None:
    """It stands between others without disturbing them."""
    rows = model().scores(["好", "", "坏"])
    assert rows[1].tolist() == pytest.approx([1 / 3] * 3)
    assert rows[2].tolist() == pytest.approx(model().scores(["坏"])[0].tolist())


def test_an_explanation_names_the_runs_that_spoke() -> None:
    """The runs with weight for the label, strongest first, add up to its score."""
    assert model().explain("天气 好!", "positive")[0][0] == "好"
    assert model().explain("天气", "positive") == []
    runs = len(features_of([normal_form("天气好!")]).buckets)
    ((run, share),) = model().explain("天气好!", "positive")
    assert run == "好"
    assert share == pytest.approx(3.0 / runs**0.5, rel=0.02)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """The same scores come out of the files."""
    size = write_linear(model(), tmp_path, {"seed": 1})
    assert size < 1_000_000
    assert read_linear(tmp_path, "sentiment").scores(["好人"]).tolist() == model().scores(["好人"]).tolist()


@pytest.mark.parametrize(
    ("key", "value", "cause"),
    [("sha256", "0", "not those that the description names"), ("labels", ["a"], "do not fit"), ("scale", None, "None")],
)
def test_a_model_that_does_not_fit_is_refused(tmp_path: Path, key: str, value: object, cause: str) -> None:
    """The error names the model, the cause and the next step."""
    write_linear(model(), tmp_path, {})
    card = json.loads((tmp_path / "sentiment.json").read_text())
    (tmp_path / "sentiment.json").write_text(json.dumps({**card, key: value}))
    with pytest.raises(BadInput, match=f"model sentiment cannot be used .*{cause}.* install"):
        read_linear(tmp_path, "sentiment")


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    """A missing file is no crash."""
    with pytest.raises(BadInput, match="model sentiment cannot be used"):
        read_linear(tmp_path, "sentiment")
