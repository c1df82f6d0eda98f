"""The fold of a log is one for all threads: each batch advances it once, whoever wrote or read it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from pipeline.domain.command import GroupSplit, Open
from pipeline.domain.escalation import DEFAULT_REMINDERS
from pipeline.domain.unit_state import replay
from pipeline.workflow.desk import Desk
from pipeline.workflow.folds import Folds
from tests.builders import HOUR, UNIT, a_post
from tests.worker_house import House

DUTY = frozenset({"duty"})
MATTERS = ("饭菜总是凉的", "电梯坏了一个月", "厕所没有热水", "停车要收二十块", "护工人手不够", "夜里没有人值班")


def a_house() -> House:
    """Return a house with six to-dos."""
    house = House()
    posts = [a_post(number, f"城{'东西南北中外'[number]}养老院{said}，没有人管") for number, said in enumerate(MATTERS)]
    house.work(*posts)
    return house


def groups(house: House) -> list[str]:
    return [view.row.id for view in house.posts.groups(UNIT, todo_only=True, cursor=None, limit=99).rows]


def test_threads_that_decide_and_read_at_once_leave_one_true_fold() -> None:
    """Nobody's command is lost, and what a thread reads is at least what it wrote itself."""
    house = a_house()
    desk, wanted = house.desk(), groups(house)

    def opens(group: str) -> bool:
        command = Open(command_id=f"o-{group}", actor="account:a", group=group)
        batch = desk.execute(UNIT, command, roles=DUTY)
        desk.remind()
        return desk.state(UNIT).seq >= batch.seq and desk.state(UNIT).incident_of(group) is not None

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(opens, wanted))
    assert len(wanted) == 6
    assert desk.state(UNIT) == replay(UNIT, house.log.read(UNIT, 0))


def test_a_split_counts_once_however_many_threads_learn_of_it() -> None:
    """The worker loads its memory anew once for each."""
    house = House()
    house.work(a_post(1, "城东养老院饭菜总是凉的"), a_post(2, "城东养老院饭菜总是凉的，没人管"))
    (group, *_) = groups(house)
    posts = [mention.post for mention in house.posts.members(UNIT, group)]
    desk, other = house.desk(), house.desk()
    with ThreadPoolExecutor(8) as threads:
        readers = [threads.submit(desk.state, UNIT) for _ in range(40)]
        command = GroupSplit(command_id="s", actor="account:a", group=group, posts=tuple(posts[-1:]))
        done = threads.submit(desk.execute, UNIT, command, roles=DUTY)
        readers += [threads.submit(desk.state, UNIT) for _ in range(40)]
        done.result()
        assert all(reader.result().unit == UNIT for reader in readers)
    assert (desk.splits(UNIT), desk.head(UNIT), desk.splits(UNIT)) == (1, 1, 1)
    assert (other.splits(UNIT), other.head(UNIT), other.splits(UNIT)) == (0, 1, 1)


def test_the_minute_looks_only_at_what_is_due_also_after_the_policy_changed() -> None:
    """Closed and waiting incidents cost nothing; other steps are other moments."""
    house = a_house()
    desk: Desk = house.desk()
    for group in groups(house):
        desk.execute(UNIT, Open(command_id=f"o-{group}", actor="account:a", group=group), roles=DUTY)
    folds, now = Folds(house.log), house.clock.now()
    assert folds.due(UNIT, DEFAULT_REMINDERS, now) == []
    week = 7 * 24 * HOUR
    assert len(folds.due(UNIT, DEFAULT_REMINDERS, now + week)) == 6
    later = replace(DEFAULT_REMINDERS, steps=(2 * week,))
    assert folds.due(UNIT, later, now + week) == []
    check = desk.due_check()
    assert (check.open_incidents, check.undated) == (6, {})
