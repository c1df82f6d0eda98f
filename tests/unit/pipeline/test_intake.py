"""The one door in: what comes out is masked, without an author, and found again under its keys."""

from dataclasses import replace
from typing import Any

import pytest

from pipeline.domain.intake import IntakeKeys, intake, public_address
from pipeline.domain.post import Kind, Post, RawPost
from pipeline.domain.poster_token import derive_keys
from pipeline.domain.wire import post_to_json

NOW = 1_790_000_000_000
KEYS = IntakeKeys(
    salt="5a17", address_key=b"address", seal=lambda address: f"sealed({len(address)})", periods=derive_keys(b"s", NOW)
)
RAW = RawPost(
    "yunxi-forum", "我叫张伟，电话13800001234", title="患者周桂芳因病住院", native_id="12", poster="zhangwei88"
)


def taken(**changes: Any) -> Post:
    """The post that intake makes of the usual raw post with some fields changed."""
    return intake(replace(RAW, **changes), KEYS, NOW)


def test_nothing_of_the_author_comes_through() -> None:
    """Names, numbers and the poster are in no byte of the post."""
    post = taken(address="http://a.example/thread-12-1-1.html")
    written = post_to_json(post, with_tokens=True)
    for private in ("张伟", "13800001234", "周桂芳", "zhangwei88"):
        assert private not in written
    assert (post.title, post.salt, post.collected_at) == ("患者＊＊＊因病住院", "5a17", NOW)


def test_the_id_is_that_of_the_native_id_then_the_address_then_the_text() -> None:
    """The first that is there decides; the others find the post again."""
    address = "http://a.example/thread-12-1-1.html"
    both = taken(address=address)
    assert both.id == both.heads[0] == taken().id
    assert both.heads[1] == taken(native_id=None, address=address).id
    assert taken(native_id=None).id not in both.heads


def test_an_edited_post_keeps_its_id_and_changes_its_version() -> None:
    """Edits are versions (issue: ids never change)."""
    before, after = taken(), taken(text="已经解决了，谢谢")
    assert before.id == after.id
    assert before.version != after.version


def test_a_text_without_id_or_address_hides_its_masked_digits_from_guessing() -> None:
    """Two phones under the same mask give one id: the open text is hashed nowhere."""
    first = taken(native_id=None, text="电话13800001234")
    assert first.id == taken(native_id=None, text="电话13900005678").id
    assert first.body_hash == ""


def test_a_reply_points_to_the_id_that_its_parent_has() -> None:
    """By native id or by address, by the same rule."""
    parent = taken(address="http://a.example/1.html")
    assert taken(native_id="13", parent="12", kind=Kind.REPLY).thread == parent.id
    assert taken(native_id="13", parent="http://a.example/1.html?utm_source=x").thread == parent.heads[1]


def test_a_reply_is_never_taken_for_its_thread() -> None:
    """Replies often carry the address of their page; it is no key of theirs."""
    page = "http://a.example/1.html"
    thread = taken(native_id=None, address=page)
    reply = taken(native_id="13", parent=page, kind=Kind.REPLY, address=page)
    unnumbered = taken(native_id=None, parent=page, kind=Kind.REPLY, address=page)
    assert thread.id not in reply.heads
    assert thread.id not in unnumbered.heads


@pytest.mark.parametrize("declared", [True, False])
def test_an_address_that_names_its_author_is_only_sealed(declared: bool) -> None:
    """By the manifest's word, or by what the path shows."""
    address = "https://m.example/@zhangwei88/110" if not declared else "https://m.example/zhangwei88/110"
    post = taken(native_id=address, address=address, address_names_author=declared)
    assert post.address is None
    assert post.given_id is None
    assert post.sealed_address == f"sealed({len(address)})"
    assert "zhangwei88" not in post_to_json(post, with_tokens=True)
    assert post.id != intake(replace(RAW, native_id=address, address=address), replace(KEYS, address_key=b"2"), NOW).id


def test_a_poster_becomes_two_tokens_and_none_becomes_none() -> None:
    """A post carries both periods; without a poster it counts as a poster of its own."""
    assert [token.period for token in taken().tokens] == [key.period for key in KEYS.periods]
    assert taken(poster=None).tokens == ()
    assert taken(collected_at=NOW - 90 * 86_400_000).tokens == ()


def test_what_no_store_can_hold_is_replaced_one_for_one() -> None:
    """Half of a surrogate pair and NUL would break the bus; offsets still hold."""
    assert taken(text="低\ud83d保\x00金").text == "低\ufffd保\ufffd金"


def test_counts_keep_plain_words_only() -> None:
    """A name in a key would be stored beside the number."""
    assert taken(counts={"likes": 3, "张伟的赞": 1}).counts == {"likes": 3}


def test_the_public_address_of_a_failed_post_names_nobody() -> None:
    """What a dead letter may say: canonical, or nothing."""
    assert public_address(replace(RAW, address="http://a.example/x?spm=1")) == "http://a.example/x"
    assert public_address(replace(RAW, address="http://a.example/@li/1")) == ""
