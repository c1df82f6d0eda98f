"""
How well masking works on labelled sentences of our own, and how fast intake is.

    python -m bench.masking [--wrong]

A row of tests/data/masking.jsonl is a sentence in a citizen's voice with ⟦kind|what must vanish⟧. They were written in
five rounds. Each round was unseen when it was first run, and its mistakes then mended rules and word lists, so only the
first figures of a round say what to expect of new text (recall, precision of spans):

    2nd round 40/44 = 0.91, 41/41 = 1.00      4th round 44/52 = 0.85, 43/44 = 0.98
    3rd round 40/51 = 0.78, 42/45 = 0.93      5th round 31/35 = 0.89, 31/33 = 0.94

Nearly all that was missed there were names; `held out` names the fifth round.
"""

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.intake import IntakeKeys, intake
from pipeline.domain.masking import MASK, mask
from pipeline.domain.post import RawPost
from pipeline.domain.poster_token import derive_keys
from pipeline.domain.wire import post_to_json

LABELLED = Path(__file__).parents[1] / "tests" / "data" / "masking.jsonl"
_MARK = re.compile(r"⟦(\w+)\|([^⟧]*)⟧")


@dataclass(frozen=True)
class Sentence:
    """A sentence without marks, and what must vanish: (kind, start, end)."""

    part: str
    text: str
    spans: tuple[tuple[str, int, int], ...]


def sentences(path: Path = LABELLED) -> Iterator[Sentence]:
    """Yield the labelled sentences."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text, spans = "", []
        at = 0
        for mark in _MARK.finditer(row["marked"]):
            text += row["marked"][at : mark.start()]
            spans.append((mark[1], len(text), len(text) + len(mark[2])))
            text += mark[2]
            at = mark.end()
        yield Sentence(row["set"], text + row["marked"][at:], tuple(spans))


def masked_runs(text: str) -> list[tuple[int, int]]:
    """Return the runs of the mask in a masked text."""
    return [match.span() for match in re.finditer(f"{MASK}+", text)]


def measure(part: str, *, show_wrong: bool) -> None:
    """Print precision and recall of one part, by spans and by characters."""
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    runs = right = chars = right_chars = 0
    for sentence in (each for each in sentences() if each.part == part):
        masked = mask(sentence.text)
        for kind, start, end in sentence.spans:
            wanted[kind] += 1
            found[kind] += masked[start:end] == MASK * (end - start)
        inside = {at for _, start, end in sentence.spans for at in range(start, end)}
        for start, end in masked_runs(masked):
            runs += 1
            right += all(at in inside for at in range(start, end))
            chars += end - start
            right_chars += sum(at in inside for at in range(start, end))
        if show_wrong and masked != "".join(MASK if at in inside else c for at, c in enumerate(sentence.text)):
            print(f"    {sentence.text}\n    {masked}")
    hit, of = sum(found.values()), sum(wanted.values())
    print(
        f"{part:>10}: recall {hit}/{of} = {hit / of:.3f}, "
        f"precision {right}/{runs} = {right / runs:.3f} of spans, {right_chars / chars:.3f} of characters"
    )
    print("            " + ", ".join(f"{kind} {found[kind]}/{wanted[kind]}" for kind in sorted(wanted)))


def measure_speed() -> None:
    """Print how many posts of these sentences' length intake takes per CPU-second."""
    texts = [sentence.text for sentence in sentences()]
    longer = ["".join(texts[at : at + 5]) for at in range(len(texts) - 5)]
    keys = IntakeKeys("0" * 32, b"k" * 32, str, derive_keys(b"bench", 1_790_000_000_000))
    raws = [
        RawPost("yunxi-forum", text, native_id=str(at), address=f"http://bbs.example/thread-{at}-1-1.html", poster="7")
        for at, text in enumerate(longer * 10)
    ]
    start = time.process_time()
    size = sum(len(post_to_json(intake(raw, keys, 1_790_000_000_000))) for raw in raws)
    spent = time.process_time() - start
    mean = sum(len(raw.text) for raw in raws) / len(raws)
    print(
        f"intake and JSON: {len(raws) / spent:,.0f} posts per CPU-second, {mean:.0f} characters each, {size:,} written"
    )


def main() -> None:
    """Print all figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--wrong", action="store_true", help="print the sentences that were masked wrongly")
    show_wrong = arguments.parse_args().wrong
    for part in ("made with", "held out"):
        measure(part, show_wrong=show_wrong)
    measure_speed()


if __name__ == "__main__":
    main()
