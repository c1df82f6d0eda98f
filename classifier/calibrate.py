"""From scores to probabilities that mean what they say: one temperature, and the threshold below which to abstain."""

import numpy as np
import numpy.typing as npt

from .linear import Floats

Labels = npt.NDArray[np.int64]


def tempered(probabilities: Floats, temperature: float) -> Floats:
    """Return the probabilities as a softmax of the same scores at another temperature."""
    powers = np.maximum(probabilities, 1e-12) ** (1.0 / temperature)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def fitted_temperature(probabilities: Floats, labels: Labels) -> float:
    """Return the temperature, to 0.05, under which the labels are likeliest."""
    grid = np.arange(0.3, 4.0, 0.05)
    losses = [-np.log(_of(tempered(probabilities, t), labels) + 1e-12).mean() for t in grid]
    return round(float(grid[int(np.argmin(losses))]), 2)


def threshold_for(probabilities: Floats, labels: Labels, accuracy: float) -> float:
    """Return the lowest threshold, to 0.01, above which answers are right as often as asked; 1.0 where none is."""
    best = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    for threshold in np.arange(0.34, 1.0, 0.01):
        answered = best >= threshold
        if answered.any() and right[answered].mean() >= accuracy:
            return round(float(threshold), 2)
    return 1.0


def calibration_error(probabilities: Floats, labels: Labels, bins: int = 15) -> float:
    """Return the expected calibration error: how far confidence and accuracy lie apart, on average over equal bins."""
    best = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bin_of = np.minimum((best * bins).astype(int), bins - 1)
    gaps = [
        abs(best[bin_of == k].mean() - right[bin_of == k].mean()) * (bin_of == k).mean()
        for k in range(bins)
        if (bin_of == k).any()
    ]
    return float(sum(gaps))


def _of(probabilities: Floats, labels: Labels) -> Floats:
    return np.asarray(probabilities[np.arange(len(labels)), labels], np.float32)
