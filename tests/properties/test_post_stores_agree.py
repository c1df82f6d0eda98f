"""Whatever a worker writes, people erase and time drops: the stores in memory and in SQLite answer alike."""

import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.domain.errors import StaleWorker
from pipeline.domain.mention import Mention
from pipeline.domain.post import Post
from pipeline.ports import PostStore, Work
from tests.stored import DAY, EVER, MONDAY, NOT_OURS, OTHER, OURS, PLEA, UNIT, a_group, a_mention, a_post, work

TEXTS = ("低保停了", "低保又发了", "敬老院的饭菜", "“殡葬”收费＊＊元")
NUMBERS = range(6)
LATE = MONDAY + 70 * DAY

posts_seen = st.builds(
    lambda number, text, day, hours: a_post(
        number, text, collected_at=MONDAY + day * DAY, published_at=MONDAY + day * DAY - hours * 3_600_000
    ),
    st.sampled_from(NUMBERS),
    st.sampled_from(TEXTS),
    st.integers(0, 60),
    st.integers(0, 2),
)
mentions_made = st.builds(
    lambda post, unit, rule, opinion, group: a_mention(post, unit=unit, rule=rule, opinion=opinion, group=group),
    posts_seen,
    st.sampled_from([UNIT, OTHER]),
    st.sampled_from(["r1", "r2"]),
    st.sampled_from([OURS, NOT_OURS, PLEA]),
    st.sampled_from([None, "g1", "g2"]),
)
rows_made = st.builds(
    lambda group, count, unit: a_group(group, posts=count, unit=unit),
    st.sampled_from(["g1", "g2"]),
    st.integers(1, 3),
    st.sampled_from([UNIT, OTHER]),
)
works = st.builds(
    lambda posts, mentions, rows, lapsed, gone, to: work(
        [*posts, *(post for post, _ in mentions)],
        [mention for _, mention in mentions],
        rows,
        to=to,
        lapsed=lapsed,
        gone=gone,
    ),
    st.lists(posts_seen, max_size=3),
    st.lists(mentions_made.map(lambda mention: (the_post_of(mention), mention)), max_size=3),
    st.lists(rows_made, max_size=2),
    st.lists(mentions_made, max_size=1),
    st.lists(st.tuples(st.sampled_from(["p0", "p1"]), st.sampled_from([MONDAY, None])), max_size=1),
    st.integers(0, 9),
)
erasures = st.frozensets(st.sampled_from([f"p{number}" for number in NUMBERS]), min_size=1, max_size=2)
drops = st.tuples(st.integers(0, 70), st.integers(0, 70), st.frozensets(st.just((UNIT, "g1")), max_size=1))
steps = st.lists(st.one_of(works, works, works, erasures, drops), min_size=1, max_size=8)


def the_post_of(mention: Mention) -> Post:
    """Return the post that a mention was made from."""
    text = mention.version.removeprefix("v-")
    return a_post(int(mention.post[1:]), text, collected_at=mention.collected_at, published_at=mention.occurred_at)


def take(store: PostStore, step: object) -> object:
    """The store has taken the step; returns what it answered, or that it found the worker stale."""
    if isinstance(step, Work):
        try:
            return store.commit(step)
        except StaleWorker:
            return "stale"
    if isinstance(step, frozenset):
        return dict(store.erase(step, LATE))
    assert isinstance(step, tuple)
    weeks, months, keep = step
    return store.drop_parts(MONDAY + weeks * DAY, MONDAY + months * DAY, keep)


def everything(store: PostStore) -> list[object]:
    """Return every answer that a reader could get."""
    ids = [f"p{number}" for number in NUMBERS]
    keys = [f"{kind}{number}" for kind in "ha" for number in NUMBERS]
    answers: list[object] = [store.position("bus-1", 0), dict(store.heads(keys)), store.erased(ids)]
    answers += [list(store.versions(post_id)) for post_id in ids]
    answers += [dict(store.opinions([f"v-{text}" for text in TEXTS], "m1"))]
    for unit in (UNIT, OTHER):
        answers += [list(store.mentions(unit, 0)), list(store.needs(unit, 9)), list(store.daily(unit, 0, 1 << 30))]
        answers += [list(store.members(unit, group)) for group in ("g1", "g2")]
        answers += [list(store.groups(unit, todo_only=False, cursor=None, limit=9).rows)]
        answers += [[view.row.id for view in store.changed_groups(unit, 0)[1]]]
    for unit in ("*", UNIT, OTHER):
        for term in ("低保", "饭菜", "＊", "了"):
            answers += [store.count(unit, term, **EVER), list(store.search(unit, term, **EVER, limit=3))]
    return answers


@settings(max_examples=40, deadline=None)
@given(steps=steps)
def test_the_stores_answer_alike_after_any_steps(steps: Sequence[object]) -> None:
    """Commits with edits, repeats, late versions and stale decisions; erasures; parts that are dropped."""
    memory = MemoryPostStore()
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_huiyin(Path(folder) / "huiyin.db")) as writer,
        closing(SqlitePostStore(writer)) as stored,
    ):
        for step in steps:
            assert take(stored, step) == take(memory, step)
            assert everything(stored) == everything(memory)
