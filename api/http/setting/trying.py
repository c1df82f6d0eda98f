"""What a change of words, places or unit would do to stored posts, as its page tells it before anything is saved."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.http.desk.reader import Reader
from api.http.highlight import Piece, pieces
from api.watch_trial import Example, WatchTrial, try_watch
from api.words import Words
from pipeline.domain.post import Post
from pipeline.domain.unit_settings import Table
from pipeline.stages.conduct import ConductMatcher
from pipeline.workflow.settings import watch_of
from pipeline.workflow.visibility import READS, readable

from .form import Held
from .rule_title import rule_title
from .saving import own_with

SHOWN = 8
"""So many posts of each kind are shown; all are counted."""
LOOKED_FOR = 60
"""So many are looked through for those whose words the reader may read."""
AROUND = 70
"""Characters of a long post that are shown before its first hit and after its last."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A post of which the answer changes: where it was said, its words with the hits, and the lists that find it."""

    id: str
    source: str
    pieces: Sequence[Piece]
    rules: Sequence[str]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a change would do, and examples of it that the reader may read."""

    counted: WatchTrial
    added: Sequence[Shown]
    dropped: Sequence[Shown]


def trial_of(reader: Reader, held: Held, key: str, table: Table | None) -> Trial:
    """Return what the change would do to the newest stored posts."""
    settings, unit = reader.service.settings, reader.unit
    before = watch_of(unit, held.own, settings.wide_sources)
    after = watch_of(unit, settings.of_tables(own_with(held.own, key, table)), settings.wide_sources)
    counted = try_watch(reader.service.stores.posts, before, after, reader.service.clock.now())
    complaints = ConductMatcher(held.own.conduct)
    return Trial(counted, _shown(reader, counted.added, complaints), _shown(reader, counted.dropped, complaints))


def _shown(reader: Reader, examples: Sequence[Example], complaints: ConductMatcher) -> Sequence[Shown]:
    """A complaint about staff that no rule has found yet is one all the same: only who reads such sees its words."""
    found = {
        each.post.id: each
        for each in examples[:LOOKED_FOR]
        if reader.who.roles & READS or not complaints.complains(each.post.title, each.post.text)
    }
    may = readable(reader.service.stores.posts, reader.state, [each.post for each in found.values()], reader.who.roles)
    return [_as_shown(reader, post, found[post.id], reader.words) for post in may[:SHOWN]]


def _as_shown(reader: Reader, post: Post, example: Example, words: Words) -> Shown:
    names = [rule_title(rule, words) for rule in example.rules]
    return Shown(post.id, reader.called.source(post.source), excerpt(post.text, example), names)


def excerpt(text: str, example: Example) -> Sequence[Piece]:
    """Return the words around the hits, as pieces that a template escapes one by one."""
    hits = [hit for hit in example.hits if hit.field == "text"]
    whole = pieces(text, hits, "text")
    shown: list[Piece] = []
    for number, piece in enumerate(whole):
        if piece.is_hit or len(piece.text) <= 2 * AROUND:
            shown.append(piece)
            continue
        head = piece.text[:AROUND] if number else ""
        tail = piece.text[-AROUND:] if number < len(whole) - 1 else ""
        shown.append(Piece(f"{head}…{tail}" if head or tail else f"{piece.text[: 2 * AROUND]}…", is_hit=False))
    return shown
