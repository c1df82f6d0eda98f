"""Posts as the API shows them: masked, without an author, and without words where the reader may not have them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.mention import HEADS, Opinion
from pipeline.domain.post import Millis, Post
from pipeline.domain.row import iso_of
from pipeline.workflow.dossier import SeenPost
from pipeline.workflow.headline import Headline


def moment(at: Millis | None) -> str | None:
    """Return a moment as ISO 8601 in UTC."""
    return None if at is None else iso_of(at)


@dataclass(frozen=True, slots=True)
class HeadlineShown:
    """
    The words that name a matter. `withheld` says why there are none: "erased", "internal" or "conduct".

    `said_at` null: the source does not say when; `collected_at` counts then.
    """

    post: str
    text: str | None
    withheld: str
    source: str
    origin: str
    is_internal: bool
    said_at: str | None
    collected_at: str | None


@dataclass(frozen=True, slots=True)
class HitShown:
    """Where a term stands: code points of the masked title or text."""

    field: str
    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """One head of the machine's opinion; `label` null is an abstention, `confidence` is in 1/10,000."""

    label: str | bool | None
    confidence: int


@dataclass(frozen=True, slots=True)
class PostShown:
    """
    A stored post, masked. `title` and `text` are null where `withheld` is not "" ("erased").

    `address` is null where there is none or where it names its author; `has_original` says whether it can be opened.
    """

    id: str
    version: str
    source: str
    origin: str
    kind: str
    visibility: str
    title: str | None
    text: str | None
    withheld: str
    published_at: str | None
    collected_at: str
    occurred_at: str
    due_at: str | None
    ref: str | None
    address: str | None
    has_original: bool
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MemberShown:
    """A post of a matter: which rules met it and where, what the machine holds of it, what became of it."""

    post: PostShown
    group: str
    rules: Sequence[str]
    hits: Sequence[HitShown]
    opinion: Mapping[str, AnswerShown]
    model: str
    line: str | None
    place: str | None
    repost_of: str | None
    is_grave: bool
    is_edited: bool
    gone_at: str | None


def headline_shown(headline: Headline) -> HeadlineShown:
    """Return the headline, as it was read for the reader's roles."""
    withheld = headline.withheld or ("" if headline.text else "erased")
    return HeadlineShown(
        post=headline.post,
        text=None if withheld else headline.text,
        withheld=withheld,
        source=headline.source,
        origin=headline.origin.value,
        is_internal=headline.is_internal,
        said_at=moment(headline.said_at),
        collected_at=moment(headline.collected_at or None),
    )


def post_shown(post: Post, *, erased: bool = False, address: bool = True) -> PostShown:
    """
    Return a post that the reader's roles may read (visibility.py).

    `address` False leaves the address out where opening it is to be on record.
    """
    withheld = "erased" if erased else ""
    return PostShown(
        id=post.id,
        version=post.version,
        source=post.source,
        origin=post.origin.value,
        kind=post.kind.value,
        visibility=post.visibility.value,
        title=None if withheld else post.title,
        text=None if withheld else post.text,
        withheld=withheld,
        published_at=moment(post.published_at),
        collected_at=iso_of(post.collected_at),
        occurred_at=iso_of(post.occurred_at),
        due_at=moment(post.due_at),
        ref=None if withheld else post.ref,
        address=post.address if address and not withheld else None,
        has_original=not withheld and bool(post.address or post.sealed_address),
        counts=dict(post.counts),
    )


def member_shown(seen: SeenPost) -> MemberShown:
    """Return a post as the member of a matter."""
    post = post_shown(seen.stored.post, erased=seen.stored.erased)
    return MemberShown(
        post=post,
        group=seen.group,
        rules=seen.rules,
        hits=[] if post.withheld else [HitShown(hit.field, hit.term, hit.start, hit.end) for hit in seen.hits],
        opinion=opinion_shown(seen.mention.opinion),
        model=seen.mention.opinion.model,
        line=seen.mention.service_line,
        place=seen.mention.place,
        repost_of=seen.mention.repost_of,
        is_grave=seen.mention.grave,
        is_edited=seen.is_edited,
        gone_at=moment(seen.stored.gone_at),
    )


def opinion_shown(opinion: Opinion) -> Mapping[str, AnswerShown]:
    """Return the machine's opinion, head by head."""
    answers = {head: getattr(opinion, head) for head in HEADS}
    return {head: AnswerShown(answer.label, answer.confidence) for head, answer in answers.items()}
