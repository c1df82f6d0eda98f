"""
The cut of a weekly digest, as the event `week_closed` records it (MECHANICS §6).

What the log itself does not know stands in the batch: counts of posts, coverage, gaps in running, which ids are named.
So the digest stays a pure function of the log up to the cut and of the texts by id.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .event import Event, Value
from .event_data import number, table, tables, text, texts
from .post import Millis

MOST_NAMED = 200
"""So many ids of one kind a cut keeps; the counts are exact."""


@dataclass(frozen=True, slots=True)
class NamedMatter:
    """
    An incident that the digest names, with its size at the cut. `rank` 1 to 5: one of the week's matters; 0: it waits
    for the leader.

    `post` leads it. `version` is the version of that post whose words may be quoted; "" where none may be.
    """

    incident: str
    rank: int
    post: str
    version: str
    posts: int
    posters: int
    sources: int


@dataclass(frozen=True, slots=True)
class ClosedWeek:
    """
    The cut of a weekly digest. It tells the log behind the cut before it, up to `until_seq`.

    `since` and `until` are the week's Mondays; `seq` is the batch that closed it, 0 in a preview. `dead` are the
    sources that could not be seen, with the moment since when (0: never seen); `gaps` are the spans in which nothing
    ran. `conduct` are the open incidents that complain about staff, of which no leader has decided: the digest names
    them by id alone. `needs` and `praise` are posts that were found, at most MOST_NAMED of each; `quoted` are those of
    all posts whose words the digest may carry, each as POST@VERSION.
    """

    week: str
    seq: int
    since: Millis
    until: Millis
    until_seq: int
    counts: Mapping[str, int]
    alive_sources: int
    all_sources: int
    dead: Mapping[str, Millis]
    gaps: tuple[tuple[Millis, Millis], ...]
    matters: tuple[NamedMatter, ...]
    conduct: tuple[str, ...]
    needs: tuple[str, ...]
    praise: tuple[str, ...]
    quoted: tuple[str, ...]
    at: Millis

    @property
    def sees_all(self) -> bool:
        """Whether a count of nothing means nothing: there were sources, and all of them were alive."""
        return 0 < self.all_sources == self.alive_sources


def closed_week(event: Event, seq: int) -> ClosedWeek:
    """Return the cut that the event records."""
    data = event.data
    return ClosedWeek(
        week=text(data, "week"),
        seq=seq,
        since=number(data, "since"),
        until=number(data, "until"),
        until_seq=number(data, "until_seq"),
        counts=_numbers(data, "counts"),
        alive_sources=number(data, "alive_sources"),
        all_sources=number(data, "all_sources"),
        dead=_numbers(data, "dead"),
        gaps=tuple(sorted((int(since), until) for since, until in _numbers(data, "gaps").items())),
        matters=tuple(map(_matter, tables(data, "matters"))),
        conduct=texts(data, "conduct"),
        needs=texts(data, "needs"),
        praise=texts(data, "praise"),
        quoted=texts(data, "quoted"),
        at=event.at,
    )


def data_of_cut(cut: ClosedWeek) -> dict[str, Value]:
    """Return the data of the event that records the cut."""
    return {
        "week": cut.week,
        "since": cut.since,
        "until": cut.until,
        "until_seq": cut.until_seq,
        "counts": {name: cut.counts[name] for name in sorted(cut.counts)},
        "alive_sources": cut.alive_sources,
        "all_sources": cut.all_sources,
        "dead": {source: cut.dead[source] for source in sorted(cut.dead)},
        "gaps": {str(since): until for since, until in cut.gaps},
        "matters": [
            {
                "incident": one.incident,
                "rank": one.rank,
                "post": one.post,
                "version": one.version,
                "posts": one.posts,
                "posters": one.posters,
                "sources": one.sources,
            }
            for one in cut.matters
        ],
        "conduct": list(cut.conduct),
        "needs": list(cut.needs),
        "praise": list(cut.praise),
        "quoted": list(cut.quoted),
    }


def _matter(data: Mapping[str, Value]) -> NamedMatter:
    return NamedMatter(
        incident=text(data, "incident"),
        rank=number(data, "rank"),
        post=text(data, "post"),
        version=text(data, "version"),
        posts=number(data, "posts"),
        posters=number(data, "posters"),
        sources=number(data, "sources"),
    )


def _numbers(data: Mapping[str, Value], key: str) -> dict[str, int]:
    inner = table(data, key)
    return {name: number(inner, name) for name in inner}
