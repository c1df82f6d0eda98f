"""Ids and keys are functions of what they name, and of nothing else."""

from pipeline.domain.identity import (
    is_web_address,
    key_of_address,
    key_of_native_id,
    key_of_private,
    key_of_text,
    version_of,
)


def test_keys_never_change_between_releases() -> None:
    """These very values stand in stores; a change here would double every post."""
    assert key_of_native_id("yunxi-forum", "12") == "a078db9a87784fefd88c551dda2dbd46"
    assert key_of_address("yunxi-forum", "http://a.example/1") == "d29c0464a2bd95a7a4b7ebe368df3066"
    assert key_of_text("yunxi-forum", "低保") == "dfb19203b1a86e2548324840591fd712"
    assert version_of("低保", "没发") == "cf266c66a43bd914"


def test_kinds_and_sources_never_collide() -> None:
    """The same characters as id, address and text, or from two sources, are different posts."""
    keys = {make(source, "12") for make in (key_of_native_id, key_of_address, key_of_text) for source in ("a", "b")}
    assert len(keys) == 6
    assert key_of_native_id("ab", "c") != key_of_native_id("a", "bc")
    assert all(len(key) == 32 for key in keys)


def test_http_and_https_are_one_address() -> None:
    """A site that moved to https has not written its pages anew."""
    assert key_of_address("a", "http://x.example/1") == key_of_address("a", "https://x.example/1")
    assert key_of_private("a", "http://x.example/@li/1", b"k") == key_of_private("a", "https://x.example/@li/1", b"k")


def test_a_private_address_cannot_be_guessed_without_the_key() -> None:
    """Its key depends on a secret, so trying names proves nothing."""
    assert key_of_private("a", "http://x.example/@li/1", b"k") != key_of_private(
        "a", "http://x.example/@li/1", b"other"
    )


def test_a_version_tells_title_from_text() -> None:
    """What moves from the title to the text is an edit."""
    assert version_of("低保", "") != version_of("", "低保")
    assert len(version_of("", "")) == 16


def test_only_web_addresses_are_taken_for_such() -> None:
    """A native id like tid:12 is none."""
    assert is_web_address(" HTTP://a.example")
    assert is_web_address("//a.example/1")
    assert not is_web_address("tag:a.example,2024:12")
