"""Parts on Elasticsearch are indices: what happens to counts and to writers while one of them goes."""

import time
from dataclasses import replace

import pytest
from elastic_transport import BaseNode

from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.posts import ElasticPostStore
from pipeline.adapters.elastic.wire import Wire
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.local_day import day_of
from tests.elastic_guard import GuardedNode
from tests.elastic_house import ElasticHouse, leave_bytes
from tests.elastic_line import Asked, listening
from tests.stored import DAY, EVER, MONDAY, UNIT, a_mention, a_post, work

LATE = MONDAY + 400 * DAY
NOTHING: frozenset[tuple[str, str]] = frozenset()


def a_store(house: ElasticHouse, line: type[BaseNode] | None = None) -> ElasticPostStore:
    """Return the store as a process of its own opens it."""
    return ElasticPostStore(house.open(line), expunging=leave_bytes)


def test_a_count_by_day_while_a_part_goes_tells_each_post_once(elastic_house: ElasticHouse) -> None:
    """Before any request of the count the part goes: it is not told twice, and not left out."""
    day, number = day_of(MONDAY), 0
    while True:
        number += 1
        elastic_house.empty()
        a_store(elastic_house).commit(work([a_post(1), a_post(2)], [a_mention(a_post(1))]))
        elastic_house.open().refresh("*")
        heard: list[Asked] = []

        def told(asked: Asked, number: int = number, heard: list[Asked] = heard) -> None:
            heard.append(asked)
            if len(heard) == number:
                assert a_store(elastic_house).drop_parts(LATE, LATE, NOTHING) == 2

        posts = a_store(elastic_house, listening(told))
        assert posts.daily("*", 0, day + 1) == [(day, "", 2)], f"the part went before request {number}"
        if len(heard) < number:
            break
    assert number > 4
    assert a_store(elastic_house).daily(UNIT, 0, day + 1) == [(day, "社会救助", 1)]


def test_a_part_that_came_back_and_went_again_is_counted_each_time(elastic_house: ElasticHouse) -> None:
    """A worker who made the part before finds it gone, and makes it anew."""
    worker, day = a_store(elastic_house), day_of(MONDAY)
    for number in (1, 2, 3):
        worker.commit(work([a_post(number)], to=number))
        assert worker.count("*", "低保", **EVER) == 1
        assert a_store(elastic_house).drop_parts(LATE, LATE, NOTHING) == 1
        assert worker.daily("*", 0, day + 1) == [(day, "", number)]


def test_parts_that_take_long_to_make_are_waited_for(elastic_house: ElasticHouse) -> None:
    """A busy server makes one a second, and a batch may lie in a dozen of them: that is no server that is away."""

    def slowly(asked: Asked) -> None:
        if asked.method == "PUT":
            time.sleep(0.1)

    a_store(elastic_house).drop_parts(LATE, LATE, NOTHING)
    hasty = Elastic(Wire(replace(elastic_house.settings, patience_seconds=0.3), node_class=listening(slowly)))
    posts = [a_post(week, collected_at=MONDAY + 7 * week * DAY) for week in range(6)]
    ElasticPostStore(hasty).commit(work(posts))
    hasty.close()
    assert len(list(a_store(elastic_house).posts_since(0))) == 6


def test_a_part_that_is_being_ended_takes_nothing_and_says_so(elastic_house: ElasticHouse) -> None:
    """Its drop was cut: who has a post for it is told, and nothing is lost; the next drop finishes it."""
    a_store(elastic_house).commit(work([a_post(1)]))
    elastic = elastic_house.open()
    elastic.wire.ask("PUT", [elastic.name("posts-w20260202"), "_block", "write"])
    hasty = Elastic(Wire(replace(elastic_house.settings, patience_seconds=0.3), node_class=GuardedNode))
    with pytest.raises(StoreUnavailable) as refused:
        ElasticPostStore(hasty).commit(work([a_post(2)], to=2))
    hasty.close()
    assert refused.value.code == "STO-322"
    assert a_store(elastic_house).drop_parts(LATE, LATE, NOTHING) == 1
    a_store(elastic_house).commit(work([a_post(2)], to=2))
    assert [post.id for post in a_store(elastic_house).posts_since(0)] == ["p2"]
