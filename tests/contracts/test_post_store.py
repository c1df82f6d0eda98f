"""What every PostStore does with the worker's commits, in memory and in SQLite."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeAlias

import pytest

from pipeline.domain.errors import StaleWorker
from pipeline.domain.group_merge import Found as MergesFound
from pipeline.domain.group_merge import GroupMerge
from pipeline.domain.local_day import day_of
from pipeline.domain.mention import NO_OPINION
from pipeline.domain.post import Token
from pipeline.ports import Head, Position, PostStore
from tests.stored import (
    DAY,
    EVER,
    HOUR,
    MONDAY,
    NOT_OURS,
    OTHER,
    OURS,
    PLEA,
    UNIT,
    a_full_post,
    a_group,
    a_mention,
    a_post,
    work,
)

Another: TypeAlias = Callable[[], PostStore]


def test_a_post_comes_back_as_it_was_stored_but_without_tokens(posts: PostStore) -> None:
    """Every field survives; poster tokens live elsewhere."""
    post = a_full_post()
    posts.commit(work([replace(post, tokens=(Token("2026-02", 7),))]))
    stored = posts.post(post.id)
    assert stored is not None
    assert (stored.post, stored.is_newest, stored.erased, stored.gone_at) == (post, True, False, None)
    assert posts.post("p-unknown") is None
    assert posts.post(post.id, "v-unknown") is None


def test_the_position_moves_with_the_work_and_never_back(posts: PostStore) -> None:
    """A worker that comes late cannot make the store forget how far it was."""
    assert posts.position("bus-1", 0) is None
    posts.commit(work(to=500))
    posts.commit(work(to=400))
    assert posts.position("bus-1", 0) == Position("bus-1", 0, 500)
    assert posts.position("bus-1", 1) is None


def test_streams_are_known_in_the_order_of_their_first_sight(posts: PostStore) -> None:
    """A stream that is not among them is new here, and is read from its beginning."""
    for stream in ("bus-b", "bus-a", "bus-b"):
        posts.commit(replace(work(), position=Position(stream, 0, 9)))
    assert list(posts.known_streams()) == ["bus-b", "bus-a"]


def test_the_first_id_of_a_key_stays(posts: PostStore) -> None:
    """A better canonicaliser that gives another id changes nothing for a key that was seen before."""
    posts.commit(work([a_post(1, heads=("address",))]))
    posts.commit(work([a_post(2, heads=("address", "native"))]))
    heads = posts.heads(["address", "native", "unknown"])
    assert heads["address"] == Head("p1", MONDAY + 1000, a_post(1).version)
    assert heads["native"].id == "p2"
    assert set(heads) == {"address", "native"}


def test_the_same_post_twice_is_stored_once(posts: PostStore) -> None:
    """In one commit or in two: a repeat is skipped, and counted once."""
    posts.commit(work([a_post(), a_post()], to=2))
    posts.commit(work([a_post(collected_at=MONDAY + HOUR)], to=3))
    assert len(posts.versions("p1")) == 1
    assert posts.count("*", "低保", **EVER) == 1
    assert posts.daily("*", 0, 1 << 30) == [(day_of(MONDAY), "", 1)]


def test_an_edit_is_a_version_and_search_follows_the_newest(posts: PostStore) -> None:
    """The text before the edit can be read by its version, but is not found."""
    posts.commit(work([a_post(text="敬老院的饭菜很好")]))
    posts.commit(work([a_post(text="敬老院的饭菜变差了", collected_at=MONDAY + HOUR)], to=2))
    assert [(s.post.text, s.is_newest) for s in posts.versions("p1")] == [
        ("敬老院的饭菜很好", False),
        ("敬老院的饭菜变差了", True),
    ]
    assert [post.text for post in posts.search("*", "饭菜", **EVER, limit=9)] == ["敬老院的饭菜变差了"]
    assert posts.count("*", "很好", **EVER) == 0
    assert posts.heads(["h1"])["h1"].newest == "v-敬老院的饭菜变差了"


def test_a_version_that_arrives_late_does_not_become_the_newest(posts: PostStore) -> None:
    """What counts is when a version was collected, not when it arrived."""
    posts.commit(work([a_post(text="后来的文字", collected_at=MONDAY + HOUR)]))
    posts.commit(work([a_post(text="先前的文字", collected_at=MONDAY)], to=2))
    assert [stored.post.text for stored in posts.versions("p1")] == ["先前的文字", "后来的文字"]
    assert posts.count("*", "先前", **EVER) == 0
    assert posts.heads(["h1"])["h1"].newest == "v-后来的文字"


def test_a_text_that_is_there_again_is_the_newest_again(posts: PostStore) -> None:
    """An edit that was taken back: each version is stored once, and search finds what the page says now."""
    for hour, text in enumerate(["原来的说法", "改过的说法", "原来的说法"]):
        posts.commit(work([a_post(text=text, collected_at=MONDAY + hour * HOUR)], to=hour + 1))
    assert [stored.post.text for stored in posts.versions("p1")] == ["改过的说法", "原来的说法"]
    assert (posts.count("*", "原来", **EVER), posts.count("*", "改过", **EVER)) == (1, 0)


def test_several_versions_in_one_commit_are_all_kept(posts: PostStore) -> None:
    """A batch may hold a post and its edit."""
    posts.commit(work([a_post(text="第一版"), a_post(text="第二版", collected_at=MONDAY + HOUR)]))
    assert [stored.post.text for stored in posts.versions("p1")] == ["第一版", "第二版"]


def test_a_post_that_is_gone_at_the_source_says_since_when_until_it_is_back(posts: PostStore) -> None:
    """Gone is a fact with a time; a later sight of the same text ends it."""
    posts.commit(work([a_post()]))
    posts.commit(work(gone=[("p1", MONDAY + HOUR), ("p1", MONDAY + DAY)], to=2))
    assert [stored.gone_at for stored in posts.versions("p1")] == [MONDAY + HOUR]
    posts.commit(work([a_post(collected_at=MONDAY + 2 * DAY)], to=3))
    assert [stored.gone_at for stored in posts.versions("p1")] == [None]
    posts.commit(work(gone=[("p1", MONDAY + 3 * DAY)], to=4))
    posts.commit(work(gone=[("p1", None), ("p-unknown", None)], to=5))
    assert [stored.gone_at for stored in posts.versions("p1")] == [None]


def test_stored_posts_are_read_in_the_order_of_collection(posts: PostStore) -> None:
    """A replay sees the newest version of each once, from a time on; more than a page of them too."""
    several = [a_post(number, published_at=MONDAY - number * DAY) for number in range(1, 1_203)]
    posts.commit(work(several[::-1]))
    posts.commit(work([a_post(3, text="改过的说法", collected_at=MONDAY + DAY)], to=2))
    posts.commit(work([a_post(4, text="先前的说法", collected_at=MONDAY)], to=3))
    found = list(posts.posts_since(several[1].collected_at))
    assert [post.id for post in found] == ["p2", *(f"p{number}" for number in range(4, 1_203)), "p3"]
    assert (found[1].text, found[-1].text) == (several[3].text, "改过的说法")
    assert [post.id for post in posts.posts_since(several[-1].collected_at)] == ["p1202", "p3"]
    assert list(posts.posts_since(MONDAY + 2 * DAY)) == []


def test_the_newest_post_is_the_one_that_spoke_last(posts: PostStore) -> None:
    """By its own time, in its newest version; what was erased is none."""
    assert posts.newest_post() is None
    early, late = a_post(1, published_at=MONDAY - DAY), a_post(2, published_at=MONDAY - HOUR)
    posts.commit(work([late, early]))
    posts.commit(work([a_post(2, text="改过的说法", published_at=MONDAY - HOUR)], to=2))
    assert (found := posts.newest_post()) is not None
    assert (found.id, found.text) == ("p2", "改过的说法")
    posts.erase(frozenset({"p2"}), MONDAY)
    assert (left := posts.newest_post()) is not None
    assert left.id == "p1"


def test_posts_are_read_on_while_others_write(posts: PostStore) -> None:
    """Nothing stays open between pages: a commit and an erasure go through, and what was erased is not read."""
    posts.commit(work([a_post(number) for number in range(1, 701)]))
    reading = posts.posts_since(0)
    first = next(reading)
    posts.commit(work([a_post(1_000)], to=2))
    posts.erase(frozenset({"p650"}), MONDAY + DAY)
    rest = [post.id for post in reading]
    assert first.id == "p1"
    assert rest == [f"p{number}" for number in range(2, 701) if number != 650]
    assert "p650" not in [post.id for post in posts.posts_since(0)]


def test_a_mention_comes_back_with_all_that_was_decided(posts: PostStore) -> None:
    """Hits, opinion, decision and counts survive; how many were new is returned."""
    post = a_post()
    mention = a_mention(
        post, repost_of="p0", similarity=93, seen_seq=4, place="城关镇", posters=3, grave=True, addressed=True
    )
    assert posts.commit(work([post], [mention])) == 1
    assert list(posts.mentions(UNIT, 0)) == [(mention, post)]
    assert posts.mentions_of(UNIT, "p1") == posts.members(UNIT, "g1") == [mention]
    assert (list(posts.mentions(OTHER, 0)), list(posts.mentions_of(OTHER, "p1"))) == ([], [])


def test_a_mention_with_the_same_decision_is_a_repeat(posts: PostStore) -> None:
    """The worker may write a step again after a crash; nothing is doubled and nothing counted twice."""
    step = work([a_post()], [a_mention(a_post())])
    assert posts.commit(step) == 1
    assert posts.commit(step) == 0
    assert posts.commit(replace(step, mentions=[*step.mentions, *step.mentions])) == 0
    assert len(posts.mentions_of(UNIT, "p1")) == 1
    assert posts.daily(UNIT, 0, 1 << 30) == [(day_of(MONDAY), "社会救助", 1)]


@pytest.mark.parametrize("decision", [{"group": "g2"}, {"group": None}, {"repost_of": "p9"}])
def test_another_decision_means_a_stale_worker_and_nothing_is_stored(
    posts: PostStore, decision: dict[str, str | None]
) -> None:
    """Neither the posts nor the position of such a step stay behind."""
    posts.commit(work([a_post(1)], [a_mention(a_post(1))], to=1))
    other = replace(a_mention(a_post(1)), **decision)  # type: ignore[arg-type]  # fields of Mention
    with pytest.raises(StaleWorker, match="another decision"):
        posts.commit(work([a_post(2)], [a_mention(a_post(2), order=1), other], to=2))
    assert posts.post("p2") is None
    assert posts.mentions_of(UNIT, "p2") == []
    assert posts.heads(["h2"]) == {}
    assert posts.position("bus-1", 0) == Position("bus-1", 0, 1)


def test_mentions_are_read_in_the_order_of_the_fold(posts: PostStore) -> None:
    """A reload sees what the fold saw, in its order, from a time and behind an order if asked."""
    several = [a_post(number) for number in range(1, 1_201)]
    mentions = [a_mention(post, order=1_200 - number) for number, post in enumerate(several)]
    for start in range(0, 1_200, 400):
        posts.commit(work(several[start : start + 400], mentions[start : start + 400], to=start + 400))
    assert [mention.order for mention, _ in posts.mentions(UNIT, 0)] == list(range(1, 1_201))
    assert [mention.order for mention, _ in posts.mentions(UNIT, 0, after_order=1_198)] == [1_199, 1_200]
    assert [post.id for _, post in posts.mentions(UNIT, several[-2].collected_at)] == ["p1200", "p1199"]
    assert [m.order for m in posts.members(UNIT, "g1")][:3] == [1, 2, 3]


def test_a_mention_is_read_with_the_version_that_it_mentions(posts: PostStore) -> None:
    """Quoted evidence keeps its version when the post is edited."""
    first, second = a_post(text="低保停了"), a_post(text="低保发了", collected_at=MONDAY + HOUR)
    posts.commit(work([first], [a_mention(first)]))
    posts.commit(work([second], [a_mention(second, order=1)], to=2))
    assert [(mention.version, post.text) for mention, post in posts.mentions(UNIT, 0)] == [
        (first.version, "低保停了"),
        (second.version, "低保发了"),
    ]


def test_a_lapsed_mention_stays_but_is_no_member(posts: PostStore) -> None:
    """The new version no longer matches: the mention is marked, the post stays a hit of the unit's search."""
    mention = a_mention(a_post())
    posts.commit(work([a_post()], [mention]))
    posts.commit(work(lapsed=[mention], to=2))
    assert posts.mentions_of(UNIT, "p1") == [replace(mention, lapsed=True)]
    assert list(posts.mentions(UNIT, 0)) == [(replace(mention, lapsed=True), a_post())]
    assert posts.members(UNIT, "g1") == []
    assert posts.count(UNIT, "低保", **EVER) == 1


def test_a_mention_that_is_met_again_holds_again_and_says_when(posts: PostStore) -> None:
    """The edit was taken back; said twice it is the same, and an older saying takes nothing back."""
    mention = a_mention(a_post(), opinion=PLEA)
    posts.commit(work([a_post()], [mention]))
    posts.commit(work(lapsed=[mention], to=2))
    posts.commit(work(revived=[(mention, 7)], to=3))
    posts.commit(work(revived=[(mention, 7), (a_mention(a_post(), rule="unknown"), 7)], to=4))
    posts.commit(work(revived=[(mention, 5)], to=5))
    assert posts.mentions_of(UNIT, "p1") == [replace(mention, again=7)]
    assert posts.members(UNIT, "g1") == [replace(mention, again=7)]
    assert [each for each, _ in posts.needs(UNIT, 9)] == [replace(mention, again=7)]


def test_what_is_met_again_and_replaced_in_one_step_has_lapsed(posts: PostStore) -> None:
    """The end of the step counts; the order in which it was met last is kept for a reload."""
    mention = a_mention(a_post())
    posts.commit(work([a_post()], [mention]))
    posts.commit(work(revived=[(mention, 3)], lapsed=[mention], to=2))
    assert posts.mentions_of(UNIT, "p1") == [replace(mention, lapsed=True, again=3)]


def test_the_same_text_is_classified_once_per_model(posts: PostStore) -> None:
    """An opinion is found by the hash of its text, for the model that gave it; no opinion is not kept."""
    first, silent = a_post(1), a_post(2, text="养老院在哪里报名")
    posts.commit(work([first, silent], [a_mention(first), a_mention(silent, order=1, opinion=NO_OPINION)]))
    posts.commit(work(mentions=[a_mention(first, rule="other", opinion=PLEA)], to=2))
    assert posts.opinions([first.version, silent.version, "v-unknown"], "m1") == {first.version: OURS}
    assert posts.opinions([first.version], "m2") == {}
    assert posts.opinions([silent.version], NO_OPINION.model) == {}


def test_pleas_for_help_are_listed_newest_first(posts: PostStore) -> None:
    """Whatever they are about, grouped or not; one that lapsed is none."""
    several = [a_post(number, published_at=MONDAY - (5 - number) * HOUR) for number in (1, 2, 3, 4)]
    opinions = [PLEA, NOT_OURS, PLEA, PLEA]
    mentions = [
        a_mention(post, group=None, order=number, opinion=opinion)
        for number, (post, opinion) in enumerate(zip(several, opinions, strict=True))
    ]
    posts.commit(work(several, mentions))
    posts.commit(work(lapsed=[mentions[3]], to=2))
    assert [(mention.post, post.id) for mention, post in posts.needs(UNIT, 9)] == [("p3", "p3"), ("p1", "p1")]
    assert [mention.post for mention, _ in posts.needs(UNIT, 1)] == ["p3"]
    assert posts.needs(OTHER, 9) == []


def test_heads_keep_for_which_units_a_post_was_found(posts: PostStore) -> None:
    """An edit that meets no rule any more goes to them; what was known stays known, under every key of the post."""
    posts.commit(replace(work([a_post(1), a_post(2)]), reach={"p1": (UNIT,)}))
    posts.commit(work([a_post(1, text="改过的说法", collected_at=MONDAY + HOUR)], to=2))
    again = a_post(1, text="又改过的说法", collected_at=MONDAY + DAY)
    posts.commit(replace(work([again], to=3), reach={"p1": (OTHER, UNIT)}))
    heads = posts.heads(["h1", "a1", "h2"])
    assert {key: head.units for key, head in heads.items()} == {"h1": (OTHER, UNIT), "a1": (OTHER, UNIT), "h2": ()}
    assert heads["h1"].newest == again.version


def test_a_reach_changes_the_heads_of_its_own_post_only(posts: PostStore) -> None:
    """A key that another post had first answers with that post, whatever is found of the later one."""
    posts.commit(work([a_post(1, heads=("address",))]))
    posts.commit(replace(work([a_post(2, heads=("address", "native"))]), reach={"p2": (UNIT,), "p-unknown": (UNIT,)}))
    assert {key: head.units for key, head in posts.heads(["address", "native"]).items()} == {
        "address": (),
        "native": (UNIT,),
    }


def test_what_is_no_step_of_a_stream_moves_no_position(posts: PostStore, another: Another) -> None:
    """Facts about posts that are there, as the crawler noted them, ask for no partition's holder."""
    posts.commit(work([a_post()], to=5))
    assert another().take("bus-1", 0) == Position("bus-1", 0, 5)
    posts.commit(replace(work(gone=[("p1", MONDAY + HOUR)]), position=None))
    assert [stored.gone_at for stored in posts.versions("p1")] == [MONDAY + HOUR]
    assert (posts.known_streams(), posts.position("bus-1", 0)) == (["bus-1"], Position("bus-1", 0, 5))


def test_a_partition_that_was_taken_says_how_far_it_has_come(posts: PostStore, another: Another) -> None:
    """One that brought nothing yet has come nowhere, and its stream is not known by being taken."""
    assert posts.take("bus-1", 3) is None
    assert (list(posts.known_streams()), posts.position("bus-1", 3)) == ([], None)
    posts.commit(replace(work(), position=Position("bus-1", 3, 7)))
    assert another().take("bus-1", 3) == posts.position("bus-1", 3) == Position("bus-1", 3, 7)
    assert posts.take("bus-1", 0) is None
    assert list(posts.known_streams()) == ["bus-1"]


def test_of_two_takers_only_the_later_writes(posts: PostStore, another: Another) -> None:
    """And the earlier writes again when it has taken the partition back."""
    other = another()
    posts.take("bus-1", 0)
    posts.commit(work([a_post(1)], to=1))
    other.take("bus-1", 0)
    with pytest.raises(StaleWorker, match="WRK-101"):
        posts.commit(work([a_post(2)], to=2))
    other.commit(work([a_post(3)], to=3))
    assert posts.take("bus-1", 0) == Position("bus-1", 0, 3)
    posts.commit(work([a_post(4)], to=4))
    with pytest.raises(StaleWorker):
        other.commit(work(to=5))
    assert [posts.post(each) is not None for each in ("p1", "p2", "p3", "p4")] == [True, False, True, True]


def test_a_partition_is_taken_by_itself(posts: PostStore, another: Another) -> None:
    """Another partition of the stream, and another stream, stay with whoever has them."""
    other = another()
    for stream, partition in (("bus-1", 0), ("bus-1", 1), ("bus-2", 0)):
        posts.take(stream, partition)
    other.take("bus-1", 1)
    for stream, partition in (("bus-1", 0), ("bus-2", 0)):
        posts.commit(replace(work(), position=Position(stream, partition, 9)))
    with pytest.raises(StaleWorker):
        posts.commit(replace(work(), position=Position("bus-1", 1, 9)))


def test_who_never_took_a_partition_that_another_has_is_refused(posts: PostStore, another: Another) -> None:
    """A worker of the time before anybody took anything is an earlier holder too."""
    posts.commit(work(to=1))
    another().take("bus-1", 0)
    with pytest.raises(StaleWorker):
        posts.commit(work(to=2))


def test_nothing_of_an_earlier_takers_work_is_stored_or_changed(posts: PostStore, another: Another) -> None:
    """Not a post, a head, a mention, an end, a merge, a group row, a fact or the position."""
    posts.take("bus-1", 0)
    kept = a_mention(a_post(1))
    posts.commit(replace(work([a_post(1)], [kept], [a_group()], to=1), reach={"p1": (UNIT,)}))
    another().take("bus-1", 0)
    merge = GroupMerge(UNIT, "g9", "g1", 1, "p2", 9_000, 2, 0)
    late = work(
        [a_post(2), a_post(1, text="改过的说法", collected_at=MONDAY + DAY)],
        [a_mention(a_post(2), order=1)],
        [a_group(posts=2), a_group("g2")],
        to=2,
        lapsed=[kept],
        gone=[("p1", MONDAY + DAY)],
    )
    with pytest.raises(StaleWorker):
        posts.commit(replace(late, found=MergesFound(merges=(merge,)), reach={"p1": (OTHER,), "p2": (UNIT,)}))
    assert (posts.post("p2"), posts.heads(["h2"]), posts.mentions_of(UNIT, "p2")) == (None, {}, [])
    assert [(each.post.text, each.gone_at) for each in posts.versions("p1")] == [(a_post(1).text, None)]
    assert posts.heads(["h1"])["h1"].units == (UNIT,)
    assert list(posts.mentions_of(UNIT, "p1")) == [kept]
    assert [view.row for view in posts.groups(UNIT, todo_only=False, cursor=None, limit=9).rows] == [a_group()]
    assert (list(posts.merges(UNIT)), posts.position("bus-1", 0)) == ([], Position("bus-1", 0, 1))


def test_the_first_id_of_a_key_stays_when_two_write_at_once(posts: PostStore, another: Another) -> None:
    """Two workers of two partitions meet one address: whoever is first gives the id, and both posts are there."""
    stores = [posts, another()]
    with ThreadPoolExecutor(2) as pool:
        written = [
            pool.submit(
                store.commit,
                replace(
                    work([a_post(10 * half + n, heads=(f"k{n}", f"own-{half}-{n}")) for n in range(5)]),
                    position=Position("bus-1", half, 5),
                ),
            )
            for half, store in enumerate(stores, start=1)
        ]
        for each in written:
            each.result(timeout=60)
    heads = posts.heads([f"k{n}" for n in range(5)])
    assert all(heads[f"k{n}"].id in (f"p{10 + n}", f"p{20 + n}") for n in range(5))
    assert posts.heads(["own-1-0", "own-2-0"])["own-2-0"].id == "p20"
    assert {head.id: head.newest for head in heads.values()} == {head.id: a_post(1).version for head in heads.values()}
