"""
Partitions of a real Kafka move between processes while they work: nothing is lost, nothing is counted twice.

Members share the partitions of one group, each with clients of its own, over a real Elasticsearch.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

import pytest

from pipeline.adapters.kafka.onlooker import Onlooker
from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.domain.post import Post
from pipeline.ports import PostStore, Work
from tests.elastic_house import ElasticHouse
from tests.halves_on_servers import UNITS, County, Member, county_posts, mentioned, stored, worked_by_one
from tests.halves_replay import rows_of
from tests.kafka_house import BusHouse, bus_house

pytestmark = pytest.mark.slow
POSTS, SEED, SLICE, PARTITIONS, PATIENCE_SECONDS = 240, 11, 60, 4, 180.0


@pytest.fixture(scope="module")
def posts() -> Sequence[Post]:
    """The county's posts of half a day."""
    return county_posts(POSTS, SEED)


@pytest.fixture(scope="module")
def of() -> County:
    """What all members work with."""
    return County()


@pytest.fixture
def house(kafka_address: str) -> Iterator[BusHouse]:
    """Topics of their own."""
    with bus_house(kafka_address, partitions=PARTITIONS) as found:
        yield found


@pytest.fixture(scope="module")
def right(posts: Sequence[Post], of: County) -> MemoryPostStore:
    """What one worker makes of the posts."""
    store = MemoryPostStore()
    worked_by_one(posts, of, store, MemoryIncidentLog(store))
    return store


def wait_for(holds: Callable[[], bool], why: str) -> None:
    """It holds; fails where it does not in time."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until, f"{why} did not come true in time"
        time.sleep(0.5)


def is_worked(house: BusHouse, store: PostStore) -> bool:
    """Whether every record of both topics was worked."""
    for topic in (house.settings.posts, house.settings.mentions):
        with closing(Onlooker(house.settings, topic)) as onlooker:
            for number in range(PARTITIONS):
                stream, first, end = onlooker.reach(number)
                position = store.position(stream, number)
                if end > first and (position is None or position.offset < end):
                    return False
    return True


def assert_as_by_one(store: PostStore, right: PostStore, posts: Sequence[Post]) -> None:
    """Posts and mentions are those of one worker, and every group counts each of its members once."""
    assert stored(store, posts) == stored(right, posts)
    for unit in UNITS:
        assert mentioned(store, unit) == mentioned(right, unit)
        for group, row in rows_of(store, unit).items():
            ever = {mention.post for mention, _ in store.mentions(unit, 0)}
            members = {mention.post for mention in store.members(unit, group)}
            assert members <= ever
            assert row.posts + row.reposts - row.lapsed_posts == len(members)


def a_member(house: BusHouse, elastic: ElasticHouse, of: County) -> Member:
    """Return a member that its group gives up soon."""
    return Member(elastic.open(), house.open(session_ms=6_000, longest_step_ms=8_000), of)


def test_a_member_that_stands_in_its_commit_until_its_partitions_moved_notices_and_leaves(
    house: BusHouse, elastic_house: ElasticHouse, posts: Sequence[Post], of: County, right: MemoryPostStore
) -> None:
    """Another works everything meanwhile; let go on, the first is refused, and nothing that stands is changed."""
    one, other = a_member(house, elastic_house, of), a_member(house, elastic_house, of)
    stands, go_on = threading.Event(), threading.Event()

    def stand(work: Work) -> None:
        if work.mentions and not stands.is_set():
            stands.set()
            go_on.wait(PATIENCE_SECONDS)

    one.posts.before_commit = stand
    house.open().posts.publish(posts)
    one.start()
    wait_for(stands.is_set, "a commit with mentions")
    other.start()
    wait_for(lambda: is_worked(house, other.posts), "everything worked by the other")
    assert_as_by_one(other.posts, right, posts)
    go_on.set()
    wait_for(lambda: one.stale > 0, "the first notices")
    wait_for(lambda: is_worked(house, other.posts), "everything worked again")
    one.end()
    other.end()
    assert_as_by_one(other.posts, right, posts)


def test_members_that_come_and_go_while_posts_come_lose_and_double_nothing(
    house: BusHouse, elastic_house: ElasticHouse, posts: Sequence[Post], of: County, right: MemoryPostStore
) -> None:
    """Each coming and going moves partitions in the middle of what is being worked."""
    bus, members = house.open().posts, [a_member(house, elastic_house, of)]
    members[0].start()
    for start in range(0, len(posts), SLICE):
        bus.publish(posts[start : start + SLICE])
        time.sleep(1.0)  # members work meanwhile, and are in the middle of it when the next one comes
        members.append(a_member(house, elastic_house, of))
        members[-1].start()
        if len(members) > 2:
            members[-3].leave()
    store = members[-1].posts
    wait_for(lambda: is_worked(house, store), "everything worked")
    for member in members:
        member.leave()
    assert_as_by_one(store, right, posts)
