"""
The same mention stream, positions, people's batches, settings and clock give equal groups and batches (MECHANICS §9).

The stream is recorded on a cluster of several processes and partitions; the embedded stores are then fed with it, step
by step as it was worked, with what people decided in between.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.adapters.sqlite.log import SqliteIncidentLog
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.domain.command import GroupCommand, GroupSetAside, GroupSplit, Open
from pipeline.domain.post import Post
from pipeline.ports import IncidentLog, PostStore
from tests.builders import MINUTE
from tests.halves_house import Cluster
from tests.halves_replay import DUTY, Decided, Story, batches_of, feed, rows_of
from tests.halves_streams import UNITS, a_classifier, a_watch, streams


@dataclass
class Recording:
    """A cluster, and what was told and decided on it."""

    cluster: Cluster
    people: list[Decided] = field(default_factory=list)

    @property
    def story(self) -> Story:
        """All of it, in order."""
        return Story(self.cluster.worked, self.people, self.cluster.clock.at)

    def decide(self, what: int) -> None:
        """A person decided about the newest group of a unit, where there is one."""
        unit = UNITS[what % len(UNITS)]
        rows = self.cluster.posts.groups(unit, todo_only=False, cursor=None, limit=1).rows
        if not rows or rows[0].mark is not None:
            return
        group, name = rows[0].row.id, f"c{len(self.people)}"
        members = [mention.post for mention in self.cluster.posts.members(unit, group)]
        command: GroupCommand = GroupSetAside(command_id=name, actor="account:zhiban", group=group)
        if what % 3 == 0:
            command = Open(command_id=name, actor="account:zhiban", group=group)
        elif what % 3 == 1 and len(set(members)) > 1:
            command = GroupSplit(command_id=name, actor="account:zhiban", group=group, posts=(members[-1],))
        self.cluster.processes[0].desk.execute(unit, command, roles=DUTY)
        self.people.append(Decided(len(self.cluster.worked), self.cluster.clock.at, unit, command))


def recorded(stream: Sequence[Post], what: Sequence[tuple[int, int]], limit: int) -> Recording:
    """Return the recording of a stream: posts come one by one, processes take turns, a person decides now and then."""
    cluster = Cluster(a_watch(), classifier=a_classifier(), limit=limit)
    recording = Recording(cluster)
    for _ in range(2):
        cluster.start()
    for number, post in enumerate(stream):
        cluster.bus.publish([post])
        which, person = what[number % len(what)] if what else (0, 5)
        cluster.step(which, "finder")
        cluster.step(which, "grouper")
        cluster.clock.at += MINUTE
        if person % 4 == 0:
            recording.decide(person)
    cluster.drain()
    return recording


WHAT = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 23)), min_size=1, max_size=14)


def compare(recording: Recording, posts: PostStore, log: IncidentLog) -> None:
    """Rows are equal field by field and batches byte by byte, for each unit."""
    feed(recording.story, a_watch(), posts, log)
    for unit in UNITS:
        assert rows_of(posts, unit) == rows_of(recording.cluster.posts, unit)
        assert batches_of(log, unit) == batches_of(recording.cluster.log, unit)


@settings(max_examples=80, deadline=None)
@given(stream=streams(), what=WHAT, limit=st.integers(1, 5))
def test_one_mention_stream_gives_equal_groups_and_batches(
    stream: list[Post], what: list[tuple[int, int]], limit: int
) -> None:
    """Whatever partitions it came in, and whoever worked them."""
    posts = MemoryPostStore()
    compare(recorded(stream, what, limit), posts, MemoryIncidentLog(posts))


@settings(max_examples=6, deadline=None)
@given(stream=streams(), what=WHAT, limit=st.integers(1, 5))
def test_one_mention_stream_gives_equal_groups_and_batches_in_the_embedded_stores(
    stream: list[Post], what: list[tuple[int, int]], limit: int
) -> None:
    """As the cluster recorded it, fed to the embedded profile."""
    with (
        TemporaryDirectory() as folder,
        closing(open_huiyin(Path(folder) / "huiyin.db")) as writer,
        closing(SqlitePostStore(writer)) as posts,
        closing(SqliteIncidentLog(writer)) as log,
    ):
        compare(recorded(stream, what, limit), posts, log)
