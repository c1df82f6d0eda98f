"""The fold is what it was, whenever it was loaded: mentions, ends of mentions and rows are equal after any reload."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.adapters.memory.tokens import MemoryPosterTokens
from pipeline.domain.group import GroupRow
from pipeline.domain.group_merge import FREE, Standing
from pipeline.domain.mention import NO_OPINION
from pipeline.domain.post import Origin, Post
from pipeline.ports import Position, Work
from pipeline.recall import recall
from pipeline.stages.arrivals import Arrival, with_first_tokens
from pipeline.stages.fold import Candidate, UnitMemory
from pipeline.stages.folded import Folded
from pipeline.stages.match import Match
from pipeline.workflow.verify import fresh_rows
from tests.builders import DAY, HOUR, MONDAY, UNIT, a_post, a_rule, an_opinion, written_by

CLAUSES = [
    "柳林社区的老年食堂停业了，三十几位老人没有地方吃午饭",
    "东风村公墓的台阶塌了半边，清明前后上山的人特别多",
    "低保金从三月起就没有到账，打了几次电话都没有人接",
    "福寿苑二期晚上施工噪声大，养老院的老人睡不着",
    "转：柳林社区的老年食堂停业了，三十几位老人没有地方吃午饭",
    "希望民政部门尽快来看看",
    "老年食堂停业之后，母亲每天只好自己走很远的路去菜场",
    "老年食堂停了两个月，几十位老人中午没有饭吃，我母亲只好每天走很远的路去买菜，有没有人管一管",
    "老人中午没有地方吃饭，母亲每天自己走很远的路买菜，老年食堂什么时候再开，这么多老人怎么办",
]
PLACES = ("柳林社区", "东风村")
RULES = (a_rule("养老"), a_rule("公墓", id="graves", grave=True, grave_level=1), a_rule("低保", id="aid"))
OPINIONS = (
    NO_OPINION,
    an_opinion(about=True, act="投诉"),
    an_opinion(about=True, act="求助", need=True),
    an_opinion(about=False),
)


def _candidate(
    number: int, words: tuple[list[str], str], when: tuple[int, int], met: set[int], rest: tuple[int, bool, Origin]
) -> Candidate:
    said, backfilled, origin = rest
    person = ("", "甲", "甲", "乙", "丙")[number % 5]  # all versions of a post are one person's
    post = a_post(
        number,
        "。".join(words[0]),
        at=MONDAY + when[0] * HOUR,
        title=words[1],
        source=("forum", "board")[number % 2],
        origin=origin,
        tokens=written_by(person) if person else (),
    )
    post = replace(post, collected_at=post.collected_at + when[1] * HOUR)
    return Candidate(post, tuple(Match(RULES[rule], ()) for rule in sorted(met)), OPINIONS[said], backfilled)


CANDIDATES = st.builds(
    _candidate,
    st.integers(0, 6),  # few posts and texts, so that many are edits of an earlier one, or its earlier text again
    st.tuples(st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=2), st.sampled_from(["", "老年食堂停业"])),
    st.tuples(st.integers(0, 20 * 24), st.sampled_from([0, 0, 100])),
    st.sets(st.integers(0, len(RULES) - 1), max_size=2),
    st.tuples(
        st.integers(0, len(OPINIONS) - 1),
        st.booleans(),
        st.sampled_from([Origin.MONITORED, Origin.MONITORED, Origin.MESSAGE]),
    ),
)


def standing_of(group: str) -> Standing:
    """Return a standing that the id alone decides: free, owned by one of two open or a closed incident, left alone."""
    standings = (FREE, FREE, FREE, Standing("i1", is_open=True), Standing("i2", is_open=True), Standing("i3"))
    return (*standings, FREE, Standing(is_left_alone=True))[int(group[0], 16) // 2]


@dataclass
class House:
    """Stores, a memory over them, and what the fold decided so far."""

    posts: MemoryPostStore = field(default_factory=MemoryPostStore)
    tokens: MemoryPosterTokens = field(default_factory=MemoryPosterTokens)
    decided: list[Folded] = field(default_factory=list)
    memory: UnitMemory = field(init=False)

    def __post_init__(self) -> None:
        self.load()

    def load(self) -> None:
        """The memory is what the stores say."""
        self.memory = UnitMemory(UNIT, PLACES, standing_of)
        recall(self.memory, self.posts, self.tokens, MONDAY + DAY)

    def fold(self, candidate: Candidate) -> None:
        """The candidate is decided and stored, as a step of the worker does it."""
        post = candidate.post
        stored = self.posts.post(post.id)
        if stored is not None and (stored.post.version == post.version or post.collected_at < stored.post.collected_at):
            return  # a repeat, or a version that comes late: arrivals leave the first out, the second is rare
        if not candidate.matches and not self.memory.knows(post.id):
            return
        (arrival,) = with_first_tokens([Arrival(post, is_edit=stored is not None)], self.tokens.of([post.id]))
        self.tokens.add({post.id: arrival.post.tokens})
        candidate = replace(candidate, post=arrival.post)
        folded = self.memory.fold(candidate, seen_seq=0)
        self.decided.append(folded)
        groups = {self.memory.group_of(post.id), *(merge.into for merge in folded.found.merges)}
        rows = [self.memory.row(group) for group in sorted(self.memory.groups().keys() & groups)]
        to = Position("bus", 0, len(self.decided))
        self.posts.commit(
            Work([post], folded.mentions, rows, to, folded.lapsed, revived=folded.revived, found=folded.found)
        )

    def rows(self) -> dict[str, GroupRow]:
        """Return the rows as they are stored."""
        page = self.posts.groups(UNIT, todo_only=False, cursor=None, limit=1_000)
        return {view.row.id: view.row for view in page.rows}


def shown_to_be_one(numbers: Sequence[int], texts: Sequence[int]) -> list[Candidate]:
    """Return posts of these numbers, an hour apart, with these texts: 0 and 6 are two groups until 7 or 8 comes."""
    said = zip(numbers, texts, strict=True)
    return [
        _candidate(number, ([CLAUSES[text]], ""), (hour, 0), {0}, (1, False, Origin.MONITORED))
        for hour, (number, text) in enumerate(said)
    ]


MERGING = st.builds(
    shown_to_be_one, st.permutations(range(7)), st.lists(st.sampled_from([0, 6, 7, 8]), min_size=7, max_size=7)
)


def folded(candidates: Sequence[Candidate], cuts: frozenset[int]) -> House:
    """Return a house that folded the stream, loaded anew before each of the cuts."""
    house = House()
    for number, candidate in enumerate(candidates):
        if number in cuts:
            house.load()
        house.fold(candidate)
    return house


@settings(deadline=None, max_examples=150)
@given(st.lists(CANDIDATES, max_size=14) | MERGING, st.frozensets(st.integers(0, 14), max_size=4))
def test_a_fold_that_was_loaded_anew_decides_as_if_it_had_never_stopped(
    stream: list[Candidate], cuts: frozenset[int]
) -> None:
    """Edits, reposts, late and backfilled posts included: the same mentions, the same ends, the same rows."""
    straight, reloaded = folded(stream, frozenset()), folded(stream, cuts)

    assert reloaded.decided == straight.decided
    assert reloaded.rows() == straight.rows()


@settings(deadline=None, max_examples=100)
@given(st.lists(CANDIDATES, max_size=14) | MERGING)
def test_the_rows_that_were_written_are_those_that_a_replay_makes(stream: list[Candidate]) -> None:
    """Rows are derived from stored mentions alone, so they can be deleted and made again."""
    house = folded(stream, frozenset())

    assert dict(fresh_rows(house.posts, UNIT)) == house.rows()


def test_the_streams_hold_edits_reposts_and_groups() -> None:
    """The properties above are not of nothing."""
    texts = [0, 4, 1, 2]
    stream = [
        _candidate(n, ([CLAUSES[text]], ""), (n, 0), {n % 3}, (1, False, Origin.MONITORED))
        for n, text in enumerate(texts)
    ]
    edited: Post = replace(stream[0].post, text="已解决", version="v2", collected_at=MONDAY + DAY)
    house = folded([*stream, replace(stream[0], post=edited, matches=())], frozenset({2}))

    assert house.decided[1].mentions[0].repost_of == stream[0].post.id
    assert house.decided[-1].lapsed
    assert len(house.rows()) == 3


def _to_and_fro(text: int, hour: int, met: set[int], said: int) -> Candidate:
    candidate = _candidate(1, ([CLAUSES[text]], ""), (0, hour), set(), (said, False, Origin.MONITORED))
    rules = [RULES[rule] if rule < len(RULES) else a_rule("养老", "老人", grave=True) for rule in sorted(met)]
    return replace(candidate, matches=tuple(Match(rule, ()) for rule in rules))


TO_AND_FRO = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 2]),
        st.sampled_from([set(), {0}, {1}, {0, 1}, {2}, {3}, {1, 3}]),  # 3 is the changed rule 0: a text decided twice
        st.integers(0, len(OPINIONS) - 1),
    ),
    min_size=3,
    max_size=8,
)


@settings(deadline=None, max_examples=200)
@given(TO_AND_FRO, st.frozensets(st.integers(0, 9), max_size=3))
@example([(1, {1}, 0), (0, {0}, 3), (1, {0, 1}, 0), (0, {0}, 0)], frozenset())
def test_a_post_that_is_edited_to_and_fro_is_what_it_was_after_any_reload(
    sights: list[tuple[int, set[int], int]], cuts: frozenset[int]
) -> None:
    """Revived mentions, under whatever rules and opinions: the same decisions, ends and rows, and a replay's too."""
    stream = [_to_and_fro(text, hour, met, said) for hour, (text, met, said) in enumerate(sights)]
    other = _candidate(2, ([CLAUSES[3]], ""), (len(stream), 0), {1}, (1, False, Origin.MONITORED))
    straight, reloaded = folded([*stream, other], frozenset()), folded([*stream, other], cuts)

    assert reloaded.decided == straight.decided
    assert dict(fresh_rows(straight.posts, UNIT)) == straight.rows() == reloaded.rows()


def test_an_edit_that_was_taken_back_revives_its_mention_and_makes_no_second_one() -> None:
    """The store keeps a mention once; it holds again, and its post is counted as matching."""
    sights = [(0, {0}, 1), (2, set[int](), 1), (0, {0}, 1)]
    stream = [_to_and_fro(text, hour, met, said) for hour, (text, met, said) in enumerate(sights)]
    house = folded(stream, frozenset())
    ((mention, _),) = house.posts.mentions(UNIT, 0)
    (row,) = house.rows().values()

    assert [len(one.mentions) for one in house.decided] == [1, 0, 0]
    assert (house.decided[1].lapsed, house.decided[2].revived) == ((mention.key,), ((mention.key, 1),))
    assert (mention.lapsed, mention.again, row.lapsed_posts) == (False, 1, 0)


def test_a_row_says_what_the_version_says_that_came_back() -> None:
    """Not what the version between said, whose mention is younger."""
    sights = [(0, {0}, 1), (1, {1}, 1), (0, {0}, 1)]
    stream = [_to_and_fro(text, hour, met, said) for hour, (text, met, said) in enumerate(sights)]

    assert [row.grave for row in folded(stream[:2], frozenset()).rows().values()] == [True]
    assert [row.grave for row in folded(stream, frozenset()).rows().values()] == [False]


def test_groups_that_a_post_shows_to_be_one_stay_one_after_a_reload() -> None:
    """Rows, later posts and what is counted are as if the memory had never been lost."""
    stream = shown_to_be_one([1, 6, 3, 4, 2], [0, 6, 7, 8, 6])
    straight, reloaded = folded(stream, frozenset()), folded(stream, frozenset({1, 2, 3, 4}))
    (merge,) = (merge for each in straight.decided for merge in each.found.merges)
    (row,) = straight.rows().values()

    assert reloaded.decided == straight.decided
    assert straight.rows() == reloaded.rows() == dict(fresh_rows(straight.posts, UNIT))
    assert (row.id, row.posts + row.reposts, merge.order) == (merge.into, 5, 2)
    assert (merge.into, merge.absorbed) == tuple(each.mentions[0].group for each in straight.decided[:2])
