"""
Trains the bundled model of tone and writes classifier/model/: python -m bench.train_sentiment [FOLDER OF THE SETS]

The sets are not in the repository; without an argument they are looked for in HUIYIN_SHARED_DATA, else beside it.
"""

import os
import sys
import time
from pathlib import Path

from classifier import train
from classifier.calibrate import fitted_temperature, tempered, threshold_for

OUT = Path(__file__).parent.parent / "classifier" / "model"
ACCURACY = 0.90
VERSION = "2026.11.0"


def main() -> None:
    """The two files of the model are written, and their figures printed."""
    shared = os.environ.get("HUIYIN_SHARED_DATA", "../shared/data")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(shared) / "classify"
    started = time.process_time()
    recipe = train.Recipe()
    rows = train.read_rows(folder, train.SOURCES, "train", train.evaluation_texts(folder, train.SOURCES))
    weights, bias = train.fit(rows, recipe)
    raw = train.pack(weights, bias, temperature=1.0, threshold=0.0, version=VERSION)
    dev = train.read_rows(folder, [source for source in train.SOURCES if source.has_neutral], "dev")
    fitting = slice(0, None, 2)
    scores, labels = raw.scores(dev.texts)[fitting], dev.labels[fitting]
    temperature = fitted_temperature(scores, labels)
    threshold = threshold_for(tempered(scores, temperature), labels, ACCURACY)
    model = train.pack(weights, bias, temperature=temperature, threshold=threshold, version=VERSION)
    about: dict[str, object] = {
        "trained_on": {source.name: source.weight for source in train.SOURCES},
        "rows": len(rows.texts),
        "seed": recipe.seed,
        "threshold_reaches": f"{ACCURACY:.0%} on every other row of the three-class development splits",
    }
    size = train.write_linear(model, OUT, about)
    print(f"{len(rows.texts):,} rows, {time.process_time() - started:.0f} CPU-seconds, {size:,} bytes")
    print(f"temperature {temperature}, threshold {threshold}; figures: python -m bench.classify_figures")


if __name__ == "__main__":
    main()
