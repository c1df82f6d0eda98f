"""
The one door in: a raw post becomes a stored post, masked and without its author (MECHANICS §2).

Pure: chance (salt) and secrets (keys, the sealing of addresses) come from the caller. Nothing of a raw post may be
logged; what fails here is buried by the door with source, address, error and hash only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from .address import canonical_address, names_author
from .identity import is_web_address, key_of_address, key_of_native_id, key_of_private, key_of_text, version_of
from .masking import mask
from .post import Kind, Millis, Post, RawPost
from .poster_token import PeriodKey, tokens_of
from .stated import LONGEST, MEANS, SUPERIORS, Stated


@dataclass(frozen=True, slots=True)
class IntakeKeys:
    """
    What intake may not make itself. `salt` is drawn anew for every post.

    `seal` encrypts an address that names its author; `address_key` makes such an address findable without being
    guessable; `keep` are terms that masking never eats (places, terms of rules).
    """

    salt: str
    address_key: bytes = field(repr=False)
    seal: Callable[[str], str]
    periods: tuple[PeriodKey, ...] = ()
    keep: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Where:
    """Where a raw post stands: its canonical address, and whether that names its author."""

    source: str
    address: str | None
    is_private: bool
    address_key: bytes

    def key_of(self, address: str) -> str:
        """Return the key of an address of this source, keyed where its addresses name people."""
        if self.is_private or names_author(address):
            return key_of_private(self.source, address, self.address_key)
        return key_of_address(self.source, address)


def intake(raw: RawPost, keys: IntakeKeys, now: Millis) -> Post:
    """
    Return the post as it is stored: ids, masked text, tokens, salt; no author, no address that names one.

    `heads` is never empty and its first key is the id. `collected_at` missing means now. Length and code points of
    title and text stay, so offsets hold.
    """
    where = _locate(raw, keys.address_key)
    title = masked_text(raw.title, keys.keep)
    text = masked_text(raw.text, keys.keep)
    heads = _heads(raw, where) or (key_of_text(raw.source, text or title),)
    collected_at = now if raw.collected_at is None else raw.collected_at
    return Post(
        id=heads[0],
        version=version_of(title, text),
        heads=heads,
        source=raw.source,
        text=text,
        title=title,
        collected_at=collected_at,
        salt=keys.salt,
        given_id=None if _id_names_author(raw.native_id, where) else raw.native_id,
        address=None if where.is_private else where.address,
        sealed_address=keys.seal(raw.address.strip()) if where.is_private and raw.address else None,
        ref=raw.ref,
        origin=raw.origin,
        visibility=raw.visibility,
        kind=raw.kind,
        published_at=raw.published_at,
        due_at=raw.due_at,
        thread=_thread(raw.parent, where),
        counts=_plain_counts(raw.counts),
        tokens=tokens_of(raw.source, raw.poster, collected_at, keys.periods) if raw.poster else (),
        body_hash=raw.body_hash,
        stated=None if raw.stated is None else _masked_stated(raw.stated, keys.keep),
    )


def masked_text(text: str, keep: frozenset[str]) -> str:
    """Return a text as it is stored, whoever wrote it: masked, as long as before, and such that a store can hold it."""
    return mask(_without_unstorable(text), keep)


def _masked_stated(said: Stated, keep: frozenset[str]) -> Stated | None:
    """Return what was stated, masked like the post's own words; codes that are none are left out."""
    masked = Stated(
        line=masked_text(said.line[:LONGEST], keep),
        place=masked_text(said.place[:LONGEST], keep),
        same_as=said.same_as if said.same_as.isascii() and said.same_as.isalnum() else "",
        to_unit=said.to_unit if said.to_unit.isascii() and said.to_unit.isprintable() else "",
        whom=said.whom if said.whom in SUPERIORS else "",
        office=masked_text(said.office[:LONGEST], keep),
        wants=masked_text(said.wants[:LONGEST], keep),
        imported="yes" if said.imported else "",
        answered_at=said.answered_at if _is_moment(said.answered_at) else "",
        how=said.how if said.how in MEANS else "",
        answer=masked_text(said.answer[:LONGEST], keep),
        done_at=said.done_at if _is_moment(said.done_at) else "",
    )
    return masked if masked.data() else None


def _is_moment(said: str) -> bool:
    """Whether the text is milliseconds UTC of this century: no number of a person is one."""
    return said.isascii() and said.isdecimal() and len(said) <= 13 and 946_684_800_000 <= int(said) < 4_102_444_800_000


def masked_again(post: Post, keep: frozenset[str]) -> Post:
    """Return a post that was made by another machine's intake, masked by ours too; equal where nothing is to mask."""
    title, text = masked_text(post.title, keep), masked_text(post.text, keep)
    if (title, text) == (post.title, post.text):
        return post
    return replace(post, title=title, text=text, version=version_of(title, text))


def public_address(raw: RawPost) -> str:
    """Return what may be said of a raw post's address where intake failed: canonical, or "" if it names its author."""
    where = _locate(raw, b"")
    return "" if where.is_private else where.address or ""


def _locate(raw: RawPost, address_key: bytes) -> _Where:
    address = canonical_address(raw.address) if raw.address and raw.address.strip() else None
    is_private = raw.address_names_author or (address is not None and names_author(address))
    return _Where(raw.source, address, is_private, address_key)


def _heads(raw: RawPost, where: _Where) -> tuple[str, ...]:
    """Return the keys of native id and address, the native id's first; a native id may be an address too."""
    keys: list[str] = []
    if raw.native_id:
        if not _id_names_author(raw.native_id, where):
            keys.append(key_of_native_id(raw.source, raw.native_id))
        elif not is_web_address(raw.native_id):
            keys.append(key_of_private(raw.source, raw.native_id, where.address_key))
        if is_web_address(raw.native_id):
            keys.append(where.key_of(canonical_address(raw.native_id)))
    if where.address and _is_its_own_address(raw, where.address):
        keys.append(where.key_of(where.address))
    return tuple(dict.fromkeys(keys))


def _is_its_own_address(raw: RawPost, address: str) -> bool:
    """Whether the address is this post's: a reply often carries its thread's, and would be taken for the thread."""
    if raw.tells_of_address and raw.native_id:
        return False
    if raw.kind is not Kind.REPLY and not raw.parent:
        return True
    if raw.native_id:
        return False
    return not (raw.parent and is_web_address(raw.parent) and canonical_address(raw.parent) == address)


def _thread(parent: str | None, where: _Where) -> str | None:
    """Return the key that the parent has by the same rule; `post_heads` leads from it to the parent's id."""
    if not parent:
        return None
    if is_web_address(parent):
        return where.key_of(canonical_address(parent))
    if _id_names_author(parent, where):
        return key_of_private(where.source, parent, where.address_key)
    return key_of_native_id(where.source, parent)


def _id_names_author(native_id: str | None, where: _Where) -> bool:
    """Whether a native id may name the author: it is written like an address, where addresses name people."""
    if not native_id:
        return False
    if is_web_address(native_id) and names_author(native_id):
        return True
    return where.is_private and any(mark in native_id for mark in "/@:")


def _without_unstorable(text: str) -> str:
    """Return the text with what no store can hold (half of a surrogate pair, NUL) as U+FFFD, one for one."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def _plain_counts(counts: Mapping[str, int]) -> Mapping[str, int]:
    """Return the counts whose names are plain words (likes, replies …): a name of a person in a key would be kept."""
    return {name: number for name, number in counts.items() if name.isascii() and name.isidentifier()}
