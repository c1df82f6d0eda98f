"""Training: what is read, what is left out, and that the same data make the same model."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from classifier.calibrate import calibration_error, fitted_temperature, tempered, threshold_for
from classifier.linear import BUCKETS
from classifier.train import Recipe, Source, evaluation_texts, fit, pack, read_rows
from pipeline.domain.errors import BadInput

THREE = Source("three", {"angry": 0, "neutral": 1, "happy": 2})
TWO = Source("two", {"0": 0, "1": 2})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two small sets of our own."""
    three = [("train", word, "0", f"{text}{n}") for n in range(30) for word, text in
             (("angry", "真气人"), ("neutral", "今日开会"), ("happy", "真开心"))]  # fmt: skip
    three += [("dev", "happy", "0", "真开心7"), ("train", "surprise", "0", "哇"), ("train", "happy", "1", "重复")]
    two = [("train", word, "0", f"{text}{n}") for n in range(30) for word, text in (("0", "难吃"), ("1", "好吃"))]
    for name, rows in (("three", three), ("two", two)):
        with gzip.open(tmp_path / f"{name}.tsv.gz", "wt", encoding="utf-8") as file:
            file.writelines("\t".join(row) + "\n" for row in [("split", "label", "dup", "text"), *rows])
    return tmp_path


def test_what_is_evaluated_on_is_not_trained_on(folder: Path) -> None:
    """A train row equal to a development row is left out, as are marked repeats and labels without a meaning."""
    texts = read_rows(folder, (THREE, TWO), "train", evaluation_texts(folder, (THREE, TWO))).texts
    assert "真开心7" not in texts
    assert not {"哇", "重复"} & set(texts)
    assert len(texts) == 30 * 5 - 1


def test_the_same_data_and_seed_make_the_same_weights(folder: Path) -> None:
    """Training is deterministic."""
    rows = read_rows(folder, (THREE, TWO), "train")
    first, second = fit(rows, Recipe(epochs=2)), fit(rows, Recipe(epochs=2))
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])


def test_it_learns_what_the_sets_teach(folder: Path) -> None:
    """Words of both sets are told apart, and a two-label set does not make its texts neutral."""
    weights, bias = fit(read_rows(folder, (THREE, TWO), "train"), Recipe(epochs=5))
    model = pack(weights, bias, temperature=1.0, threshold=0.0, version="test")
    rows = model.scores(["真气人", "今日开会", "真开心", "难吃", "好吃"])
    assert [model.answer(row).label for row in rows] == ["negative", "neutral", "positive", "negative", "positive"]


def test_small_integers_lose_little(folder: Path) -> None:
    """The table of eight bits stays within one step of the weights, but for the few that are cut."""
    weights, bias = fit(read_rows(folder, (TWO,), "train"), Recipe(epochs=2))
    model = pack(weights, bias, temperature=1.0, threshold=0.0, version="test")
    assert model.table.shape == (BUCKETS, 3)
    close = np.abs(model.table * np.float32(model.scale) - weights) <= model.scale
    assert close[weights != 0].mean() > 0.98


def test_a_missing_set_is_named(tmp_path: Path) -> None:
    """The error says which set and where it was looked for."""
    with pytest.raises(BadInput, match="three: cannot be read"):
        read_rows(tmp_path, (THREE,), "train")


def test_a_temperature_mends_overconfidence() -> None:
    """Two in three right at 99 % asks for a temperature above 1, and the calibration error falls."""
    probabilities = np.tile(np.array([[0.99, 0.005, 0.005]], np.float32), (300, 1))
    labels = np.where(np.arange(300) % 3 == 0, 1, 0)
    temperature = fitted_temperature(probabilities, labels)
    assert temperature > 1
    mended = tempered(probabilities, temperature)
    assert calibration_error(mended, labels) < 0.1 < calibration_error(probabilities, labels)


def test_a_threshold_reaches_its_accuracy_or_silences() -> None:
    """Above it answers are right as often as asked; where no threshold reaches that, nothing is answered."""
    sure, unsure = [0.905, 0.05, 0.045], [0.525, 0.275, 0.2]
    probabilities = np.array([sure] * 10 + [unsure] * 10, np.float32)
    labels = np.array([0] * 10 + [1] * 10)
    assert 0.5 < threshold_for(probabilities, labels, 0.9) < 0.9
    assert threshold_for(probabilities, np.ones(20, np.int64), 0.9) == 1.0
