"""The one door in: every raw post is on the bus, turned away or buried when `admit` returns (MECHANICS §2)."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.domain.errors import HuiyinError
from pipeline.domain.intake import IntakeKeys, intake, masked_again, public_address
from pipeline.domain.post import Millis, Post, RawPost
from pipeline.domain.poster_token import PeriodKey
from pipeline.ports import Admitted, Clock, DeadLetter, PostBus

_SALT_BYTES = 16


def _keep_nothing() -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class DoorKeys:
    """
    What the door needs to keep secrets: the living period keys, the sealing of addresses, chance for salts.

    `keep` is asked at each call for the terms that masking never eats: places and terms of the rules in force.
    """

    periods: Callable[[Millis], tuple[PeriodKey, ...]]
    seal: Callable[[str], str]
    address_key: bytes = field(repr=False)
    draw: Callable[[int], bytes]
    keep: Callable[[], frozenset[str]] = _keep_nothing


class IntakeDoor:
    """Intake, then the bus; nothing else publishes a post."""

    def __init__(
        self,
        bus: PostBus,
        *,
        erased: Callable[[Iterable[str]], frozenset[str]],
        keys: DoorKeys,
        clock: Clock,
    ) -> None:
        self._bus = bus
        self._erased = erased
        self._keys = keys
        self._clock = clock

    def admit(self, raws: Sequence[RawPost]) -> Admitted:
        """Every raw post is on the bus, turned away or buried when the call returns; or StoreUnavailable is raised."""
        now = self._clock.now()
        periods = self._keys.periods(now)
        keep = self._keys.keep()
        posts: list[Post] = []
        letters: list[DeadLetter] = []
        for raw in raws:
            try:
                posts.append(intake(raw, self._fresh_keys(periods, keep), now))
            except (HuiyinError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as cause:
                letters.append(self._letter(raw, cause, now))
        welcome = self._not_erased(posts)
        if letters:
            self._bus.bury(letters)
        if welcome:
            self._bus.publish(welcome)
        return Admitted(published=len(welcome), turned_away=len(posts) - len(welcome), buried=len(letters))

    def readmit(self, posts: Sequence[Post]) -> Admitted:
        """
        Posts that another machine's door made are on the bus, or turned away where they were erased here.

        They are masked once more, by the terms that are kept here: what is masked stays so, and what a faulty machine
        let through does not come in.
        """
        keep = self._keys.keep()
        welcome = self._not_erased([masked_again(post, keep) for post in posts])
        if welcome:
            self._bus.publish(welcome)
        return Admitted(published=len(welcome), turned_away=len(posts) - len(welcome))

    def _fresh_keys(self, periods: tuple[PeriodKey, ...], keep: frozenset[str]) -> IntakeKeys:
        salt = self._keys.draw(_SALT_BYTES).hex()
        return IntakeKeys(salt, self._keys.address_key, self._keys.seal, periods, keep)

    def _not_erased(self, posts: Sequence[Post]) -> list[Post]:
        """Leave out posts that were erased under any of their keys: a better id must not bring a text back."""
        if not posts:
            return []
        erased = self._erased({key for post in posts for key in (post.id, *post.heads)})
        return [post for post in posts if erased.isdisjoint((post.id, *post.heads))]

    def _letter(self, raw: RawPost, cause: Exception, now: Millis) -> DeadLetter:
        """Say which page failed and how, and nothing of what it said; the sentence of a strange error may quote it."""
        what = cause.code if isinstance(cause, HuiyinError) else type(cause).__name__
        address = _safe_address(raw)
        seen = raw.body_hash or self._keyed_hash(f"{raw.title!r}{raw.text!r}{raw.native_id!r}")
        name = hashlib.sha256(f"{raw.source}\x1f{address}\x1f{seen}".encode("utf-8", "replace")).hexdigest()[:32]
        error = f"intake could not read this post ({what}); look at the page, then mend the source's manifest or row"
        return DeadLetter(name, raw.source, "intake", error, now, address=address, body_hash=seen)

    def _keyed_hash(self, text: str) -> str:
        return hmac.digest(self._keys.address_key, text.encode("utf-8", "replace"), "sha256").hex()


def _safe_address(raw: RawPost) -> str:
    """Return the address as far as it names nobody; "" also where it cannot even be read."""
    try:
        return public_address(raw)
    except (ValueError, TypeError, AttributeError):
        return ""
