"""How every PostStore finds posts by any piece of their text, and counts them."""

import pytest

from pipeline.domain.local_day import day_of
from pipeline.ports import PostStore
from tests.stored import DAY, EVER, HOUR, MONDAY, NOT_OURS, OTHER, PLEA, UNIT, a_mention, a_post, work

TEXTS = [
    "云汐县低保金还没有发，问了两次！",
    "敬老院的饭菜：米饭＊＊元，ABC套餐 12.5元",
    "婚姻登记处\n周六上班吗？😀👍🏽",
    "殡葬收费“清单”在哪里(墓位)",
    "𠮷野家附近的养老驿站——关了",
]


def found(posts: PostStore, term: str, unit: str = "*") -> list[str]:
    """Return the ids of all posts with the term; the count agrees."""
    ids = [post.id for post in posts.search(unit, term, **EVER, limit=99)]
    assert posts.count(unit, term, **EVER) == len(ids)
    return ids


@pytest.mark.parametrize(
    ("term", "ids"),
    [
        ("云", ["p1"]),
        ("低保金还没有发，问", ["p1"]),
        ("＊＊", ["p2"]),
        ("abc套餐", ["p2"]),
        ("ABC", ["p2"]),
        ("12.5", ["p2"]),
        ("餐 1", ["p2"]),
        ("处 周", ["p3"]),
        ("😀", ["p3"]),
        ("👍🏽", ["p3"]),
        ("“清单”", ["p4"]),
        ("(墓", ["p4"]),
        ("𠮷野", ["p5"]),
        ("——", ["p5"]),
        ("的", ["p5", "p2"]),
        ("低金", []),
        ("发问", []),
        ('" OR "', []),
        ("*", []),
    ],
)
def test_any_piece_of_a_text_is_found_and_nothing_else(posts: PostStore, term: str, ids: list[str]) -> None:
    """Characters, punctuation, masked signs, emoji, rare Han, mixed case; blanks of any kind are one blank."""
    posts.commit(work([a_post(number, text) for number, text in enumerate(TEXTS, start=1)]))
    assert found(posts, term) == ids


def test_no_term_finds_nothing(posts: PostStore) -> None:
    """The empty term is no question."""
    posts.commit(work([a_post()]))
    assert found(posts, "") == []


def test_a_term_never_reaches_from_the_title_into_the_text(posts: PostStore) -> None:
    """Both are searched, each by itself."""
    posts.commit(work([a_post(title="低保金", text="停发")]))
    assert found(posts, "低保金") == found(posts, "停发") == ["p1"]
    assert found(posts, "金停") == []


def test_the_newest_come_first_and_no_more_than_asked(posts: PostStore) -> None:
    """Newest by the time that the post spoke, whenever it was collected; within a second the later arrival."""
    posts.commit(
        work(
            [
                a_post(1, published_at=MONDAY - DAY),
                a_post(2, published_at=MONDAY - 40 * DAY),
                a_post(3, published_at=MONDAY - HOUR),
                a_post(4, published_at=MONDAY - HOUR),
            ]
        )
    )
    assert found(posts, "低保") == ["p4", "p3", "p1", "p2"]
    assert [post.id for post in posts.search("*", "低保", **EVER, limit=2)] == ["p4", "p3"]
    assert posts.search("*", "低保", **EVER, limit=0) == []


def test_posts_of_one_second_stand_as_they_arrived_whatever_part_they_lie_in(posts: PostStore) -> None:
    """What a unit needs lies in another part than its neighbours, and stands between them all the same."""
    several = [a_post(number, published_at=MONDAY) for number in (1, 2, 3, 4)]
    posts.commit(work(several, [a_mention(several[0]), a_mention(several[2], order=1)]))
    assert found(posts, "低保") == ["p4", "p3", "p2", "p1"]


def test_newest_first_holds_over_weeks_and_months(posts: PostStore) -> None:
    """Old posts that were collected late lie in the newest part, and still come last."""
    several = [a_post(number, collected_at=MONDAY + number * 9 * DAY) for number in range(1, 9)]
    late = a_post(9, collected_at=MONDAY + 80 * DAY, published_at=MONDAY)
    posts.commit(work([*several, late], [a_mention(post, order=k) for k, post in enumerate(several[::2])]))
    assert found(posts, "低保") == ["p8", "p7", "p6", "p5", "p4", "p3", "p2", "p1", "p9"]
    assert [post.id for post in posts.search("*", "低保", **EVER, limit=3)] == ["p8", "p7", "p6"]


def test_the_span_is_a_time_of_the_posts_to_the_second(posts: PostStore) -> None:
    """From the first second on, up to but not including the last one; a begun second counts whole."""
    posts.commit(work([a_post(number, collected_at=MONDAY + number * 1000) for number in range(5)]))
    span = {"since": MONDAY + 1500, "until": MONDAY + 3000}
    assert [post.id for post in posts.search("*", "低保", **span, limit=9)] == ["p2", "p1"]
    assert posts.count("*", "低保", **span) == 2
    assert posts.count("*", "低保", since=MONDAY, until=MONDAY + 1) == 1


def test_a_unit_finds_the_posts_that_it_mentions(posts: PostStore) -> None:
    """Also those that no rule grouped, and none of another unit; "*" finds what nobody mentions too."""
    several = [a_post(number) for number in (1, 2, 3, 4)]
    mentions = [
        a_mention(several[0]),
        a_mention(several[0], unit=OTHER),
        a_mention(several[1], group=None, order=1, opinion=NOT_OURS),
        a_mention(several[2], unit=OTHER),
    ]
    posts.commit(work(several, mentions))
    assert found(posts, "低保", UNIT) == ["p2", "p1"]
    assert found(posts, "低保", OTHER) == ["p3", "p1"]
    assert found(posts, "低保") == ["p4", "p3", "p2", "p1"]
    assert found(posts, "低保", "nobody-mz") == []


def test_a_mention_that_comes_later_makes_the_post_the_units(posts: PostStore) -> None:
    """A changed rule finds old posts; they are found once, by both units, and under all texts still."""
    posts.commit(work([a_post(1), a_post(2)]))
    posts.commit(work(mentions=[a_mention(a_post(1))], to=2))
    posts.commit(work(mentions=[a_mention(a_post(1), unit=OTHER, opinion=PLEA)], to=3))
    assert (found(posts, "低保", UNIT), found(posts, "低保", OTHER)) == (["p1"], ["p1"])
    assert found(posts, "低保") == ["p2", "p1"]


def test_roll_ups_count_each_post_once_per_unit(posts: PostStore) -> None:
    """By the day, as the county counts days, that it spoke, and the line of its first mention; "*" under no line."""
    several = [a_post(1), a_post(2), a_post(3, published_at=MONDAY - 9 * HOUR)]
    mentions = [
        a_mention(several[0], service_line="养老服务"),
        a_mention(several[0], rule="second"),
        a_mention(several[1], order=1, service_line=None),
        a_mention(several[2], order=2),
    ]
    posts.commit(work(several, mentions))
    posts.commit(work(mentions=[a_mention(several[0], rule="third")], to=2))
    today = day_of(MONDAY)
    assert posts.daily(UNIT, 0, today + 1) == [(today - 1, "社会救助", 1), (today, "", 1), (today, "养老服务", 1)]
    assert posts.daily("*", today, today + 1) == [(today, "", 2)]
    assert posts.daily(UNIT, 0, today) == [(today - 1, "社会救助", 1)]
