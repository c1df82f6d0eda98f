"""The memory of near-duplicates is what was remembered, whenever it was loaded."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stages.band_index import BANDS, BandIndex
from pipeline.stages.near_duplicate import NearDuplicates, Repost

DAY = 86_400_000
CLAUSES = [
    "柳林社区的老年食堂停业了",
    "门口只贴了一张通知没有说明原因",
    "三十几位老人没有地方吃午饭",
    "东风村公墓的台阶塌了半边",
    "清明前后上山的人特别多",
    "希望民政部门尽快来看看",
    "低保金从三月起就没有到账",
    "转发微博",
]
POSTS = st.lists(
    st.tuples(st.lists(st.sampled_from(CLAUSES), max_size=4).map("，".join), st.integers(0, 50)), max_size=25
)
SMALL_KEYS = st.lists(st.lists(st.integers(1, 3), min_size=BANDS, max_size=BANDS), min_size=1, max_size=90)


def decided(memory: NearDuplicates, posts: list[tuple[str, int]], first: int) -> list[Repost]:
    """Decide and remember posts in order, as the fold does."""
    answers = []
    for number, (text, day) in enumerate(posts, start=first):
        answer = memory.decide(str(number), text, day * DAY)
        memory.remember(str(number), text, day * DAY, repost_of=answer.of)
        answers.append(answer)
    return answers


@settings(deadline=None, max_examples=60)
@given(POSTS, st.integers(0, 25))
def test_a_reload_decides_as_if_it_had_never_stopped(posts: list[tuple[str, int]], cut: int) -> None:
    """Half decided, the memory rebuilt from the stored decisions, the rest decided: the same answers."""
    straight = decided(NearDuplicates(), posts, 0)
    reloaded = NearDuplicates()
    for number, ((text, day), answer) in enumerate(zip(posts[:cut], straight, strict=False)):
        reloaded.remember(str(number), text, day * DAY, repost_of=answer.of)
    assert decided(reloaded, posts[cut:], min(cut, len(posts))) == straight[cut:]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.lists(st.sampled_from(CLAUSES), max_size=4).map("，".join), st.integers(0, 20)), max_size=20)
)
def test_what_has_left_the_window_leaves_no_trace(posts: list[tuple[str, int]]) -> None:
    """A reload need not read what is older than the window: with or without it the answers are the same."""
    both = NearDuplicates()
    decided(both, posts, 100)
    only = NearDuplicates()
    later = [(text, day + 60) for text, day in posts]
    assert decided(both, later, 0) == decided(only, later, 0)


@settings(deadline=None, max_examples=40)
@given(SMALL_KEYS, st.sets(st.integers(0, 89)), st.integers(0, 90))
def test_the_tables_of_bands_find_what_a_plain_search_finds(
    rows: list[list[int]], dead: set[int], rebuilt_after: int
) -> None:
    """Buckets, overflow, chains and rebuilding are only a faster way to compare every key with every other."""
    spread = [np.array(row, dtype=np.uint32) * np.uint32(0x4000_0001) for row in rows]
    index = BandIndex()
    for number, keys in enumerate(spread):
        index.add(keys)
        if number == rebuilt_after:
            index.keep(np.arange(number + 1))
    alive = np.array([number not in dead for number in range(len(rows))])
    for wanted in spread[:5]:
        expected: Counter[int] = Counter()
        for lane in range(BANDS):
            same = [n for n in range(len(rows)) if alive[n] and spread[n][lane] == wanted[lane]]
            expected.update(same[-64:])
        assert index.sharing(wanted, alive) == expected
