"""What every PostStore does with the worker's commits, in memory and in SQLite."""

from dataclasses import replace

import pytest

from pipeline.domain.errors import StaleWorker
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
    a_mention,
    a_post,
    work,
)


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
