"""
Recall and precision of the near-duplicate stage on edited copies of real posts.

    python bench/repost_quality.py [--base 100000] [--queries 400]

Reads neardup/base_100k.txt.gz under HUIYIN_SHARED_DATA (default ../shared/data); prints nothing of its text. Twelve
kinds of edits are made of texts that say at least 30 characters themselves, seeded. A copy counts as found where the
stage names its source, or the original of which the source itself is a repost. Any other answer counts as wrong.
The peer in the same run is what most monitors do: the same normal form means the same text.
"""

import argparse
import gzip
import os
import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.stages.near_duplicate import NearDuplicates
from pipeline.stages.normalise import normalise
from pipeline.stages.shingle import own_words
from pipeline.stages.simplified import PAIRS

EMOTES = ("😂", "😭", "🙏", "[泪]", "[怒]", "👍", "❤️", "[哈哈]", "🔥", "[话筒]")
TRADITIONAL = dict(zip(PAIRS[1::2], PAIRS[::2], strict=True))
DAY = 86_400_000


def edits(base: list[str], comments: list[str], rng: random.Random) -> dict[str, Callable[[str], str]]:
    """Return the kinds of edits, lightest first."""
    characters = [c for text in base[:5000] for c in text if "\u4e00" <= c <= "\u9fff"]

    def changed(text: str, share: float) -> str:
        kept: list[str] = []
        for character in text:
            chance = rng.random()
            if chance < share * 0.6:
                kept.append(rng.choice(characters))
            elif chance < share * 0.8:
                continue
            else:
                kept.append(character + (rng.choice(characters) if chance < share else ""))
        return "".join(kept)

    def shuffled(text: str) -> str:
        clauses = re.split(r"(?<=[。！？!?,，；;])", text)
        rng.shuffle(clauses)
        return "".join(clauses)

    def decorated(text: str) -> str:
        marks = (*EMOTES, "！", "~", "。。", "…", " ")
        return "".join(c + (rng.choice(marks) if rng.random() < 0.15 else "") for c in text)

    def wide(text: str) -> str:
        return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else TRADITIONAL.get(c, c) for c in text)

    return {
        "prefix": lambda t: rng.choice(["转发微博 //@小王:", "【转】", "#民政# 转 ", "//@用户A:转发 //@用户B:"]) + t,
        "quote": lambda t: rng.choice(comments)[: rng.randint(15, 40)] + " //@某某:" + t,
        "cut to 70 %": lambda t: t[: int(len(t) * 0.7)] + "...全文",
        "cut to 50 %": lambda t: t[: int(len(t) * 0.5)] + "…展开",
        "cut to 30 %": lambda t: t[: int(len(t) * 0.3)] + "…",
        "emoji": decorated,
        "wide, Trad.": wide,
        "10 % edited": lambda t: changed(t, 0.10),
        "20 % edited": lambda t: changed(t, 0.20),
        "30 % edited": lambda t: changed(t, 0.30),
        "clauses": shuffled,
        "separators": lambda t: rng.choice([".", "/", " ", "&", "*"]).join(t),
    }


def fill(base: list[str]) -> tuple[NearDuplicates, list[str], float]:
    """Remember the base in order; return the memory, each text's original and CPU seconds."""
    memory = NearDuplicates()
    originals: list[str] = []
    began = time.process_time()
    for number, text in enumerate(base):
        key = str(number)
        repost = memory.decide(key, text, number * 20_000)
        memory.remember(key, text, number * 20_000, repost_of=repost.of)
        originals.append(repost.of or key)
    return memory, originals, time.process_time() - began


def main() -> None:
    """Print one row per kind of edit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--base", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=400)
    given = parser.parse_args()
    path = Path(os.environ.get("HUIYIN_SHARED_DATA", "../shared/data")) / "neardup" / "base_100k.txt.gz"
    if not path.exists():
        sys.exit(f"{path} is not here; set HUIYIN_SHARED_DATA to the folder that holds neardup/")
    rng = random.Random(7)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        base = [line.rstrip("\n") for line in lines]
    rng.shuffle(base)
    comments = base[-1000:]
    base = base[: min(given.base, len(base) - 1000)]
    memory, originals, seconds = fill(base)
    natural = sum(original != str(number) for number, original in enumerate(originals))
    print(f"{len(base)} posts decided and remembered: {seconds / len(base) * 1e3:.3f} ms/post CPU; {natural} reposts")
    exact = {normalise(text).text.replace("\n", "") for text in base}
    eligible = [n for n, text in enumerate(base) if len(own_words(text)) >= 30]
    now = (len(base) - 1) * 20_000
    print(f"{'edit':14}{'found':>8}{'wrong':>8}{'same text':>11}{'ms/query':>10}")
    for kind, edit in edits(base, comments, rng).items():
        chosen = rng.sample(eligible, given.queries)
        copies = [edit(base[number]) for number in chosen]
        began = time.process_time()
        answers = [memory.decide("query", copy, now).of for copy in copies]
        spent = (time.process_time() - began) / len(copies) * 1e3
        pairs = list(zip(answers, chosen, strict=True))
        found = sum(answer in (str(number), originals[number]) for answer, number in pairs)
        wrong = sum(answer not in (None, str(number), originals[number]) for answer, number in pairs)
        same = sum(normalise(copy).text.replace("\n", "") in exact for copy in copies)
        shares = (found / len(copies), wrong / len(copies), same / len(copies))
        print(f"{kind:14}{shares[0]:8.3f}{shares[1]:8.3f}{shares[2]:11.3f}{spent:10.3f}")


if __name__ == "__main__":
    main()
