"""What every PostStore forgets: erased posts at once and for good, old parts with what nobody needs any more."""

from dataclasses import replace

from pipeline.domain.local_day import day_of
from pipeline.domain.mention import Answer
from pipeline.ports import PostStore, StoredPost
from tests.stored import (
    DAY,
    EVER,
    HOUR,
    MONDAY,
    NOT_OURS,
    PLEA,
    UNIT,
    a_full_post,
    a_group,
    a_mention,
    a_post,
    work,
)

NO_GROUP = replace(PLEA, about=Answer(False, 9_000))
KEEP_NOTHING: frozenset[tuple[str, str]] = frozenset()


def test_an_erased_post_keeps_ids_kinds_and_times_only(posts: PostStore) -> None:
    """Text, title, addresses, references and salt are gone, of every version."""
    post = a_full_post()
    posts.commit(work([replace(post, text="先前的说法", version="v0", collected_at=MONDAY), post]))
    assert posts.erase(frozenset({post.id}), MONDAY)["posts"] == 1
    left = replace(
        post,
        heads=(),
        text="",
        title="",
        salt="",
        given_id=None,
        address=None,
        sealed_address=None,
        ref=None,
        thread=None,
        counts={},
        body_hash="",
        stated=None,
    )
    older = replace(left, version="v0", collected_at=MONDAY)
    assert posts.versions(post.id) == [
        StoredPost(older, is_newest=False, erased=True),
        StoredPost(left, is_newest=True, erased=True),
    ]


def test_an_erased_post_is_found_by_no_term(posts: PostStore) -> None:
    """Neither by a unit nor among all; its neighbours are."""
    several = [a_post(1, "低保停发了三个月"), a_post(2, "低保停发了两个月")]
    posts.commit(work(several, [a_mention(post, order=number) for number, post in enumerate(several)]))
    posts.erase(frozenset({"p1"}), MONDAY)
    assert posts.count("*", "三", **EVER) == posts.count(UNIT, "三", **EVER) == 0
    assert [post.id for post in posts.search(UNIT, "低保停发", **EVER, limit=9)] == ["p2"]


def test_an_erased_post_never_comes_back(posts: PostStore) -> None:
    """Neither itself, nor a new version, nor a mention, nor under another id of the same address."""
    posts.commit(work([a_post()], [a_mention(a_post())]))
    posts.erase(frozenset({"p1", "p2"}), MONDAY)
    posts.commit(work([a_post(1, "又来了"), a_post(2, "从总线来的")], [a_mention(a_post(1), rule="new")], to=2))
    assert posts.count("*", "来", **EVER) == 0
    assert posts.post("p2") is None
    assert [mention.rule for mention in posts.mentions_of(UNIT, "p1")] == ["subsidy"]
    assert posts.heads(["a1"])["a1"].id == "p1"
    assert posts.erased(["p1", "p2", "p3"]) == {"p1", "p2"}


def test_the_order_of_the_fold_survives_an_erasure(posts: PostStore) -> None:
    """The mention keeps its decision and loses its quotes; the post beside it is empty."""
    post = a_post()
    posts.commit(work([post], [a_mention(post)]))
    posts.erase(frozenset({"p1"}), MONDAY)
    ((mention, left),) = posts.mentions(UNIT, 0)
    assert mention == replace(a_mention(post), hits=())
    assert (left.id, left.text, left.salt) == ("p1", "", "")
    assert posts.opinions([post.version], "m1") == {}


def test_an_erasure_can_be_said_again(posts: PostStore) -> None:
    """The second receipt reaches nothing new; ids that were never stored are on the list all the same."""
    posts.commit(work([a_post()]))
    assert posts.erase(frozenset({"p1", "p-unknown"}), MONDAY)["posts"] == 1
    assert posts.erase(frozenset({"p1"}), MONDAY + DAY)["posts"] == 0
    assert posts.erased(["p-unknown"]) == {"p-unknown"}


def test_a_part_is_dropped_when_its_youngest_post_is_over_age(posts: PostStore) -> None:
    """A week of unmentioned posts goes as a whole, and not a day before."""
    several = [a_post(number, collected_at=MONDAY + number * DAY) for number in range(1, 10)]
    posts.commit(work(several))
    assert posts.drop_parts(MONDAY + 7 * DAY - 1, 0, KEEP_NOTHING) == 0
    assert posts.drop_parts(MONDAY + 7 * DAY, 0, KEEP_NOTHING) == 6
    assert [post.id for post in posts.search("*", "低保", **EVER, limit=99)] == ["p9", "p8", "p7"]
    assert posts.post("p1") is None
    assert posts.versions("p1") == []


def test_mentioned_posts_live_longer_unless_they_are_about_nothing_of_ours(posts: PostStore) -> None:
    """What matters to a unit goes by the second age; `about` and `need` both false count as unmentioned."""
    several = [a_post(1), a_post(2), a_post(3)]
    posts.commit(work(several, [a_mention(several[0]), a_mention(several[1], order=1, opinion=NOT_OURS, group=None)]))
    assert posts.drop_parts(MONDAY + 30 * DAY, MONDAY, KEEP_NOTHING) == 2
    assert [mention.post for mention, _ in posts.mentions(UNIT, 0)] == ["p1"]
    assert posts.drop_parts(0, MONDAY + 30 * DAY, KEEP_NOTHING) == 1
    assert posts.count("*", "低保", **EVER) == 0


def test_a_post_that_gains_a_mention_later_lives_on_with_all_its_versions(posts: PostStore) -> None:
    """It is copied over to the longer-lived part, the text before an edit too."""
    posts.commit(work([a_post(1, "先说低保"), a_post(1, "再说低保", collected_at=MONDAY + HOUR), a_post(2)]))
    posts.commit(work(mentions=[a_mention(a_post(1, "再说低保", collected_at=MONDAY + HOUR))], to=2))
    assert posts.drop_parts(MONDAY + 30 * DAY, MONDAY, KEEP_NOTHING) == 1
    assert [stored.post.text for stored in posts.versions("p1")] == ["先说低保", "再说低保"]
    assert [post.text for post in posts.search(UNIT, "低保", **EVER, limit=9)] == ["再说低保"]


def test_what_belongs_to_a_matter_that_is_kept_survives_its_part(posts: PostStore) -> None:
    """It is found, read and erased like before, and no later drop takes it."""
    several = [a_post(1), a_post(2)]
    mentions = [a_mention(several[0]), a_mention(several[1], group="g2", order=1)]
    posts.commit(work(several, mentions, [a_group("g1"), a_group("g2")]))
    late = MONDAY + 400 * DAY
    assert posts.drop_parts(late, late, frozenset({(UNIT, "g1")})) == 1
    assert posts.drop_parts(late, late, KEEP_NOTHING) == 0
    assert [post.id for post in posts.search(UNIT, "低保", **EVER, limit=9)] == ["p1"]
    assert list(posts.mentions(UNIT, 0)) == [(mentions[0], several[0])]
    assert (posts.group(UNIT, "g2"), posts.group(UNIT, "g1") is None) == (None, False)
    assert posts.erase(frozenset({"p1"}), late)["posts"] == 1
    assert posts.count("*", "低保", **EVER) == 0


def test_a_plea_without_a_group_outlives_its_part_by_its_own_id(posts: PostStore) -> None:
    """`about` is false, so there is no group to keep it by; the same plea that nobody keeps goes."""
    several = [a_post(1, "求好心人帮帮我们"), a_post(2, "求好心人救救我们")]
    pleas = [a_mention(post, group=None, order=n, opinion=NO_GROUP) for n, post in enumerate(several)]
    posts.commit(work(several, pleas))
    late = MONDAY + 400 * DAY
    assert posts.drop_parts(late, late, KEEP_NOTHING, frozenset({"p1", "p-unknown"})) == 1
    assert posts.drop_parts(late, late, KEEP_NOTHING) == 0
    assert [mention.post for mention, _ in posts.needs(UNIT, 9)] == ["p1"]
    assert [post.id for post in posts.search(UNIT, "好心人", **EVER, limit=9)] == ["p1"]


def test_ids_and_counts_outlive_a_dropped_post(posts: PostStore) -> None:
    """The same address has the same id when it is seen again, and the roll-ups still know that day."""
    posts.commit(work([a_post()], [a_mention(a_post())]))
    posts.drop_parts(MONDAY + 400 * DAY, MONDAY + 400 * DAY, KEEP_NOTHING)
    assert posts.heads(["h1"])["h1"].id == "p1"
    assert posts.daily(UNIT, 0, 1 << 30) == [(day_of(MONDAY), "社会救助", 1)]
    posts.commit(work([a_post(collected_at=MONDAY + 401 * DAY)], to=2))
    assert posts.count("*", "低保", **EVER) == 1


def test_a_post_of_a_time_that_was_dropped_can_still_be_stored(posts: PostStore) -> None:
    """A late delivery begins the part anew, and the next drop takes it."""
    posts.commit(work([a_post(1)]))
    posts.drop_parts(MONDAY + 30 * DAY, 0, KEEP_NOTHING)
    posts.commit(work([a_post(2)], to=2))
    assert [post.id for post in posts.search("*", "低保", **EVER, limit=9)] == ["p2"]
    assert posts.drop_parts(MONDAY + 30 * DAY, 0, KEEP_NOTHING) == 1
