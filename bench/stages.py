"""
Posts per CPU-second through the stages but the model (goal: at least 5,000), and what each stage costs.

    python bench/stages.py [--posts 20000] [--share 0.08]

Texts are made up from a seed. A share of them (as large as a bureau's share of local talk) speaks of the bureau's
matters, a fifth of those repeats an earlier one. "All stages" is the worker's own path: every post is normalised and
matched, mentions are folded (near-duplicate, group, place, mention). The other rows give each stage every post, as the
verbs `match`, `dedupe` and `group` do. Peers in the same run: terms looked for one by one, an alternation of a regular
expression, and MinHash without rensa.
"""

import argparse
import hashlib
import random
import re
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from daachorse import CharwiseDoubleArrayAhoCorasick

from pipeline.domain.mention import NO_OPINION
from pipeline.domain.post import Post
from pipeline.domain.watch_rule import parse_rules
from pipeline.stages.band_index import PERMUTATIONS, bands_of
from pipeline.stages.fold import Candidate, UnitMemory
from pipeline.stages.group import Grouping
from pipeline.stages.match import Matcher
from pipeline.stages.near_duplicate import NearDuplicates
from pipeline.stages.normalise import normalise
from pipeline.stages.place import Places
from pipeline.stages.shingle import own_words, shingles

from zipf_text import ZipfText, posts  # isort: skip  # a file beside this one

GOAL = 5_000
PLACES = ("城关镇", "东风村", "柳林社区", "城关镇东风村", "石桥镇", "上河村", "福寿苑社区")
WINDOW_DAYS = 20
RULES = Path(__file__).resolve().parents[1] / "pipeline" / "stages" / "data" / "civil_affairs.toml"


def stream(number: int, share: float, terms: list[str]) -> list[Post]:
    """Return posts of which the share names a term of the rules, and some of those repeat an earlier one."""
    rng = random.Random(5)
    said: list[str] = []
    made: list[Post] = []
    for post in posts(ZipfText(11), number, WINDOW_DAYS):
        text = post.text
        if rng.random() < share:
            if said and rng.random() < 0.2:
                text = f"转发微博 //@用户:{rng.choice(said)}"
            else:
                at = rng.randrange(len(text))
                text = f"{text[:at]}，{rng.choice(PLACES)}{rng.choice(terms)}，{text[at:]}"
                said.append(text)
        made.append(replace(post, text=text))
    return made


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds that the work takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def all_stages(matcher: Matcher, made: Iterable[Post]) -> tuple[int, int]:
    """Match every post and fold the mentions, as the worker does; return mentions and reposts."""
    memory = UnitMemory("yunxi-mz", PLACES)
    mentions = reposts = 0
    for post in made:
        matches = matcher.matches(post.title, post.text)
        if matches:
            folded = memory.fold(Candidate(post, matches, NO_OPINION), 0)
            mentions += 1
            reposts += folded.mentions[0].repost_of is not None
    return mentions, reposts


def dedupe(made: Iterable[Post]) -> None:
    """Give every post to the near-duplicate stage."""
    memory = NearDuplicates()
    for post in made:
        repost = memory.decide(post.id, post.text, post.collected_at)
        memory.remember(post.id, post.text, post.collected_at, repost_of=repost.of)


def group(made: Iterable[Post]) -> None:
    """Give every post to the group stage."""
    memory = Grouping()
    for post in made:
        found = memory.decide(post.title, post.text, post.collected_at) or post.id
        memory.remember(found, post.title, post.text, post.collected_at)


def plain_minhash(form: str) -> list[int]:
    """Return a MinHash signature by the standard library alone."""
    grams = {form[i : i + 3] for i in range(len(form) - 2)}
    hashes = [int.from_bytes(hashlib.blake2b(g.encode(), digest_size=8).digest()) for g in grams]
    return [min(h * (2 * row + 0x9E3779B97F4A7C15) % 2**64 >> 32 for h in hashes) for row in range(PERMUTATIONS)]


def numpy_minhash(form: str) -> object:
    """Return a MinHash signature by numpy alone."""
    rows = (np.arange(PERMUTATIONS, dtype=np.uint64) * np.uint64(2) + np.uint64(0x9E3779B97F4A7C15))[:, None]
    return (rows * shingles(form).astype(np.uint64) >> np.uint64(32)).min(axis=1)


def peers(made: list[Post], terms: list[str]) -> dict[str, tuple[Callable[[], object], int]]:
    """Return what else could be done, on fewer posts where it is slow."""
    some = [normalise(post.text).text for post in made[:2000]]
    forms = [form for form in (own_words(post.text) for post in made[:2000]) if len(form) >= 12]
    pattern = re.compile("|".join(map(re.escape, terms)))
    automaton = CharwiseDoubleArrayAhoCorasick([normalise(term).text for term in terms])
    return {
        "  automaton (overlapping)": (lambda: [automaton.find_overlapping(form) for form in some], len(some)),
        "  terms one by one (in)": (lambda: [[t for t in terms if t in form] for form in some], len(some)),
        "  regular expression": (lambda: [pattern.findall(form) for form in some], len(some)),
        "  MinHash by rensa": (lambda: [bands_of(shingles(form)) for form in forms], len(forms)),
        "  MinHash by numpy": (lambda: [numpy_minhash(form) for form in forms], len(forms)),
        "  MinHash plain": (lambda: [plain_minhash(form) for form in forms[:200]], 200),
    }


def main() -> None:
    """Print the goal's figure first, then each stage."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--share", type=float, default=0.08)
    given = parser.parse_args()
    rules = parse_rules(RULES.read_text(encoding="utf-8"))
    terms = sorted({term for rule in rules for term in rule.triggers})
    made = stream(given.posts, given.share, terms)
    matcher, places = Matcher(rules), Places(PLACES)
    length = sum(len(post.text) for post in made) / len(made)
    print(f"{len(made)} posts of {length:.0f} characters, {len(rules)} rules with {len(terms)} terms")
    found = (0, 0)

    def whole() -> None:
        nonlocal found
        found = all_stages(matcher, made)

    spent = seconds(whole)
    rate = len(made) / spent
    print(
        f"all stages but the model   {rate:9,.0f} posts/CPU-s  (goal {GOAL:,}: {'met' if rate >= GOAL else 'MISSED'})"
    )
    print(f"                           {found[0]} mentions, {found[1]} of them reposts")
    rows: dict[str, tuple[Callable[[], object], int]] = {
        "normalise": (lambda: [normalise(post.text) for post in made], len(made)),
        "match (with normalise)": (lambda: [matcher.matches(post.title, post.text) for post in made], len(made)),
        "place": (lambda: [places.named_in(post.title, post.text) for post in made], len(made)),
        "near-duplicate, every post": (lambda: dedupe(made), len(made)),
        "group, every post": (lambda: group(made), len(made)),
        **peers(made, terms),
    }
    for name, (work, number) in rows.items():
        each = seconds(work) / number
        print(f"{name:27}{1 / each:9,.0f} posts/CPU-s  {each * 1e3:8.4f} ms/post")


if __name__ == "__main__":
    main()
