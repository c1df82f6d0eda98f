"""
The cluster profile on a real Kafka and a real Elasticsearch makes of a stream what the embedded profile makes of it.

One mention stream, as recorded on the cluster, gives equal groups and batches in the embedded stores; from raw posts
on, posts, mentions and opinions are equal as sets, and groups agree (MECHANICS §9).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import comb
from pathlib import Path

import pytest

from pipeline.adapters.sqlite.log import SqliteIncidentLog
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.domain.command import GroupCommand, GroupSetAside, GroupSplit, Open
from pipeline.domain.group_merge import survivors
from pipeline.domain.post import Post
from pipeline.ports import PostStore
from tests.builders import MINUTE
from tests.elastic_house import ElasticHouse
from tests.halves_on_servers import UNITS, County, Member, county_posts, mentioned, stored, worked_by_one
from tests.halves_replay import DUTY, Decided, Story, batches_of, feed, rows_of
from tests.kafka_house import bus_house

POSTS, SEED, SLICE, PARTITIONS = 600, 7, 60, 3


@dataclass(frozen=True)
class Run:
    """A cluster that has worked everything: one of its members, the posts it was given, and its story."""

    member: Member
    posts: Sequence[Post]
    of: County
    story: Story


def decide(member: Member, number: int, story: Story, of: County) -> None:
    """A person opens, sets aside or splits the newest group of a unit that nobody has decided about."""
    unit = UNITS[number % len(UNITS)]
    views = member.posts.groups(unit, todo_only=False, cursor=None, limit=30).rows
    group = next((view.row.id for view in views if view.mark is None), None)
    if group is None:
        return
    last = [mention.post for mention in member.posts.members(unit, group)]
    commands: tuple[GroupCommand, ...] = (
        Open(command_id=f"c{number}", actor="account:zhiban", group=group),
        GroupSetAside(command_id=f"c{number}", actor="account:zhiban", group=group),
        GroupSplit(command_id=f"c{number}", actor="account:zhiban", group=group, posts=(last[-1],)),
    )
    command = commands[number % 3] if len(set(last)) > 1 else commands[number % 2]
    member.desk.execute(unit, command, roles=DUTY)
    story.people.append(Decided(len(of.script.lines), of.clock.at, unit, command))


@pytest.fixture(scope="module")
def cluster(kafka_address: str, elastic_indices: ElasticHouse) -> Iterator[Run]:
    """The county's posts, worked by one member over three partitions, with a person's decisions among them."""
    elastic_indices.empty()
    posts, of = county_posts(POSTS, SEED), County()
    with bus_house(kafka_address, partitions=PARTITIONS) as house:
        buses, story = house.open(), Story([])
        member = Member(elastic_indices.open(), buses, of)
        for number, start in enumerate(range(0, len(posts), SLICE)):
            of.clock.at += MINUTE
            buses.posts.publish(posts[start : start + SLICE])
            member.drain()
            decide(member, number, story, of)
        member.drain()
        story.worked, story.ended_at = of.script.told(house.settings), of.clock.at
        yield Run(member, posts, of, story)


@pytest.fixture(scope="module")
def embedded(cluster: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlitePostStore]:
    """The same posts, worked by the one worker of the embedded profile."""
    with (
        closing(open_huiyin(tmp_path_factory.mktemp("embedded") / "huiyin.db")) as writer,
        closing(SqlitePostStore(writer)) as posts,
        closing(SqliteIncidentLog(writer)) as log,
    ):
        worked_by_one(cluster.posts, cluster.of, posts, log)
        yield posts


def test_one_recorded_mention_stream_gives_equal_groups_and_batches(cluster: Run, tmp_path: Path) -> None:
    """Rows field by field and batches byte by byte, for every unit; people decided in between."""
    with (
        closing(open_huiyin(tmp_path / "huiyin.db")) as writer,
        closing(SqlitePostStore(writer)) as posts,
        closing(SqliteIncidentLog(writer)) as log,
    ):
        feed(cluster.story, cluster.of.watch, posts, log)
        for unit in UNITS:
            assert rows_of(posts, unit) == rows_of(cluster.member.posts, unit)
            assert batches_of(log, unit) == batches_of(cluster.member.log, unit)
            assert len(batches_of(log, unit)) > 2
        assert len(cluster.story.people) > 3


def test_from_raw_posts_on_posts_mentions_and_opinions_are_equal(cluster: Run, embedded: SqlitePostStore) -> None:
    """As sets; what depends on the order of sources is compared by the groups."""
    assert stored(cluster.member.posts, cluster.posts) == stored(embedded, cluster.posts)
    texts = {post.version for post in cluster.posts}
    model = cluster.of.classifier.model
    assert cluster.member.posts.opinions(texts, model) == embedded.opinions(texts, model) != {}
    for unit in UNITS:
        here, there = mentioned(cluster.member.posts, unit), mentioned(embedded, unit)
        assert here == there
        assert len(here) > 20


def test_from_raw_posts_on_groups_agree(cluster: Run, embedded: SqlitePostStore) -> None:
    """By the adjusted Rand index, .98 at least, for every unit; a person's splits are none of the machine's groups."""
    split = {post for each in cluster.story.people for post in getattr(each.command, "posts", ())}
    for unit in UNITS:
        here, there = grouped(cluster.member.posts, unit), grouped(embedded, unit)
        both = sorted((here.keys() & there.keys()) - split)
        assert len(both) > 20
        assert rand_index([here[post] for post in both], [there[post] for post in both]) >= 0.98


def grouped(store: PostStore, unit: str) -> Mapping[str, str]:
    """Return post → the group that it is part of by now."""
    into = survivors(store.merges(unit))
    return {
        mention.post: into.get(mention.group, mention.group) for mention, _ in store.mentions(unit, 0) if mention.group
    }


def rand_index(one: Sequence[str], other: Sequence[str]) -> float:
    """Return how far two groupings of the same posts agree, adjusted for chance: 1 is the same grouping."""
    pairs = sum(comb(n, 2) for n in Counter(zip(one, other, strict=True)).values())
    here, there = (sum(comb(n, 2) for n in Counter(labels).values()) for labels in (one, other))
    expected = here * there / comb(len(one), 2)
    most = (here + there) / 2
    return 1.0 if most == expected else (pairs - expected) / (most - expected)
