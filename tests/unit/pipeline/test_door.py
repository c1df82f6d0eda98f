"""The one door: every raw post is on the bus, turned away or buried, and nothing of a raw post is kept."""

import itertools
from collections.abc import Iterable
from dataclasses import replace

import pytest

from pipeline.adapters.memory.bus import MemoryPostBus
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import Post, RawPost
from pipeline.domain.poster_token import derive_keys
from pipeline.ports import Admitted
from pipeline.workflow.door import DoorKeys, IntakeDoor

NOW = 1_790_000_000_000
RAW = RawPost(
    "yunxi-forum", "我叫张伟，低保没发", native_id="12", address="http://a.example/x?spm=1", poster="zhangwei88"
)


class StoppedClock:
    """A clock that shows one moment."""

    def now(self) -> int:
        return NOW


def a_door(bus: MemoryPostBus, erased: Iterable[str] = (), seal: object = None) -> IntakeDoor:
    """A door over a bus, with an erasure list and keys that are always the same."""
    numbers = itertools.count()
    listed = frozenset(erased)
    keys = DoorKeys(
        periods=lambda at: derive_keys(b"secret", at),
        seal=seal if callable(seal) else str.upper,
        address_key=b"address",
        draw=lambda size: next(numbers).to_bytes(size, "big"),
        keep=lambda: frozenset({"张家"}),
    )
    return IntakeDoor(bus, erased=listed.intersection, keys=keys, clock=StoppedClock())


def posts_on(bus: MemoryPostBus) -> list[Post]:
    """Every post that lies on the bus."""
    return [delivered.post for delivered in bus.read(None, 100) if delivered.post]


def test_what_is_admitted_lies_masked_on_the_bus() -> None:
    """In order, each with a salt of its own."""
    bus = MemoryPostBus()
    assert a_door(bus).admit([RAW, replace(RAW, native_id="13")]) == Admitted(published=2)
    first, second = posts_on(bus)
    assert first.text == "我叫＊＊，低保没发"
    assert (first.given_id, second.given_id) == ("12", "13")
    assert first.salt != second.salt
    assert len(first.tokens) == 2


@pytest.mark.parametrize("head", [0, 1])
def test_an_erased_post_is_turned_away_under_any_of_its_keys(head: int) -> None:
    """A record that comes again would bring an erased text back."""
    bus = MemoryPostBus()
    a_door(bus).admit([RAW])
    erased = posts_on(bus)[0].heads[head]
    again = MemoryPostBus()
    assert a_door(again, erased=[erased]).admit([RAW, replace(RAW, native_id="14", address=None)]) == Admitted(1, 1)
    assert [post.given_id for post in posts_on(again)] == ["14"]


def test_what_fails_is_buried_without_its_content() -> None:
    """Source, address, error and hash: enough to mend the page, nothing of what it said."""
    bus = MemoryPostBus()
    broken = replace(RAW, text=None)  # type: ignore[arg-type]  # what a careless spider may hand over
    assert a_door(bus).admit([broken, RAW]) == Admitted(published=1, buried=1)
    letter = bus.dead_letters(10)[0]
    assert (letter.source, letter.address, letter.stage) == ("yunxi-forum", "http://a.example/x", "intake")
    for private in ("张伟", "zhangwei88", "spm"):
        assert private not in repr(letter)


def test_a_letter_never_shows_an_address_that_names_its_author() -> None:
    """Also where sealing itself failed; the error's own words are left out, for they may quote."""
    bus = MemoryPostBus()

    def fail(address: str) -> str:
        raise ValueError(address)

    door = a_door(bus, seal=fail)
    assert door.admit([replace(RAW, address="https://m.example/@zhangwei88/1")]) == Admitted(buried=1)
    letter = bus.dead_letters(10)[0]
    assert letter.address == ""
    assert "ValueError" in letter.error
    assert "zhangwei88" not in repr(letter)


def test_the_same_failure_twice_is_one_letter() -> None:
    """A page that is crawled every hour fills no drawer."""
    bus = MemoryPostBus()
    broken = replace(RAW, text=None)  # type: ignore[arg-type]  # what a careless spider may hand over
    a_door(bus).admit([broken])
    a_door(bus).admit([broken])
    assert len(bus.dead_letters(10)) == 1


def test_a_bus_that_is_down_is_no_success() -> None:
    """Nothing is lost in silence: the caller hears it and tries again."""

    class FullBus(MemoryPostBus):
        def publish(self, posts: object) -> None:
            raise StoreUnavailable("the disk is full")

    with pytest.raises(StoreUnavailable):
        a_door(FullBus()).admit([RAW])


def test_terms_to_keep_are_asked_for_at_each_call() -> None:
    """Places and terms of rules in force are never eaten."""
    bus = MemoryPostBus()
    a_door(bus).admit([replace(RAW, text="业主张家，请看")])
    assert posts_on(bus)[0].text == "业主张家，请看"
