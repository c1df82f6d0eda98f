"""
What the bundled classifier can do: python -m bench.classify_figures

Prints, head by head, what it answers on our own texts (tests/data/classify_own.jsonl) beside what keywords alone would
say, then tone on the development splits, alarms on real letters, and texts per CPU-second. The public sets are not in
the repository; where HUIYIN_SHARED_DATA (default ../shared/data) is not there, their part is left out and said so.
"""

import gzip
import json
import math
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from api.bundled import bundled_rules
from classifier import train
from classifier.bundled import BundledClassifier, bundled_classifier
from classifier.calibrate import calibration_error
from pipeline.domain.mention import Opinion
from pipeline.stages.match import Matcher

OWN = Path(__file__).parent.parent / "tests" / "data" / "classify_own.jsonl"
SHARED = Path(os.environ.get("HUIYIN_SHARED_DATA", "../shared/data")) / "classify"
OPENER = re.compile(r"(?:关于)?(咨询|投诉|举报|反对|建议)(?:一下|关于|的)?")
ACT_OF = {"咨询": "咨询", "投诉": "投诉", "举报": "投诉", "反对": "投诉", "建议": "建议"}


def main() -> None:
    """Print every figure that the data at hand allow."""
    started = time.process_time()
    classifier = bundled_classifier()
    print(f"{classifier.model}, loaded in {time.process_time() - started:.2f} CPU-seconds\n")
    rows = [json.loads(line) for line in OWN.read_text(encoding="utf-8").splitlines()]
    own(classifier, rows)
    speed(classifier, "our own texts", [(row["title"], row["text"]) for row in rows] * 20)
    if not SHARED.is_dir():
        print(f"\n{SHARED} is not there: no figures on public sets and letters")
        return
    tone(classifier)
    letters(classifier)


def own(classifier: BundledClassifier, rows: Sequence[dict[str, Any]]) -> None:
    """Print the heads' figures on each part of our own texts."""
    opinions = classifier.opinions([(row["title"], row["text"]) for row in rows])
    matcher = Matcher(bundled_rules())
    met = [bool(list(matcher.matches(row["title"], row["text"]))) for row in rows]
    for half in dict.fromkeys(row["half"] for row in rows):
        for sure in (False, True):
            part = [
                i for i, row in enumerate(rows) if row["half"] == half and (not sure or row["confidence"] == "sure")
            ]
            print(f"our own texts, {half}{', only those labelled sure' if sure else ''}, n = {len(part)}")
            _yes_or_no("about", [(rows[i]["about"], opinions[i].about.label) for i in part])
            if not sure:
                _yes_or_no("  keywords alone (bundled rules)", [(rows[i]["about"], met[i] or None) for i in part])
                seen = [(rows[i]["about"], opinions[i].about.label) for i in part if met[i]]
                _yes_or_no("  about, where a bundled rule met", seen)
            _yes_or_no("need", [(rows[i]["need"], opinions[i].need.label) for i in part])
            _labels("act", [(rows[i]["act"], opinions[i].act.label) for i in part])
            lines = [(rows[i]["service_line"], opinions[i].service_line.label) for i in part if rows[i]["about"]]
            _labels("service line", lines)
            _yes_or_no(
                "urgency high", [(rows[i]["urgency"] == "high", opinions[i].urgency.label == "high") for i in part]
            )
        print()


def tone(classifier: BundledClassifier) -> None:
    """Print tone on the development splits; the threshold was set on the even rows, so the odd ones are counted."""
    model = classifier.tone
    if model is None:
        print("no weights of tone are bundled")
        return
    print("\ntone, odd rows of development splits (two-label sets: neutral not allowed)")
    for source in train.SOURCES:
        rows = train.read_rows(SHARED, [source], "dev")
        if not rows.texts:
            continue
        scores, labels = model.scores(rows.texts)[1::2], rows.labels[1::2]
        answered = scores.max(axis=1) >= model.threshold
        error = calibration_error(scores, labels) if source.has_neutral else float("nan")
        if not source.has_neutral:
            scores[:, 1] = 0.0
        said = scores.argmax(axis=1)
        right = said == labels
        f1 = [
            2 * ((said == k) & (labels == k)).sum() / ((said == k).sum() + (labels == k).sum())
            for k in np.unique(labels)
        ]
        print(
            f"  {source.name:24} acc {_share(int(right.sum()), len(right))}  macro F1 {np.mean(f1):.3f}"
            f"  answers {answered.mean():.0%}, of these right {right[answered].mean():.1%}  ECE {error:.3f}"
        )


def letters(classifier: BundledClassifier) -> None:
    """Print what is said of real letters to a government, nearly none of which is about civil affairs."""
    texts = list(_letters())
    opinions = classifier.opinions([("", text) for text in texts])
    alarms = sum(opinion.about.label is True for opinion in opinions)
    print(f"\n{len(texts):,} letters without civil affairs: `about` true {_share(alarms, len(texts))}", end="")
    print(f", false {_count(opinions, lambda o: o.about.label is False)}", end="")
    print(f", need true {_count(opinions, lambda o: o.need.label is True)}")
    print(f"  their tone is called negative {_count(opinions, lambda o: o.sentiment.label == 'negative')}", end="")
    print(f", left open {_count(opinions, lambda o: o.sentiment.label is None)}")
    named = [(ACT_OF[found[1]], text[found.end() :]) for text in texts if (found := OPENER.match(text))]
    said = classifier.opinions([("", text) for _, text in named])
    print("  letters whose first word names the act, read without that word (weak labels)")
    _labels("act", [(act, opinion.act.label) for (act, _), opinion in zip(named, said, strict=True)])
    speed(classifier, "these letters", [("", text) for text in texts])


def speed(classifier: BundledClassifier, name: str, texts: Sequence[tuple[str, str]]) -> None:
    """Print texts per CPU-second."""
    started = time.process_time()
    classifier.opinions(texts)
    seconds = time.process_time() - started
    length = sum(len(title) + len(text) for title, text in texts) / len(texts)
    print(f"speed on {name} ({length:.0f} characters): {len(texts) / seconds:,.0f} texts per CPU-second")


def _letters() -> Iterator[str]:
    with gzip.open(SHARED / "taidi_unlabelled_messages.tsv.gz", "rt", encoding="utf-8") as file:
        next(file)
        for line in file:
            yield line.split("\t")[5]


def _yes_or_no(name: str, pairs: Sequence[tuple[bool, bool | str | None]]) -> None:
    """Print precision and recall of yes, and how often no was said where yes is right."""
    yes = sum(said is True for _, said in pairs)
    right = sum(gold and said is True for gold, said in pairs)
    wrong_no = sum(gold and said is False for gold, said in pairs)
    open_ = sum(said is None for _, said in pairs)
    gold_yes = sum(gold for gold, _ in pairs)
    print(f"  {name:32} P {_share(right, yes)}  R {_share(right, gold_yes)}", end="")
    print(f"  wrongly no {wrong_no}/{gold_yes}  abstains {open_}/{len(pairs)}")


def _labels(name: str, pairs: Sequence[tuple[str, bool | str | None]]) -> None:
    """Print accuracy with abstentions counted as wrong, without them, and the mean over labels."""
    right = sum(gold == said for gold, said in pairs)
    answered = sum(said is not None for _, said in pairs)
    labels = sorted({gold for gold, _ in pairs})
    recalls = [
        sum(gold == said == label for gold, said in pairs) / sum(gold == label for gold, _ in pairs) for label in labels
    ]
    print(f"  {name:32} accuracy {_share(right, len(pairs))}", end="")
    print(f"  where answered {_share(right, answered)}  mean over {len(labels)} labels {np.mean(recalls):.2f}")


def _count(opinions: Sequence[Opinion], holds: Callable[[Opinion], bool]) -> str:
    return f"{sum(map(holds, opinions)) / len(opinions):.1%}"


def _share(part: int, whole: int) -> str:
    """Return a share with its Wilson interval at 95 %."""
    if not whole:
        return "– (0)"
    z, p = 1.96, part / whole
    middle = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    return f"{p:.1%} [{100 * max(0, middle - half):.1f}–{100 * min(1, middle + half):.1f}] ({part}/{whole})"


if __name__ == "__main__":
    main()
