"""When two groups turn out to be one matter, and what becomes of them."""

from dataclasses import replace

import pytest

from pipeline.domain.group_merge import FREE, Standing
from pipeline.domain.mention import NO_OPINION
from pipeline.domain.post import Origin
from pipeline.stages.fold import Candidate, UnitMemory
from pipeline.stages.folded import Folded
from pipeline.stages.match import Match
from tests.builders import HOUR, MONDAY, UNIT, a_post, a_rule, written_by

FIRST = "柳林社区的老年食堂停业了，三十几位老人没有地方吃午饭"
SECOND = "老年食堂停业之后，母亲每天只好自己走很远的路去菜场"
BOTH = "老年食堂停了两个月，几十位老人中午没有饭吃，我母亲只好每天走很远的路去买菜，有没有人管一管"
GRAVES = "东风村公墓的台阶塌了半边，清明前后上山的人特别多，老人摔了好几个，村里说没有钱修"
MET = (Match(a_rule("食堂"), ()),)


class Folding:
    """A memory of one unit, posts an hour apart, and standings that a test may change."""

    def __init__(self, *places: str) -> None:
        self.standings: dict[str, Standing] = {}
        self.memory = UnitMemory(UNIT, places, lambda group: self.standings.get(group, FREE))
        self.number = 0

    def fold(self, text: str, *, backfilled: bool = False, **changes: object) -> Folded:
        """The next post, by another person, is folded."""
        self.number += 1
        at = MONDAY + self.number * HOUR
        post = replace(a_post(self.number, text, at=at, tokens=written_by(str(self.number))), **changes)  # type: ignore[arg-type]  # fields of Post
        return self.memory.fold(Candidate(post, MET, NO_OPINION, backfilled=backfilled), seen_seq=4)

    def two_groups(self) -> tuple[str, str]:
        """Two posts of one matter that are not near enough to each other are two groups."""
        one, other = (str(self.fold(text).mentions[0].group) for text in (FIRST, SECOND))
        assert one != other
        return one, other


def test_a_post_that_is_near_to_two_groups_shows_that_they_are_one() -> None:
    """The older one stays with the members, people and words of both, and the merge names its evidence."""
    folding = Folding()
    one, other = folding.two_groups()
    folded = folding.fold(BOTH)
    (merge,) = folded.found.merges
    row = folding.memory.row(one)

    assert (merge.into, merge.absorbed, merge.post) == (one, other, folded.mentions[0].post)
    assert (merge.order, merge.seen_seq, merge.posters) == (2, 4, 3)
    assert 1_400 <= merge.similarity <= 10_000
    assert (row.posts, row.posters, row.recent_posters) == (3, 3, 3)
    assert other not in folding.memory.groups()
    assert folding.fold(SECOND).mentions[0].group == one
    assert folding.fold(f"{SECOND}，已经一个月了").mentions[0].group == one


def test_a_post_that_tells_of_two_matters_makes_them_no_one() -> None:
    """The two must be alike without its help."""
    folding = Folding()
    one, other = str(folding.fold(BOTH).mentions[0].group), str(folding.fold(GRAVES).mentions[0].group)
    folded = folding.fold("老年食堂停了两个月，我母亲每天走很远去买菜；公墓的台阶也塌了，清明上山的老人摔了好几个")

    assert folded.mentions[0].group in (one, other)
    assert folded.found.merges == ()


def test_groups_of_two_places_stay_two() -> None:
    """A place speaks against a merge as it speaks against joining."""
    folding = Folding("柳林社区", "东风村")
    folding.fold(FIRST)
    folding.fold(f"东风村的{SECOND}")
    assert folding.fold(BOTH).found.merges == ()


def test_an_owned_group_stays_even_where_it_is_younger() -> None:
    """What people and log name is never absorbed."""
    folding = Folding()
    one, other = folding.two_groups()
    folding.standings[other] = Standing("i1", is_open=True)
    (merge,) = folding.fold(BOTH).found.merges
    assert (merge.into, merge.absorbed) == (other, one)


def test_between_two_opened_incidents_the_machine_proposes_once() -> None:
    """Both groups stay; further evidence repeats nothing."""
    folding = Folding()
    one, other = folding.two_groups()
    folding.standings = {one: Standing("i1", is_open=True), other: Standing("i2", is_open=True)}
    found = folding.fold(BOTH).found
    (proposal,) = found.proposals

    assert found.merges == ()
    assert (proposal.one, proposal.other) == tuple(sorted((one, other)))
    assert folding.fold(f"{BOTH}？请民政局来看看").found.proposals == ()
    assert {one, other} <= folding.memory.groups().keys()


@pytest.mark.parametrize("standing", [Standing("i1"), Standing(is_left_alone=True)], ids=["closed", "left alone"])
def test_a_closed_matter_and_what_a_person_decided_are_left_alone(standing: Standing) -> None:
    """Nothing is merged into it, and it is merged into nothing."""
    for which in (0, 1):
        folding = Folding()
        folding.standings[folding.two_groups()[which]] = standing
        assert folding.fold(BOTH).found.merges == ()


def test_what_a_changed_rule_found_later_merges_nothing() -> None:
    """It may join, and moves nothing that people see."""
    folding = Folding()
    folding.two_groups()
    assert folding.fold(BOTH, backfilled=True).found.merges == ()


def test_an_hour_later_groups_are_compared_that_no_post_vouches_for() -> None:
    """A letter about a closed matter began a group of its own; once the matter is open again the two are one."""
    folding = Folding()
    matter = str(folding.fold(FIRST).mentions[0].group)
    folding.standings[matter] = Standing("i1")
    letter = folding.fold(f"{FIRST}，请答复", origin=Origin.MESSAGE).mentions[0].group
    folding.standings[matter] = Standing("i1", is_open=True)
    assert folding.fold(f"转：{FIRST}").found.merges == ()  # a repost is no new evidence, and the hour is not over
    (merge,) = folding.fold(GRAVES).found.merges

    assert (merge.absorbed, merge.into) == (letter, matter)
    assert folding.fold(f"{GRAVES}？").found.merges == ()
