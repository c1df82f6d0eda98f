"""An address that names its author is kept encrypted, and opened only with its key."""

import pytest

from pipeline.adapters.sealing import AddressSealer
from pipeline.domain.errors import BadInput

ADDRESS = "https://m.example/@张伟/110"


def test_a_sealed_address_opens_with_its_key_and_shows_nothing() -> None:
    """Twice sealed looks different, so equal addresses cannot be told from the stored text."""
    sealer = AddressSealer(b"k" * 32)
    first, second = sealer.seal(ADDRESS), sealer.seal(ADDRESS)
    assert first != second
    assert "zhang" not in first
    assert sealer.unseal(first) == sealer.unseal(second) == ADDRESS


def test_addresses_of_like_length_look_alike() -> None:
    """The length of a name is no hint."""
    sealer = AddressSealer(b"k" * 32)
    assert len(sealer.seal("https://m.example/@li/1")) == len(sealer.seal("https://m.example/@wang/1"))


@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-4] + "AAAA", lambda _: "", lambda _: "a1.", lambda text: f"b{text}"]
)
def test_a_changed_seal_is_refused_with_the_next_step(spoil: object) -> None:
    """Damage is told from the key's being another only by a person; the sentence names both."""
    sealer = AddressSealer(b"k" * 32)
    assert callable(spoil)
    with pytest.raises(BadInput, match="key file"):
        sealer.unseal(spoil(sealer.seal(ADDRESS)))
    with pytest.raises(BadInput, match="another key"):
        AddressSealer(b"o" * 32).unseal(sealer.seal(ADDRESS))
