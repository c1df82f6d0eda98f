"""Posts of a matter as a page shows them: hits marked, and everything that a reader must know of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.http.highlight import Piece, pieces
from pipeline.domain.mention import Answer, Opinion
from pipeline.domain.post import Post, Visibility
from pipeline.ports import StoredPost
from pipeline.workflow.dossier import SeenPost

from .reader import Reader


@dataclass(frozen=True, slots=True)
class PostView:
    """
    One post. `withheld` is "erased" or "internal" where its words are not shown. `said` is when it spoke, as words.

    `address` is what a link may lead to; `is_sealed`: it has one that is opened by a step on record alone.
    """

    id: str
    version: str
    source: str
    origin: str
    said: str
    said_iso: str
    collected: str
    title: Sequence[Piece]
    text: Sequence[Piece]
    withheld: str
    marks: Sequence[str]
    opinion: str
    address: str
    is_sealed: bool
    is_internal: bool
    headline: str


def post_view(reader: Reader, seen: SeenPost) -> PostView:
    """Return a member of a matter as this reader may see it."""
    marks = [*_marks(reader, seen.stored, is_edited=seen.is_edited), *_marks_of_mention(reader, seen)]
    shown = _view(reader, seen.stored, marks, _opinion(reader, seen.mention.opinion))
    if shown.withheld:
        return shown
    post = seen.stored.post
    return replace(shown, title=pieces(post.title, seen.hits, "title"), text=pieces(post.text, seen.hits, "text"))


def plain_post_view(reader: Reader, stored: StoredPost) -> PostView:
    """Return a post without hits: a plea, or a post that was found by a search."""
    shown = _view(reader, stored, _marks(reader, stored, is_edited=False), "")
    if shown.withheld:
        return shown
    return replace(shown, title=pieces(stored.post.title, (), "title"), text=pieces(stored.post.text, (), "text"))


def said_at(reader: Reader, post: Post) -> str:
    """Return when a post says that it was published; where it does not, or says too late a time, that it is so."""
    if post.published_at is None:
        return reader.words("common.time_unknown")
    claimed = "" if post.occurred_at == post.published_at else reader.words("incident.claimed_time")
    return reader.at(post.published_at) + claimed


def _view(reader: Reader, stored: StoredPost, marks: Sequence[str], opinion: str) -> PostView:
    post = stored.post
    is_internal = post.visibility is Visibility.INTERNAL
    withheld = "erased" if stored.erased else "" if reader.reads(post) else "internal"
    return PostView(
        id=post.id,
        version=post.version,
        source=reader.called.source(post.source),
        origin=post.origin.value,
        said=said_at(reader, post),
        said_iso=reader.moments.iso(post.occurred_at),
        collected=reader.at(post.collected_at),
        title=(),
        text=(),
        withheld=withheld,
        marks=marks,
        opinion=opinion,
        address="" if withheld or post.sealed_address else post.address or "",
        is_sealed=not withheld and bool(post.sealed_address),
        is_internal=is_internal,
        headline="" if withheld else " ".join((post.title or post.text).split())[:40],
    )


def _marks(reader: Reader, stored: StoredPost, *, is_edited: bool) -> list[str]:
    words = reader.words
    marks = [words("common.edited")] if is_edited else []
    marks += _marks_of_letter(reader, stored.post) if reader.reads(stored.post) and not stored.erased else []
    if stored.gone_at is not None:
        marks.append(words("incident.gone_since", when=reader.at(stored.gone_at)))
    return marks


def _marks_of_letter(reader: Reader, post: Post) -> list[str]:
    """Return the number of a letter in the system of origin, and what that system says was answered."""
    marks = [reader.words("letters.mark_ref", ref=post.ref)] if post.ref else []
    said = post.stated.answer if post.stated else ""
    return [*marks, reader.words("letters.mark_answer", answer=said)] if said else marks


def _marks_of_mention(reader: Reader, seen: SeenPost) -> list[str]:
    held = {"repost": bool(seen.mention.repost_of), "grave": seen.mention.grave, "lapsed": not seen.hits}
    return [reader.words(f"incident.{name}") for name, holds in held.items() if holds]


def _opinion(reader: Reader, opinion: Opinion) -> str:
    """Return what the machine holds of the text; "" where it abstains in everything."""
    said = [_answer(opinion.act), _answer(opinion.service_line)]
    known = [each for each in said if each]
    return reader.words("incident.opinion", said=" · ".join(known)) if known else ""


def _answer(answer: Answer) -> str:
    return f"{answer.label} {answer.confidence // 100}%" if isinstance(answer.label, str) else ""
