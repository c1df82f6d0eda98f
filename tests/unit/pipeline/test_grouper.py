"""The grouper: one writer per unit, who loads, derives and asks for units that nobody speaks of too."""

import logging
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.domain.command import GroupSplit
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.found import Found, RuleMet
from pipeline.domain.group import GroupRow
from pipeline.domain.post import Origin
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.grouper import LOADED_PER_STEP
from pipeline.ports import DeliveredFound, Position
from pipeline.workflow.burial import BUDGET
from tests.builders import HOUR, MINUTE, MONDAY, UNIT, a_post, a_rule
from tests.halves_house import Cluster, Fate, Process

TEXT = "柳湾养老院的饭是凉的，老人吃了拉肚子，没人管"


def a_watch(*units: str) -> Watch:
    """Return what units watch: all of them the same word."""
    return Watch({unit: UnitWatch(unit, (a_rule("养老院", unit=unit),)) for unit in units or (UNIT,)})


def a_cluster(*units: str, partitions: int = 1) -> tuple[Cluster, Process]:
    """Return a cluster of one process."""
    cluster = Cluster(a_watch(*units), partitions=(1, partitions))
    return cluster, cluster.start()


def rows(cluster: Cluster, unit: str = UNIT) -> Sequence[GroupRow]:
    """Return the rows of a unit."""
    return [view.row for view in cluster.posts.groups(unit, todo_only=False, cursor=None, limit=99).rows]


def reached(cluster: Cluster, partition: int = 0) -> int:
    """How far the findings have been worked."""
    position = cluster.posts.position(cluster.mentions.stream, partition)
    return position.offset if position else 0


def test_what_was_found_becomes_a_mention_a_row_and_a_question() -> None:
    """In one commit, the position with it; the alert rules are asked behind it."""
    cluster, process = a_cluster()
    cluster.bus.publish([a_post(1, TEXT), a_post(2, f"转：{TEXT}", source="blogs")])
    process.finder.step()
    step = process.grouper.step()

    assert (step.read, step.mentions, reached(cluster)) == (2, 2, 2)
    assert [(row.posts, row.reposts) for row in rows(cluster)] == [(1, 1)]
    assert cluster.asked == [rows(cluster)[0].id]


def test_another_process_goes_on_as_the_one_before_would_have() -> None:
    """Its memory is loaded from stored decisions: a repost of a post from before joins its group."""
    cluster, process = a_cluster()
    cluster.bus.publish([a_post(1, TEXT)])
    cluster.drain()
    cluster.kill(process)
    cluster.bus.publish([a_post(2, f"转：{TEXT}", source="blogs")])
    cluster.drain()

    assert [(row.posts, row.reposts) for row in rows(cluster)] == [(1, 1)]


def test_a_unit_without_input_is_loaded_and_asked_about_by_its_holder_alone() -> None:
    """A crash between a commit and its question is mended, though nobody ever speaks of the unit again."""
    cluster, process = a_cluster("a-mz", "b-mz", "c-mz", "d-mz", partitions=3)
    cluster.bus.publish([a_post(1, TEXT)])
    cluster.drain()
    everything = {row.id for unit in cluster.watch.units for row in rows(cluster, unit)}
    cluster.asked.clear()
    cluster.kill(process)
    cluster.start()
    for each in cluster.processes:
        each.grouper.step()

    assert sorted(cluster.asked) == sorted(everything)
    held = [set(each.grouper.units) for each in cluster.processes]
    assert held[0] | held[1] == set(cluster.watch.units)
    assert not held[0] & held[1]


def test_rows_that_a_cut_commit_left_wrong_are_derived_at_the_take_over() -> None:
    """Parts over age were dropped, or the commit was cut: the row says what the mentions say."""
    cluster, process = a_cluster()
    cluster.bus.publish([a_post(1, TEXT)])
    cluster.drain()
    right = rows(cluster)
    for is_killed in (True, False):
        cluster.posts.rebuild_groups(UNIT, [replace(right[0], posts=7)])
        if is_killed:
            cluster.kill(process)
        else:
            cluster.processes[0].grouper.load()
        cluster.processes[0].grouper.step()
        assert rows(cluster) == right


def test_what_is_kept_of_a_lost_partition_is_forgotten() -> None:
    """The unit comes back with what another decided meanwhile: its groups are known, and no order is given twice."""
    cluster, one = a_cluster()
    other = cluster.start()
    shares = ((one, other), (other, one))
    for number, (holder, without) in enumerate((*shares, *shares), start=1):
        holder.mentions.hold([0])
        without.mentions.hold([])
        cluster.bus.publish([a_post(number, TEXT, source=f"s{number}")])
        one.finder.step()
        other.finder.step()
        without.grouper.step()
        holder.grouper.step()

    mentions = [mention for mention, _ in cluster.posts.mentions(UNIT, 0)]
    assert [mention.order for mention in mentions] == [0, 1, 2, 3]
    assert len({mention.group for mention in mentions}) == 1


def test_a_process_that_stood_still_in_its_commit_changes_nothing_and_leaves() -> None:
    """Its partition moved and was worked on; its own step is refused as a whole."""
    cluster, process = a_cluster()
    cluster.start()
    cluster.bus.publish([a_post(1, TEXT)])
    for each in cluster.processes:
        each.finder.step()
    process.mentions.hold([0])
    cluster.processes[1].mentions.hold([])
    process.grouper.step()
    cluster.bus.publish([a_post(2, "东坡养老院门口路灯坏了")])
    for each in cluster.processes:
        each.finder.step()
    fates = [Fate.STAND_STILL]
    cluster.fate = lambda at: fates.pop() if at == "before commit" and fates else Fate.GO_ON
    step = process.grouper.step()

    assert step.stale
    before = (rows(cluster), list(cluster.posts.mentions(UNIT, 0)))
    assert len(before[1]) == 2
    cluster.drain()
    assert (rows(cluster), list(cluster.posts.mentions(UNIT, 0))) == before


def test_who_lost_a_partition_without_knowing_derives_no_rows(caplog: pytest.LogCaptureFixture) -> None:
    """Rows are written outside a commit, so whoever does proves first that the unit is his."""
    cluster, process = a_cluster()
    cluster.bus.publish([a_post(1, TEXT)])
    cluster.drain()
    other = cluster.start()
    other.mentions.hold([0])
    other.grouper.step()
    cluster.posts.rebuild_groups(UNIT, [marked := replace(rows(cluster)[0], posts=9)])
    process.mentions.hold([0])
    process.grouper.load()
    process.grouper.step()

    assert "grouper.stale" in caplog.text
    assert rows(cluster) == [marked]


def test_a_person_who_split_a_group_is_followed() -> None:
    """By whoever holds the unit, and by nobody else."""
    cluster, process = a_cluster()
    cluster.bus.publish([a_post(1, TEXT), a_post(2, f"转：{TEXT}", source="blogs")])
    cluster.drain()
    moved, (row,) = a_post(2, "").id, rows(cluster)
    split = GroupSplit(command_id="c1", actor="account:zhiban", group=row.id, posts=(moved,))
    process.desk.execute(UNIT, split, roles=frozenset({"duty", "monitor"}))
    process.grouper.follow_splits(UNIT)
    process.grouper.follow_splits("unknown-mz")

    assert sorted(row.lead for row in rows(cluster)) == sorted([a_post(1, "").id, moved])


def test_a_post_that_is_erased_meanwhile_is_counted_by_neither_memory_nor_row() -> None:
    """Before the grouper came to it, and between its look at the list and its commit."""
    cluster, process = a_cluster()
    cluster.bus.publish([a_post(number, f"{TEXT}{number}") for number in (1, 2, 3)])
    process.finder.step()
    cluster.posts.erase(frozenset({a_post(1, "").id}), MONDAY)
    erasing = [a_post(2, "").id]

    def erase(at: str) -> Fate:
        if at == "before commit" and erasing and process.grouper._memories._memories:
            cluster.posts.erase(frozenset({erasing.pop()}), MONDAY)
        return Fate.GO_ON

    process.grouper.step()
    cluster.fate = erase
    cluster.bus.publish([a_post(4, f"{TEXT}4"), a_post(2, f"{TEXT}又来", at=MONDAY + HOUR)])
    cluster.drain()

    assert {mention.post for mention, _ in cluster.posts.mentions(UNIT, 0)} >= {a_post(3, "").id}
    assert a_post(1, "").id not in {mention.post for mention, _ in cluster.posts.mentions(UNIT, 0)}
    memory = cluster.processes[0].grouper._memories.memory(UNIT)
    assert [memory.row(group) for group in memory.groups()] == rows(cluster)


def test_the_hours_pass_by_the_posts_and_by_the_clock_where_there_are_none() -> None:
    """All groups held are asked about once an hour."""
    cluster, process = a_cluster()
    cluster.bus.publish([a_post(1, TEXT)])
    cluster.drain()
    cluster.asked.clear()
    cluster.bus.publish([a_post(2, "东坡养老院门口路灯坏了", at=MONDAY + 2 * HOUR)])
    cluster.drain()
    assert len(set(cluster.asked)) == 2
    cluster.asked.clear()
    cluster.clock.at += MINUTE
    process.grouper.step()
    assert cluster.asked == []
    cluster.clock.at += HOUR
    process.grouper.step()
    process.grouper.step()
    assert len(cluster.asked) == 2


def test_a_unit_that_is_not_known_yet_waits_for_one_look_at_the_settings() -> None:
    """The finder may have seen newer settings: nothing that was found is dropped for that."""
    cluster, process = a_cluster(UNIT, "b-mz")
    process.grouper.change_watch(a_watch(UNIT))
    cluster.bus.publish([a_post(1, TEXT)])
    process.finder.step()
    assert (process.grouper.step().mentions, reached(cluster)) == (0, 0)
    process.grouper.change_watch(a_watch(UNIT, "b-mz"))
    assert process.grouper.step().mentions == 2


def test_a_unit_that_is_still_unknown_after_that_is_no_more() -> None:
    """Its findings are passed by, and those of the others are worked."""
    cluster, process = a_cluster(UNIT, "b-mz")
    process.grouper.change_watch(a_watch(UNIT))
    cluster.bus.publish([a_post(1, TEXT)])
    process.finder.step()
    steps = [process.grouper.step() for _ in range(2)]

    assert [step.mentions for step in steps] == [0, 1]
    assert reached(cluster) == 2


def test_a_change_of_one_unit_keeps_the_memories_of_the_others() -> None:
    """With thousands of units a new place of one is no reason to load the others anew."""
    cluster, process = a_cluster(UNIT, "b-mz")
    cluster.bus.publish([a_post(1, TEXT)])
    cluster.drain()
    kept = process.grouper._memories.memory(UNIT)
    watch = a_watch(UNIT, "b-mz")
    process.grouper.change_watch(Watch({**watch.units, "b-mz": replace(watch.units["b-mz"], places=("柳湾",))}))
    process.grouper.step()

    assert process.grouper._memories.memory(UNIT) is kept


def test_many_units_are_loaded_a_few_a_step() -> None:
    """A process that takes over hundreds answers its broker meanwhile, and asks about all in the end."""
    units = [f"u{number:03d}" for number in range(2 * LOADED_PER_STEP + 1)]
    process = a_cluster(*units)[1]
    for loaded in (LOADED_PER_STEP, 2 * LOADED_PER_STEP, len(units)):
        process.grouper.step()
        assert len(process.grouper._memories._memories) == loaded


@pytest.mark.parametrize("misplaced", [False, True])
def test_what_is_no_finding_or_lies_elsewhere_is_buried_and_too_much_of_it_stops(misplaced: bool) -> None:
    """A poison budget counts in the second half too; nothing is drained quietly."""
    cluster, process = a_cluster(partitions=2)
    elsewhere = 1 - cluster.mentions.partition_of(UNIT)
    found = [Found(UNIT, a_post(n, TEXT), (RuleMet("care", "v"),)) for n in range(BUDGET + 1)]
    items = [
        DeliveredFound(each if misplaced else None, Position(cluster.mentions.stream, elsewhere, n), "no JSON")
        for n, each in enumerate(found, start=1)
    ]
    process.mentions.read = lambda after, limit: items if after and after.partition == elsewhere else []  # type: ignore[method-assign]  # what a foreign producer left
    with pytest.raises(StoreUnavailable, match="WRK-201"):
        process.grouper.step()

    assert len(cluster.bus.dead_letters(1_000)) == BUDGET + 1
    assert (reached(cluster, elsewhere), list(cluster.posts.mentions(UNIT, 0))) == (0, [])


def test_alert_rules_that_could_not_be_heard_are_asked_again_by_the_next_step() -> None:
    """The log refused after the commit: nobody waits an hour for the alert."""
    cluster, process = a_cluster()
    heard, refusals = process.grouper.asking.ask, [StoreUnavailable("the log is away")]

    def ask(unit: str, rows: Sequence[GroupRow]) -> None:
        if refusals:
            raise refusals.pop()
        heard(unit, rows)

    process.grouper.asking = replace(process.grouper.asking, ask=ask)
    cluster.bus.publish([a_post(1, "养老院怎么申请", origin=Origin.MESSAGE)])
    process.finder.step()
    with pytest.raises(StoreUnavailable):
        process.grouper.step()
    process.grouper.step()

    assert [event.type for batch in cluster.log.read(UNIT, 0) for event in batch.events][:1] == ["opened"]


def test_a_first_start_reports_no_stream(caplog: pytest.LogCaptureFixture) -> None:
    """The posts' stream is known by then, and is not what came before."""
    caplog.set_level(logging.WARNING)
    cluster, _ = a_cluster()
    cluster.bus.publish([a_post(1, TEXT)])
    cluster.drain()

    assert "new_stream" not in caplog.text
