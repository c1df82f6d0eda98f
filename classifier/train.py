"""
Trains the model of tone from labelled texts: negative, neutral, positive.

Logistic regression over hashed n-grams with AdaGrad, in numpy, the same for the same data and seed. Sets with two
labels only teach the difference of those two: their rows leave the neutral score alone. What stands in any development
or test split, of any set, is not trained on.
"""

import gzip
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.domain.errors import BadInput

from .lexicon import normal_form
from .linear import BUCKETS, Features, Floats, Linear, features_of

LABELS = ("negative", "neutral", "positive")
NAME = "sentiment"
_EMOTION = {"angry": 0, "sad": 0, "fear": 0, "neutral": 1, "happy": 2}
_BINARY = {"0": 0, "1": 2}


@dataclass(frozen=True, slots=True)
class Source:
    """One labelled set: its file, what its labels mean, and how its rows count."""

    name: str
    labels: Mapping[str, int]
    weight: float = 1.0

    @property
    def has_neutral(self) -> bool:
        """Whether the set tells neutral texts from the others."""
        return 1 in self.labels.values()


SOURCES = (
    Source("smp2020_usual", _EMOTION, 2.0),
    Source("smp2020_virus", _EMOTION, 3.0),
    Source("chnsenticorp", _BINARY),
    Source("waimai_10k", _BINARY),
    Source("online_shopping_10_cats", _BINARY),
    Source("nlpcc2014_task2", _BINARY),
    Source("weibo2018", _BINARY),
)
"""Not here: weibo_senti, whose labels were made of the emotes in its texts."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Texts in normal form with their labels, how each row counts, and whether neutral was possible."""

    texts: Sequence[str]
    labels: npt.NDArray[np.int64]
    weights: Floats
    three: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The settings of one training."""

    epochs: int = 3
    rate: float = 0.5
    batch: int = 256
    seed: int = 20261122


def read_split(folder: Path, source: Source, split: str) -> Iterator[tuple[str, int]]:
    """Yield (text in normal form, label) of one split; raises BadInput where the set is not there."""
    try:
        with gzip.open(folder / f"{source.name}.tsv.gz", "rt", encoding="utf-8") as file:
            for line in file:
                row = line.rstrip("\n").split("\t")
                if row[0] == split and row[1] in source.labels and (split != "train" or row[2] == "0"):
                    yield normal_form(row[3]), source.labels[row[1]]
    except (OSError, IndexError) as cause:
        raise BadInput(f"{source.name}: cannot be read in {folder} ({cause}); name the folder of the sets") from cause


def read_rows(folder: Path, sources: Sequence[Source], split: str, leave_out: frozenset[str] = frozenset()) -> Rows:
    """Return the rows of one split of all sets, without empty texts and without those to leave out."""
    found = [
        (text, label, source)
        for source in sources
        for text, label in read_split(folder, source, split)
        if text and text not in leave_out
    ]
    return Rows(
        [text for text, _, _ in found],
        np.fromiter((label for _, label, _ in found), np.int64, len(found)),
        np.fromiter((source.weight for _, _, source in found), np.float32, len(found)),
        np.fromiter((source.has_neutral for _, _, source in found), np.bool_, len(found)),
    )


def evaluation_texts(folder: Path, sources: Sequence[Source]) -> frozenset[str]:
    """Return every text of a development or test split."""
    return frozenset(
        text for source in sources for split in ("dev", "test") for text, _ in read_split(folder, source, split)
    )


def fit(rows: Rows, recipe: Recipe) -> tuple[Floats, Floats]:
    """Return weights (buckets × labels) and biases."""
    weights = np.zeros((BUCKETS, len(LABELS)), np.float32)
    seen = np.full_like(weights, 1e-4)
    bias = np.zeros(len(LABELS), np.float32)
    bias_seen = np.full_like(bias, 1e-4)
    chance = np.random.default_rng(recipe.seed)
    for _ in range(recipe.epochs):
        order = chance.permutation(len(rows.texts))
        for start in range(0, len(order), recipe.batch):
            chosen = order[start : start + recipe.batch]
            features = features_of([rows.texts[i] for i in chosen])
            error = _error(weights, bias, features, rows, chosen)
            _step(weights, seen, features, error, recipe)
            slope = error.mean(axis=0)
            bias_seen += slope**2
            bias -= recipe.rate * slope / np.sqrt(bias_seen)
    return weights, bias


def _scores(weights: Floats, bias: Floats, features: Features) -> Floats:
    sums = np.add.reduceat(weights[features.buckets], features.starts[:-1], axis=0)
    return np.asarray(sums / np.sqrt(features.counts())[:, None] + bias, np.float32)


def _error(weights: Floats, bias: Floats, features: Features, rows: Rows, chosen: npt.NDArray[np.int64]) -> Floats:
    """Return probability minus truth, weighted; rows of sets without neutral give neutral no chance."""
    scores = _scores(weights, bias, features)
    scores[~rows.three[chosen], 1] = -np.inf
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    error = powers / powers.sum(axis=1, keepdims=True)
    error[np.arange(len(chosen)), rows.labels[chosen]] -= 1.0
    return np.asarray(error * rows.weights[chosen][:, None], np.float32)


def _step(weights: Floats, seen: Floats, features: Features, error: Floats, recipe: Recipe) -> None:
    """Move the weights of the batch's buckets against the error, each at its own AdaGrad pace."""
    counts = features.counts()
    slopes = np.repeat(error / np.sqrt(counts)[:, None], counts, axis=0)
    touched, where = np.unique(features.buckets, return_inverse=True)
    total = np.zeros((len(touched), weights.shape[1]), np.float32)
    np.add.at(total, where, slopes)
    total /= len(counts)
    seen[touched] += total**2
    weights[touched] -= recipe.rate * total / np.sqrt(seen[touched])


def pack(weights: Floats, bias: Floats, *, temperature: float, threshold: float, version: str) -> Linear:
    """Return the model with weights as small integers."""
    scale = float(np.quantile(np.abs(weights[weights != 0]), 0.9999)) / 127
    table = np.clip(np.rint(weights / scale), -127, 127).astype(np.int8)
    return Linear(LABELS, table, scale, tuple(map(float, bias)), temperature, threshold, version)


def write_linear(model: Linear, folder: Path, about: Mapping[str, object]) -> int:
    """The model's two files stand in the folder; returns the bytes of the weights."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, table=model.table)
    data = buffer.getvalue()
    card = {
        "name": NAME,
        "version": model.version,
        "labels": list(model.labels),
        "buckets": BUCKETS,
        "scale": model.scale,
        "bias": list(model.bias),
        "temperature": model.temperature,
        "threshold": model.threshold,
        "sha256": hashlib.sha256(data).hexdigest(),
        **about,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.npz").write_bytes(data)
    (folder / f"{NAME}.json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(data)
