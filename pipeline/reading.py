"""The first half's part of a step: what is new of the posts, which rules they meet, what the classifier says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from .domain.mention import NO_OPINION, Opinion
from .domain.post import Post
from .means import ReadingMeans
from .opinions import opinions_of
from .ports import Head
from .recall import newest_times
from .redelivery import as_before
from .stages.arrivals import Arrival, keys_of, sort_arrivals, with_first_tokens
from .stages.fold import Candidate
from .stages.match import Match
from .stages.watching import Watching

Met: TypeAlias = dict[tuple[str, str], tuple[Match, ...]]
"""Post id and version → the rules that this text meets; nothing of a post that broke the matcher."""


@dataclass(frozen=True, slots=True)
class Read:
    """What is new of posts, in order; of what says something, the rules met and the opinion. `heads` are theirs."""

    arrivals: Sequence[Arrival]
    met: Met
    opinions: Mapping[str, Opinion]
    heads: Mapping[str, Head]

    @property
    def posts(self) -> list[Post]:
        """The posts to store, in order."""
        return [arrival.post for arrival in self.arrivals]

    def telling(self) -> Iterable[tuple[Post, tuple[Match, ...], Opinion]]:
        """
        Yield what concerns anybody: posts that rules meet, and new versions of known posts, whether met or not.

        What came late says nothing, even where its very text is there again behind it.
        """
        for arrival in self.arrivals:
            post = arrival.post
            if not arrival.is_old and (met := self.met.get(_key(post))) is not None:
                yield post, met, self.opinions.get(post.version, NO_OPINION)


@dataclass(slots=True)
class Reading:
    """Reads posts by the rules that hold now. It stores nothing but letters on what broke the matcher."""

    means: ReadingMeans
    _watching: Watching | None = field(default=None)

    def forget_watch(self) -> None:
        """Other rules hold from now on."""
        self._watching = None

    def read(self, posts: Sequence[Post], may_be_stored: Sequence[Post] = ()) -> Read:
        """Return what is new of the posts; of those that may be stored perhaps nobody was ever told."""
        store, tokens = self.means.stores.posts, self.means.stores.tokens
        heads = store.heads(keys_of(posts))
        erased = store.erased({key for post in posts for key in (post.id, *post.heads)} | _ids(heads))
        if may_be_stored:
            heads, newest_at = as_before(heads, may_be_stored, store)
        else:
            newest_at = newest_times(store, posts, heads)
        sorted_out = sort_arrivals(posts, heads, erased, newest_at)
        arrivals = with_first_tokens(sorted_out, tokens.of({each.post.id for each in sorted_out}))
        met = self._met([arrival for arrival in arrivals if not arrival.is_old])
        read = [arrival.post for arrival in arrivals if _key(arrival.post) in met]
        return Read(arrivals, met, opinions_of(read, store, self.means.classifier), heads)

    def _met(self, arrivals: Sequence[Arrival]) -> Met:
        """Return the matches of all units' rules; a post that breaks the matcher is buried and stays stored."""
        if self._watching is None:
            self._watching = Watching(self.means.watch, self.means.matcher_of)
        met: Met = {}
        for arrival in arrivals:
            post = arrival.post
            try:
                matches = self._watching.matches(post)
            except Exception as failure:  # noqa: BLE001 - a named boundary: it logs, counts, keeps the item
                self.means.burial.bury(post, "match", failure)
                continue
            if matches or arrival.is_edit:
                met[_key(post)] = matches
        return met


def offered_to(unit: str, read: Read) -> Iterable[Candidate]:
    """Yield what was read as one unit is offered it: with its own matches, which may be none."""
    for post, matches, opinion in read.telling():
        yield Candidate(post, of_unit(matches, unit), opinion)


def of_unit(matches: Iterable[Match], unit: str) -> tuple[Match, ...]:
    """Return the matches that concern the unit."""
    return tuple(match for match in matches if match.rule.unit in (None, unit))


def _key(post: Post) -> tuple[str, str]:
    return (post.id, post.version)


def _ids(heads: Mapping[str, Head]) -> frozenset[str]:
    return frozenset(head.id for head in heads.values())
