"""A trial of changed words and places on stored posts: quick because it is bounded, and it says what it looked at."""

from dataclasses import replace

import pytest

from api.watch_trial import try_texts, try_watch
from pipeline.domain.post import Millis, Origin, Visibility
from pipeline.domain.watch import UnitWatch
from tests.builders import DAY, MONDAY, UNIT, a_rule
from tests.http_house import OTHER_UNIT
from tests.page_house import PageHouse

OLD = UnitWatch(UNIT, (replace(a_rule("低保", id="a"), unit=UNIT),))
NEW = UnitWatch(UNIT, (replace(a_rule("公墓", id="b"), unit=UNIT),))


def house_of(*texts: str) -> PageHouse:
    house = PageHouse()
    for number, text in enumerate(texts):
        house.says(text, group=f"g{number}", collected_at=MONDAY - number * 1_000)
    return house


def test_posts_that_come_go_and_stay_are_told_apart() -> None:
    """The newest first, each with what was found in it."""
    posts = house_of("低保没发", "公墓太贵", "公墓和低保", "堵车").stores.posts
    trial = try_watch(posts, OLD, NEW, MONDAY)

    assert (trial.looked_at, trial.kept, trial.is_cut) == (4, 1, False)
    assert [(each.post.text, each.rules) for each in trial.added] == [("公墓太贵", ("b",))]
    assert [(each.post.text, each.hits[0].term) for each in trial.dropped] == [("低保没发", "低保")]


def test_only_the_newest_are_looked_at_and_it_says_so() -> None:
    """However many are stored."""
    posts = house_of(*(f"公墓太贵，第{number}次" for number in range(9))).stores.posts
    trial = try_watch(posts, OLD, NEW, MONDAY, most=4)

    assert (trial.looked_at, trial.is_cut, trial.days) == (4, True, 1)
    assert [each.post.collected_at for each in trial.added] == [MONDAY - number * 1_000 for number in range(4)]


@pytest.mark.parametrize(("age", "looked_at"), [(29 * DAY, 1), (31 * DAY, 0)])
def test_what_is_older_than_thirty_days_is_not_looked_at(age: Millis, looked_at: int) -> None:
    """The days that were looked back are part of the answer."""
    trial = try_watch(house_of("公墓太贵").stores.posts, OLD, NEW, MONDAY + age)

    assert (trial.looked_at, trial.days) == (looked_at, 30)


def test_what_another_unit_received_is_not_looked_at() -> None:
    """Neither its words nor a count tell of another unit's letters; a public post belongs to nobody."""
    house = PageHouse()
    letter = house.says("来信：公墓太贵", visibility=Visibility.INTERNAL, origin=Origin.LETTER)
    posts = house.stores.posts
    theirs = try_watch(posts, replace(OLD, unit=OTHER_UNIT), replace(NEW, unit=OTHER_UNIT), MONDAY)
    ours = try_watch(posts, OLD, NEW, MONDAY)

    assert (theirs.looked_at, theirs.added) == (0, [])
    assert [each.post.id for each in ours.added] == [letter.id]


def test_a_change_of_places_changes_what_a_wide_source_contributes() -> None:
    """The words stay; the county's own forum is not asked for a place."""
    house = house_of("柳湾镇公墓太贵", "公墓太贵")
    wide = replace(NEW, wide_sources=frozenset({"yunxi-forum"}), area=("石桥乡",))
    trial = try_watch(house.stores.posts, wide, replace(wide, area=("石桥乡", "柳湾镇")), MONDAY)

    assert ([each.post.text for each in trial.added], trial.dropped) == (["柳湾镇公墓太贵"], [])


def test_a_text_counts_by_its_source_and_its_place() -> None:
    """Local, wide, and a list that asks every source for a place."""
    watch = replace(NEW, area=("柳湾镇",))
    strict = replace(watch, rules=(replace(watch.rules[0], needs_place=True),))
    named, unnamed = try_texts(watch, ["柳湾镇公墓太贵", "公墓太贵"])

    assert (named.place, named.counts_locally, named.counts_widely) == ("柳湾镇", True, True)
    assert (unnamed.place, unnamed.counts_locally, unnamed.counts_widely) == (None, True, False)
    assert not try_texts(strict, ["公墓太贵"])[0].counts_locally
    assert try_texts(strict, ["公墓太贵"])[0].matches != ()
