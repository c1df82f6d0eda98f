"""
Posts, mentions and opinions as JSON text: the form of the bus and the stores. Rows that people script against: row.py.

What is empty is left out, so the text is small and stays readable when a field is added. Tokens are written only
where they are asked for: they belong on the bus and in `state.db`, never in what is backed up (MECHANICS §1).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import cast

from .errors import BadInput
from .mention import HEADS, Answer, Hit, Mention, Opinion
from .post import Kind, Origin, Post, Token, Visibility
from .stated import stated_from

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_PLAIN = (
    "given_id",
    "address",
    "sealed_address",
    "ref",
    "published_at",
    "due_at",
    "thread",
    "title",
    "body_hash",
)
_MENTION_PLAIN = tuple(field.name for field in fields(Mention) if field.name not in {"hits", "opinion"})


def post_to_json(post: Post, *, with_tokens: bool = False) -> str:
    """Return the post as JSON text. Only the bus asks for tokens: what holds them must never be backed up."""
    said: dict[str, object] = {
        "id": post.id,
        "version": post.version,
        "heads": post.heads,
        "source": post.source,
        "text": post.text,
        "collected_at": post.collected_at,
        "salt": post.salt,
    }
    for name in _PLAIN:
        value = getattr(post, name)
        if value is not None and value != "":
            said[name] = value
    if post.origin is not Origin.MONITORED:
        said["origin"] = post.origin.value
    if post.visibility is not Visibility.PUBLIC:
        said["visibility"] = post.visibility.value
    if post.kind is not Kind.POST:
        said["kind"] = post.kind.value
    if post.counts:
        said["counts"] = dict(post.counts)
    if post.stated is not None:
        said["stated"] = post.stated.data()
    if with_tokens and post.tokens:
        said["tokens"] = [(token.period, token.value) for token in post.tokens]
    return _encode(said)


def post_from_json(text: str | bytes) -> Post:
    """Return the post that the JSON text holds; raise BadInput where it holds none."""
    try:
        said = json.loads(text)
        return Post(
            id=said["id"],
            version=said["version"],
            heads=tuple(said["heads"]),
            source=said["source"],
            text=said["text"],
            title=said.get("title", ""),
            collected_at=said["collected_at"],
            salt=said["salt"],
            given_id=said.get("given_id"),
            address=said.get("address"),
            sealed_address=said.get("sealed_address"),
            ref=said.get("ref"),
            origin=Origin(said.get("origin", Origin.MONITORED)),
            visibility=Visibility(said.get("visibility", Visibility.PUBLIC)),
            kind=Kind(said.get("kind", Kind.POST)),
            published_at=said.get("published_at"),
            due_at=said.get("due_at"),
            thread=said.get("thread"),
            counts=said.get("counts", {}),
            tokens=tuple(Token(period, value) for period, value in said.get("tokens", ())),
            body_hash=said.get("body_hash", ""),
            stated=stated_from(said.get("stated", {})),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise _unreadable("post", cause) from None


def opinion_to_json(opinion: Opinion) -> str:
    """Return the opinion as JSON text: the model, and label and confidence of each head that did not abstain."""
    said: dict[str, object] = {"model": opinion.model}
    for head in HEADS:
        answer: Answer = getattr(opinion, head)
        if answer.label is not None or answer.confidence:
            said[head] = (answer.label, answer.confidence)
    return _encode(said)


def opinion_from_json(text: str | bytes) -> Opinion:
    """Return the opinion that the JSON text holds; raise BadInput where it holds none."""
    try:
        said = json.loads(text)
        answers = {head: Answer(said[head][0], said[head][1]) for head in HEADS if head in said}
        return Opinion(model=said["model"], **answers)
    except (ValueError, KeyError, TypeError, IndexError) as cause:
        raise _unreadable("opinion", cause) from None


def hits_to_json(hits: Iterable[Hit]) -> str:
    """Return hits as JSON text: a list of [field, term, start, end]."""
    return _encode([(hit.field, hit.term, hit.start, hit.end) for hit in hits])


def hits_from_json(text: str | bytes) -> tuple[Hit, ...]:
    """Return the hits that the JSON text holds; raise BadInput where it holds none."""
    try:
        rows = cast("list[tuple[str, str, int, int]]", _list_in(text))
        return tuple(Hit(field, term, start, end) for field, term, start, end in rows)
    except (ValueError, TypeError) as cause:
        raise _unreadable("list of hits", cause) from None


def tokens_to_json(tokens: Sequence[Token]) -> str:
    """Return tokens as JSON text: a list of [period, value]."""
    return _encode([(token.period, token.value) for token in tokens])


def tokens_from_json(text: str | bytes) -> tuple[Token, ...]:
    """Return the tokens that the JSON text holds; raise BadInput where it holds none."""
    try:
        pairs = cast("list[tuple[str, int]]", _list_in(text))
        return tuple(Token(period, value) for period, value in pairs)
    except (ValueError, TypeError) as cause:
        raise _unreadable("list of tokens", cause) from None


def mention_to_json(mention: Mention) -> str:
    """Return the mention as JSON text, its hits and opinion inside."""
    said: dict[str, object] = {}
    for name in _MENTION_PLAIN:
        value = getattr(mention, name)
        if value is not None and value is not False:
            said[name] = value
    said["hits"] = hits_to_json(mention.hits)
    said["opinion"] = opinion_to_json(mention.opinion)
    return _encode(said)


def mention_from_json(text: str | bytes) -> Mention:
    """Return the mention that the JSON text holds; raise BadInput where it holds none."""
    try:
        said = cast("dict[str, str]", json.loads(text))
        hits = hits_from_json(said.pop("hits"))
        opinion = opinion_from_json(said.pop("opinion"))
        nothing = {"group": None, "repost_of": None}
        return Mention(**{**nothing, **said}, hits=hits, opinion=opinion)  # type: ignore[arg-type]  # values are JSON's
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise _unreadable("mention", cause) from None


def _list_in(text: str | bytes) -> object:
    value = json.loads(text)
    if not isinstance(value, list):
        raise TypeError
    return value


def _unreadable(what: str, cause: Exception) -> BadInput:
    """Name the thing and the kind of fault, and nothing of the content."""
    return BadInput(f"a stored {what} cannot be read ({type(cause).__name__}); run `huiyin verify`", code="INP-110")
