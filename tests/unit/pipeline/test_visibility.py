"""Who sees what: complaints about staff before a leader decided, and what the unit itself received."""

import pytest

from pipeline.domain.command import Note, Open
from pipeline.domain.errors import Refused
from pipeline.domain.event import Memo, commitment
from pipeline.domain.incident import DESK
from pipeline.domain.incident_command import LeaderNote
from pipeline.domain.post import Origin, Visibility
from pipeline.workflow.dossier import dossier, members_of
from pipeline.workflow.live import Live, LivePlace
from pipeline.workflow.need_list import need_list
from pipeline.workflow.queue import Queue
from pipeline.workflow.visibility import Sight, readable
from tests.builders import UNIT, FixedClassifier, a_post, an_opinion
from tests.worker_house import House

LEADER, DUTY = frozenset({"leader"}), frozenset({"duty", "monitor"})
WORDS = "养老院补贴窗口的工作人员态度恶劣"


def a_house() -> House:
    """A complaint about staff that is a plea too, and an ordinary matter."""
    house = House(
        classifier=FixedClassifier({"窗口": an_opinion(about=True, need=True), "电梯": an_opinion(about=True)})
    )
    house.work(a_post(1, WORDS), a_post(2, "北山养老院电梯坏了一个月没有人修。"))
    return house


def conduct_group(house: House) -> str:
    views = house.posts.groups(UNIT, todo_only=False, cursor=None, limit=9).rows
    return next(view.row.id for view in views if view.row.conduct)


def opened(house: House) -> str:
    """Return the incident that a leader has opened of the complaint."""
    command = Open(command_id="o", actor="account:l", group=conduct_group(house))
    return house.desk().execute(UNIT, command, roles=LEADER).events[0].incident


@pytest.mark.parametrize(
    ("roles", "sight"),
    [
        ({"leader"}, Sight.FULL),
        ({"reviewer"}, Sight.FULL),
        ({"auditor"}, Sight.FULL),
        ({"duty", "leader"}, Sight.FULL),
        ({"duty"}, Sight.NAMED),
        ({"monitor"}, Sight.NAMED),
        ({"liaison"}, None),
        ({"admin"}, None),
        (set(), None),
    ],
)
def test_each_role_sees_of_a_complaint_about_staff_what_it_may(roles: set[str], sight: Sight | None) -> None:
    """As a to-do and as an incident alike; a line that only names it holds no word and no way to one."""
    house = a_house()
    for _ in range(2):
        state = house.desk().state(UNIT)
        rows = Queue(house.posts, state, frozenset(roles)).page(house.clock.now()).rows
        found = [row for row in rows if any(one.conduct for one in row.rows)]
        assert [row.sight for row in found] == ([] if sight is None else [sight])
        if sight is Sight.NAMED:
            assert (found[0].headline.text, found[0].headline.post, found[0].headline.withheld) == ("", "", "conduct")
            assert all((one.lead, one.line, one.place) == ("", None, None) for one in found[0].rows)
        if house.log.head(UNIT)[0] == 0:
            opened(house)


def test_no_read_shows_the_desk_its_words_before_a_leader_decided() -> None:
    """Dossier, members, pleas, found posts; the live feed holds no words for anybody."""
    house = a_house()
    incident, group = opened(house), conduct_group(house)
    state = house.desk().state(UNIT)
    for read in (
        lambda: dossier(house.log, house.posts, state, incident, DUTY),
        lambda: members_of(house.posts, UNIT, group, DUTY, state),
    ):
        with pytest.raises(Refused) as refused:
            read()
        assert refused.value.code == "INC-232"
    found = house.posts.search(UNIT, "养老院", since=0, until=1 << 60, limit=9)
    assert len(found) == 2
    assert [post.text[:2] for post in readable(house.posts, state, found, DUTY)] == ["北山"]
    assert need_list(house.posts, state, lambda *_: None, roles=DUTY) == []
    assert len(need_list(house.posts, state, lambda *_: None, roles=LEADER)) == 1
    told = Live(house.log, house.posts, house.desk().is_for_leader).behind(UNIT, LivePlace(0, 0)) or ()
    assert told
    assert not any("态度" in str(tiding.data) for tiding in told)


def test_after_a_leaders_note_the_desk_reads_all_of_it() -> None:
    """And nobody had to mark anything by hand."""
    house = a_house()
    incident = opened(house)
    memo = Memo(UNIT, "m1", incident, "请值班人员核实并答复。", "salt")
    note = Note("m1", commitment(memo.salt, memo.text))
    command = LeaderNote(command_id="l", actor="account:l", incident=incident, note=note, permits=(DESK,))
    house.desk().execute(UNIT, command, roles=LEADER, memos=[memo])
    state = house.desk().state(UNIT)
    whole = dossier(house.log, house.posts, state, incident, DUTY)
    assert whole.posts[0].stored.post.text == WORDS
    assert Queue(house.posts, state, DUTY).of_incident(state.as_one(incident)).headline.text == WORDS


@pytest.mark.parametrize(
    ("roles", "is_read"), [(DUTY, True), ({"auditor"}, False), ({"liaison"}, False), (set(), False)]
)
def test_what_the_unit_itself_received_is_read_by_those_who_work_it(roles: set[str], is_read: bool) -> None:
    """Its line stands in the queue; its words do not, and its post is not among the others."""
    house = House()
    letter = a_post(1, "养老院来信：电梯坏了", origin=Origin.LETTER, visibility=Visibility.INTERNAL)
    house.work(letter)
    state = house.desk().state(UNIT)
    (row,) = Queue(house.posts, state, frozenset(roles)).page(house.clock.now()).rows
    assert (row.headline.text != "", row.headline.withheld) == (is_read, "" if is_read else "internal")
    assert bool(dossier(house.log, house.posts, state, row.incident, frozenset(roles)).posts) is is_read
    assert bool(readable(house.posts, state, [letter], frozenset(roles))) is is_read
