"""The finder: posts are stored, whom they concern is told, and the position moves last."""

import logging
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.found import Found
from pipeline.domain.partition import partition_of
from pipeline.domain.post import Kind
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.ports import Position
from pipeline.workflow.burial import BUDGET
from tests.builders import HOUR, MONDAY, a_post, a_rule
from tests.halves_house import Cluster, Fate, Killed, Process

UNITS = ("yunxi-mz", "qingshi-mz")


def a_watch(*words: str) -> Watch:
    """Return what two units watch: the first the first word, the second the second."""
    return Watch(
        {
            unit: UnitWatch(unit, (a_rule(word, unit=unit),))
            for unit, word in zip(UNITS, words or ("养老院", "低保"), strict=True)
        }
    )


def a_cluster() -> tuple[Cluster, Process]:
    """Return a cluster of one process and one partition each, so that everything comes in order."""
    cluster = Cluster(a_watch(), partitions=(1, 1))
    return cluster, cluster.start()


def told(cluster: Cluster) -> list[Found]:
    """Everything that units were told, in order."""
    items = cluster.mentions.read(Position(cluster.mentions.stream, 0, 0), 1_000)
    return [item.found for item in items if item.found]


def reached(cluster: Cluster) -> int:
    """How far the posts have been worked."""
    position = cluster.posts.position(cluster.bus.stream, 0)
    return position.offset if position else -1


def test_a_post_is_stored_and_the_unit_whose_rule_it_meets_is_told() -> None:
    """Only that one; the head knows it from then on, and the position has moved."""
    cluster, process = a_cluster()
    post = a_post(1, "养老院的饭是凉的")
    cluster.bus.publish([post, a_post(2, "今天天气不错")])
    step = process.finder.step()

    assert (step.read, step.stored, reached(cluster)) == (2, 2, 2)
    assert [(found.unit, found.post.id, [rule.id for rule in found.rules]) for found in told(cluster)] == [
        (UNITS[0], post.id, ["care"])
    ]
    assert {key: head.units for key, head in cluster.posts.heads([post.id, a_post(2, "").id]).items()} == {
        post.id: (UNITS[0],),
        a_post(2, "").id: (),
    }


def test_an_edit_goes_to_who_was_told_before_whatever_it_meets_now() -> None:
    """One unit is told that its rule is met no more, the other that its rule is; by another process too."""
    cluster, process = a_cluster()
    cluster.bus.publish([a_post(1, "养老院的饭是凉的")])
    process.finder.step()
    cluster.kill(process)
    cluster.bus.publish([a_post(1, "低保没有发", at=MONDAY + HOUR)])
    cluster.processes[0].finder.step()

    assert [(found.unit, len(found.rules)) for found in told(cluster)[1:]] == [(UNITS[1], 1), (UNITS[0], 0)]


def test_an_offices_answer_goes_to_the_units_of_what_it_answers() -> None:
    """Whether both came in one step or in two."""
    cluster, process = a_cluster()
    thread = a_post(1, "养老院的饭是凉的")
    answer = replace(a_post(2, "已经整改"), kind=Kind.ANSWER, thread=thread.id)
    later = replace(a_post(3, "再次答复"), kind=Kind.ANSWER, thread=thread.id)
    for posts in ([thread, answer], [later]):
        cluster.bus.publish(posts)
        process.finder.step()

    assert [(found.unit, found.post.given_id) for found in told(cluster)] == [(UNITS[0], n) for n in "123"]


@pytest.mark.parametrize("point", ["before tokens", "before commit", "publish", "after commit"])
def test_a_finder_that_dies_anywhere_tells_everything_once_it_is_there_again(point: str) -> None:
    """What was stored and not told is told; the position never stands before what it answers for."""
    cluster, process = a_cluster()
    fates = [Fate.DIE]
    cluster.fate = lambda at: fates.pop() if at == point and fates else Fate.GO_ON
    cluster.bus.publish([a_post(1, "养老院的饭是凉的")])
    with pytest.raises(Killed):
        process.finder.step()
    assert reached(cluster) <= 0
    cluster.kill(process)
    cluster.drain()

    assert {found.post.given_id for found in told(cluster)} == {"1"}
    assert len(list(cluster.posts.mentions(UNITS[0], 0))) == 1


def test_what_is_told_again_after_a_death_makes_no_second_mention() -> None:
    """It died behind the telling and before the position: the unit hears it twice and counts it once."""
    cluster, process = a_cluster()
    cluster.fate = lambda at: Fate.DIE if at == "before commit" and told(cluster) else Fate.GO_ON
    cluster.bus.publish([a_post(1, "养老院的饭是凉的")])
    with pytest.raises(Killed):
        process.finder.step()
    cluster.kill(process)
    cluster.drain()

    assert len(told(cluster)) == 2
    assert [mention.order for mention, _ in cluster.posts.mentions(UNITS[0], 0)] == [0]


def test_a_repeat_among_what_may_come_again_is_told_to_nobody() -> None:
    """The same text crawled again is no news, also right after a start, when older posts look as if they had come."""
    cluster, process = a_cluster()
    cluster.bus.publish([a_post(1, "养老院的饭是凉的")])
    process.finder.step()
    cluster.kill(process)
    cluster.bus.publish([a_post(1, "养老院的饭是凉的", at=MONDAY + HOUR)])
    cluster.processes[0].finder.step()

    assert len(told(cluster)) == 1


def test_a_finder_that_was_overtaken_moves_no_position() -> None:
    """Stopped behind its first write while another took its partition: it notices, and leaves."""
    cluster, process = a_cluster()
    cluster.start()
    fates = [Fate.STAND_STILL]
    cluster.fate = lambda at: fates.pop() if at == "publish" and fates else Fate.GO_ON
    cluster.bus.publish([a_post(1, "养老院的饭是凉的")])
    step = process.finder.step()

    assert step.stale
    assert reached(cluster) == 1
    cluster.drain()
    assert len(list(cluster.posts.mentions(UNITS[0], 0))) == 1


def test_a_bus_that_refuses_loses_nothing() -> None:
    """Not all was acknowledged: the step is tried again whole."""

    cluster, process = a_cluster()
    publish, refusals = process.mentions.publish, [StoreUnavailable("the brokers are away", code="BUS-301")]

    def refuse(found: Sequence[Found]) -> None:
        if refusals:
            raise refusals.pop()
        publish(found)

    process.mentions.publish = refuse  # type: ignore[method-assign]  # a broker that is away once
    cluster.bus.publish([a_post(1, "养老院的饭是凉的")])
    with pytest.raises(StoreUnavailable):
        process.finder.step()
    assert reached(cluster) <= 0
    process.finder.step()

    assert (len(told(cluster)), reached(cluster)) == (1, 1)


def test_rules_that_changed_hold_from_the_next_step_on() -> None:
    """What was told before stays told."""
    cluster, process = a_cluster()
    cluster.bus.publish([a_post(1, "公墓的台阶塌了")])
    process.finder.step()
    process.finder.change_watch(a_watch("公墓", "低保"))
    cluster.bus.publish([a_post(2, "公墓的门关了")])
    process.finder.step()

    assert [found.post.given_id for found in told(cluster)] == ["2"]


def test_a_unit_that_is_no_more_is_told_nothing() -> None:
    """Its posts are edited on, and nobody groups them."""
    cluster, process = a_cluster()
    cluster.bus.publish([a_post(1, "养老院的饭是凉的")])
    process.finder.step()
    process.finder.change_watch(Watch({UNITS[1]: a_watch().units[UNITS[1]]}))
    cluster.bus.publish([a_post(1, "养老院的饭是热的", at=MONDAY + HOUR)])
    process.finder.step()

    assert len(told(cluster)) == 1


def test_too_much_poison_stops_the_finder_and_calls_a_person() -> None:
    """Nothing is drained: the position stays where it was."""

    class Jammed:
        def __init__(self, _rules: Sequence[object]) -> None:
            pass

        def matches(self, title: str, text: str) -> tuple[()]:
            raise ValueError(title + text)

    cluster, process = a_cluster()
    process.finder.matcher_of = Jammed
    cluster.bus.publish([a_post(number, f"养老院{number}") for number in range(BUDGET + 1)])
    with pytest.raises(StoreUnavailable, match="WRK-201"):
        process.finder.step()

    assert reached(cluster) == -1
    assert len(cluster.bus.dead_letters(1_000)) == BUDGET + 1


def test_a_stream_made_anew_is_read_from_its_beginning_and_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    """A first start reports nothing, though the other stream of the two may be known by then."""
    caplog.set_level(logging.WARNING)
    cluster, process = a_cluster()
    cluster.bus.publish([a_post(1, "养老院的饭是凉的")])
    cluster.drain()
    assert "new_stream" not in caplog.text
    process.bus._stream, process.bus._parts[0] = "made-anew", [a_post(2, "养老院的床是湿的")]
    for _ in range(3):
        process.finder.step()

    assert [found.post.given_id for found in told(cluster)] == ["1", "2"]
    assert caplog.text.count("worker.new_stream: stream made-anew") == 1


def test_partitions_take_turns() -> None:
    """A source that floods its partition keeps no other waiting for ever."""
    cluster = Cluster(a_watch(), partitions=(3, 1))
    process = cluster.start()
    sources = {partition_of(name, 3): name for name in ("forum", "board", "news", "blogs", "letters", "radio")}
    worked = []
    for day in range(2):
        cluster.bus.publish([a_post(f"{name}-{day}", "养老院", source=name) for name in sources.values()])
        for _ in sources:
            process.finder.step()
            worked.append(told(cluster)[-1].post.source)

    assert sorted(worked[:3]) == sorted(worked[3:]) == sorted(sources.values())
    assert len(sources) == 3
