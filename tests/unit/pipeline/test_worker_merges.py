"""The worker and groups that turn out to be one matter: merged, proposed, left alone, and the same after a restart."""

from collections.abc import Callable

import pytest

from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.domain.command import Command, GroupRestored, GroupSetAside, GroupSplit, Open
from pipeline.domain.errors import Refused
from pipeline.domain.group import GroupRow, incident_id
from pipeline.domain.merge_command import DeclineMerge, Merge, Unmerge
from pipeline.domain.post import Post
from pipeline.ports import Work
from pipeline.workflow.verify import fresh_rows, verify
from tests.builders import MINUTE, MONDAY, UNIT, a_post, a_rule, written_by
from tests.worker_house import House

FIRST = "柳林社区的老年食堂停业了，三十几位老人没有地方吃午饭"
SECOND = "老年食堂停业之后，母亲每天只好自己走很远的路去菜场"
BOTH = "老年食堂停了两个月，几十位老人中午没有饭吃，我母亲只好每天走很远的路去买菜，有没有人管一管"
AGAIN = "老人中午没有地方吃饭，母亲每天自己走很远的路买菜，老年食堂什么时候再开，这么多老人怎么办"
DUTY = "account:duty"


def said(number: int, text: str) -> Post:
    """Return a post by a person of his own."""
    return a_post(number, text, at=MONDAY + number * MINUTE, tokens=written_by(str(number)))


class TwoGroups(House):
    """A house in which two groups stand that the next post shows to be one, and a desk over its stores."""

    def __init__(self, posts: MemoryPostStore | None = None) -> None:
        super().__init__(a_rule("食堂"))
        self.posts = posts or self.posts
        self.log = MemoryIncidentLog(self.posts)
        self.worker = self.hire()
        self.people = self.desk()
        self.work(said(1, FIRST))
        self.work(said(2, SECOND))
        self.younger, self.older = (row.id for row in self.rows())

    def rows(self) -> list[GroupRow]:
        """Return the rows, the newest first."""
        return [view.row for view in self.posts.groups(UNIT, todo_only=False, cursor=None, limit=10).rows]

    def does(self, command: Command) -> None:
        """A person's command is carried out."""
        self.people.execute(UNIT, command, roles=frozenset({"duty"}))

    def opens(self, group: str) -> str:
        """A person opens the group; returns the incident."""
        self.does(Open(command_id=f"open {group}", actor=DUTY, group=group))
        return incident_id(UNIT, group)

    def is_well(self) -> bool:
        """Whether the rows are what log and mentions say."""
        return not verify(self.log, self.posts, [UNIT]).problems


def test_a_merged_group_is_asked_about_and_opens_by_what_both_hold() -> None:
    """Neither group alone had three posts of two people."""
    house = TwoGroups()
    assert house.opened() == []
    house.work(said(3, BOTH))
    (row,) = house.rows()

    assert (row.id, row.posts, row.recent_posters) == (house.older, 3, 3)
    assert house.asked[-1] == house.older
    assert house.opened() == ["new_matter"]
    assert house.is_well()


def test_a_restart_decides_no_merge_twice() -> None:
    """The next worker stands where the last one stood: rows, merges and what the rules want are the same."""
    house = TwoGroups()
    house.work(said(3, BOTH))
    rows, merges = house.rows(), house.posts.merges(UNIT)
    house.worker = house.hire()
    house.worker.load()
    assert (house.rows(), house.posts.merges(UNIT), house.opened()) == (rows, merges, ["new_matter"])
    house.work(said(4, SECOND), said(5, AGAIN))
    (row,) = house.rows()

    assert (row.id, row.posts + row.reposts) == (house.older, 5)
    assert dict(fresh_rows(house.posts, UNIT)) == {row.id: row}


def test_an_absorbed_groups_id_answers_with_the_group_that_it_is_part_of() -> None:
    """A person whose screen is older is told which; nothing is decided about a group that is no more."""
    house = TwoGroups()
    house.work(said(3, BOTH))
    view = house.posts.group(UNIT, house.younger)
    assert view is not None
    assert view.row.id == house.older
    assert len(house.posts.members(UNIT, house.younger)) == 3
    with pytest.raises(Refused, match=f"is part of group {house.older} by now"):
        house.does(GroupSetAside(command_id="aside", actor=DUTY, group=house.younger))


def test_a_free_group_becomes_part_of_an_opened_matter() -> None:
    """The owned group stays though it is younger, and the incident owns all that it holds."""
    house = TwoGroups()
    incident = house.opens(house.younger)
    house.work(said(3, BOTH))
    (row,) = house.rows()

    assert (row.id, row.posts) == (house.younger, 3)
    assert house.people.state(UNIT).incidents[incident].groups == (house.younger,)
    assert house.is_well()


def test_a_group_that_a_person_set_aside_is_not_merged_not_even_restored() -> None:
    """His decision stands as he made it."""
    for restored in (False, True):
        house = TwoGroups()
        house.does(GroupSetAside(command_id="aside", actor=DUTY, group=house.younger))
        if restored:
            house.does(GroupRestored(command_id="back", actor=DUTY, group=house.younger))
        house.work(said(3, BOTH))
        assert len(house.rows()) == 2
        assert house.posts.merges(UNIT) == []


def test_what_a_person_has_split_is_never_merged_again() -> None:
    """Neither what he split off nor what he left."""
    house = TwoGroups()
    house.work(said(3, BOTH))
    post = said(2, "").id
    house.does(GroupSplit(command_id="split", actor=DUTY, group=house.older, posts=(post,)))
    house.work(said(4, AGAIN), said(5, f"{AGAIN}？请民政局来看看"))
    house.worker = house.hire()
    house.worker.load()

    assert len(house.posts.merges(UNIT)) == 1
    assert sorted(row.id for row in house.rows()) == sorted({house.older, house.people.state(UNIT).moved[post]})
    assert house.is_well()


class Interrupted(MemoryPostStore):
    """A store in which a person decides while the worker is about to commit its first merge."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], object] | None = None

    def commit(self, work: Work) -> int:
        """The person's decision comes first."""
        if work.found.merges and self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        return super().commit(work)


def test_a_decision_made_meanwhile_is_not_merged_away() -> None:
    """The commit finds that the worker did not know of it; the step is done again by one that knows."""
    house = TwoGroups(posts := Interrupted())
    posts.meanwhile = lambda: house.opens(house.younger)
    house.work(said(3, BOTH))
    (merge,) = posts.merges(UNIT)

    assert posts.meanwhile is None
    assert (merge.into, [row.id for row in house.rows()]) == (house.younger, [house.younger])
    assert house.is_well()


def two_incidents() -> tuple[TwoGroups, str, str]:
    """Return a house in which both groups were opened before a post showed that they are one."""
    house = TwoGroups()
    one, other = house.opens(house.older), house.opens(house.younger)
    house.work(said(3, BOTH))
    return house, one, other


def test_between_two_opened_incidents_the_machine_only_proposes() -> None:
    """With its evidence, and again by a worker that was started anew; nothing is merged."""
    house, one, other = two_incidents()
    house.worker = house.hire()
    house.worker.load()
    house.work(said(4, AGAIN))
    (proposed,) = house.people.proposals(UNIT)

    assert {proposed.one, proposed.other} == {one, other}
    assert proposed.why.post == said(3, "").id
    assert (len(house.posts.proposals(UNIT)), house.posts.merges(UNIT), len(house.rows())) == (1, [], 2)


def test_a_declined_proposal_is_never_made_again() -> None:
    """Whatever comes later, for the two and for what absorbs one of them."""
    house, one, other = two_incidents()
    house.does(DeclineMerge(command_id="no", actor=DUTY, incident=other, other=one))
    house.worker = house.hire()
    house.work(said(4, AGAIN), said(5, f"{AGAIN}？请民政局来看看"))

    assert house.people.proposals(UNIT) == []
    with pytest.raises(Refused, match="another matter already"):
        house.does(DeclineMerge(command_id="no again", actor=DUTY, incident=one, other=other))


def test_an_accepted_proposal_is_answered_and_a_merge_taken_back_is_not_proposed_again() -> None:
    """A person's word is the last one."""
    house, one, other = two_incidents()
    house.does(Merge(command_id="yes", actor=DUTY, incident=one, others=(other,)))
    assert house.people.proposals(UNIT) == []
    house.does(Unmerge(command_id="back", actor=DUTY, incident=one, released=other))
    assert house.people.proposals(UNIT) == []
