"""
A linear model over hashed character n-grams: one small table of weights, numpy only, and it can say what moved it.

A text becomes its 1- to 3-character runs, each hashed into one of 2^18 buckets; a label's score is the sum of their
weights over the square root of how many there are. Scores become probabilities by a softmax with a temperature
fitted on development data; below the threshold the model abstains.
"""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.domain.errors import BadInput
from pipeline.domain.mention import ABSTAINED, Answer

from .lexicon import normal_form

BUCKETS = 1 << 18
LONGEST = 400
"""Characters that are read of a text."""

_RUNS = 3
_FACTORS = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35))
_SHIFT = np.uint32(32 - 18)

Codes: TypeAlias = npt.NDArray[np.uint32]
Floats: TypeAlias = npt.NDArray[np.float32]
Buckets: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Features:
    """The buckets of several texts, one after another: those of text i stand from starts[i] to starts[i + 1]."""

    buckets: Buckets
    starts: Buckets

    def counts(self) -> Buckets:
        """Return how many buckets each text has."""
        return np.diff(self.starts)


def features_of(texts: Sequence[str]) -> Features:
    """Return the buckets of each text's runs (in normal form, cut at LONGEST); a repeated run stands repeatedly."""
    cut = [text[:LONGEST] for text in texts]
    lengths = np.fromiter(map(len, cut), np.int64, len(cut))
    codes = np.frombuffer("".join(cut).encode("utf-32-le", "replace"), np.uint32)
    owners = np.repeat(np.arange(len(cut)), lengths)
    first = np.cumsum(lengths) - lengths
    runs = np.stack([np.maximum(lengths - shorter, 0) for shorter in range(_RUNS)])
    starts = np.concatenate([[0], np.cumsum(runs.sum(axis=0))])
    buckets = np.empty(starts[-1], np.int64)
    hashed = np.zeros_like(codes)
    free = starts[:-1].copy()
    for run in range(min(_RUNS, len(codes))):
        hashed = _mixed(hashed[: len(codes) - run], codes[run:], run)
        whole = np.flatnonzero(owners[run:] == owners[: len(owners) - run])
        owner = owners[whole]
        buckets[free[owner] + whole - first[owner]] = _folded(hashed[whole])
        free += runs[run]
    return Features(buckets, starts)


def _mixed(hashed: Codes, codes: Codes, run: int) -> Codes:
    mixed = (hashed + codes) * _FACTORS[run]
    return mixed ^ (mixed >> np.uint32(15))


def _folded(hashed: Codes) -> Codes:
    return (hashed * _FACTORS[0]) >> _SHIFT


def bucket_of(run: str) -> int:
    """Return the bucket of one whole run of characters."""
    hashed = np.zeros(1, np.uint32)
    for position, code in enumerate(np.frombuffer(run.encode("utf-32-le", "replace"), np.uint32)):
        hashed = _mixed(hashed, np.asarray([code], np.uint32), position)
    return int(_folded(hashed)[0])


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights as small integers: weight = table × scale."""

    labels: tuple[str, ...]
    table: npt.NDArray[np.int8]
    scale: float
    bias: tuple[float, ...]
    temperature: float
    threshold: float
    version: str

    def scores(self, texts: Sequence[str]) -> Floats:
        """Return one row of probabilities per text (in normal form), in the order of the labels."""
        features = features_of(texts)
        counts = features.counts()
        sums = np.zeros((len(texts), len(self.labels)), np.float32)
        full = counts > 0
        if full.any():
            rows = self.table[features.buckets].astype(np.int32)
            sums[full] = np.add.reduceat(rows, features.starts[:-1][full], axis=0) * np.float32(self.scale)
            sums[full] /= np.sqrt(counts[full], dtype=np.float32)[:, None]
        return _softmax((sums + np.asarray(self.bias, np.float32)) / np.float32(self.temperature))

    def answer(self, row: Floats) -> Answer:
        """Return the likeliest label of a row of scores, or an abstention below the threshold."""
        best = int(row.argmax())
        if row[best] < self.threshold:
            return ABSTAINED
        return Answer(self.labels[best], round(10_000 * float(min(row[best], 0.999))))

    def explain(self, text: str, label: str, limit: int = 5) -> Sequence[tuple[str, float]]:
        """Return the runs of characters that spoke most for the label, with what each added to its score."""
        column = self.labels.index(label)
        form = normal_form(text)[:LONGEST]
        runs = Counter(form[i : i + n] for n in range(1, _RUNS + 1) for i in range(len(form) - n + 1))
        total = runs.total() ** 0.5 * self.temperature
        shares = {run: n * float(self.table[bucket_of(run), column]) * self.scale / total for run, n in runs.items()}
        ranked = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
        return [(run, share) for run, share in ranked[:limit] if share > 0]


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def read_linear(folder: Traversable, name: str) -> Linear:
    """Return the model NAME.npz with NAME.json beside it. Raises BadInput where they are damaged or do not fit."""
    try:
        card: Mapping[str, object] = json.loads(folder.joinpath(f"{name}.json").read_text(encoding="utf-8"))
        return _linear(card, _table(folder.joinpath(f"{name}.npz").read_bytes(), card["sha256"]))
    except (OSError, ValueError, KeyError, TypeError) as cause:
        raise BadInput(f"model {name} cannot be used ({cause}); install Huiyin again", code="CLS-201") from cause


def _table(data: bytes, expected: object) -> npt.NDArray[np.int8]:
    if hashlib.sha256(data).hexdigest() != expected:
        raise ValueError("the weights are not those that the description names")
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        table = archive["table"]
    if table.dtype != np.int8 or table.ndim != 2 or table.shape[0] != BUCKETS:
        raise ValueError(f"the table is {table.dtype} {table.shape}")
    return np.ascontiguousarray(table)


def _linear(card: Mapping[str, object], table: npt.NDArray[np.int8]) -> Linear:
    labels, bias = card["labels"], card["bias"]
    if not isinstance(labels, list) or not isinstance(bias, list) or not len(labels) == len(bias) == table.shape[1]:
        raise ValueError("labels, biases and weights do not fit")
    return Linear(
        labels=tuple(map(str, labels)),
        table=table,
        scale=float(str(card["scale"])),
        bias=tuple(float(value) for value in bias),
        temperature=float(str(card["temperature"])),
        threshold=float(str(card["threshold"])),
        version=str(card["sha256"])[:8],
    )
