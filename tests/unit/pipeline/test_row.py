"""Rows that people script against (DESIGN §4): every problem at once, and only what is stored is printed."""

import pytest

from pipeline.domain.errors import BadInput
from pipeline.domain.intake import IntakeKeys, intake
from pipeline.domain.post import Kind, Origin, RawPost, Visibility
from pipeline.domain.poster_token import derive_keys
from pipeline.domain.row import (
    KEYS,
    iso_of,
    millis_of,
    raw_post_from_line,
    raw_post_from_row,
    row_of_post,
    strange_keys,
)

NOW = 1_790_000_000_000


def test_a_full_row_is_read_field_by_field() -> None:
    """Ids may be numbers; unknown fields (author, gold labels) are left where they are."""
    row = {
        "id": 12,
        "url": "http://a.example/1",
        "source": "yunxi-forum",
        "origin": "网民留言",
        "kind": "reply",
        "title": "低保",
        "text": "没发",
        "published_at": "2026-11-02T08:30:00+08:00",
        "parent": "11",
        "counts": {"likes": 3},
        "poster": "p1",
        "author": "张伟",
        "gold_incident": "x",
    }
    raw = raw_post_from_row(row)
    assert raw == RawPost(
        "yunxi-forum",
        "没发",
        title="低保",
        native_id="12",
        address="http://a.example/1",
        origin=Origin.MESSAGE,
        kind=Kind.REPLY,
        published_at=1_793_579_400_000,
        parent="11",
        counts={"likes": 3},
        poster="p1",
    )


def test_every_problem_of_a_row_is_named_at_once() -> None:
    """A person mends a file once, not seven times."""
    row = {"text": 5, "kind": "note", "origin": "x", "counts": {"likes": "3"}, "published_at": "yesterday", "url": []}
    with pytest.raises(BadInput) as refusal:
        raw_post_from_row(row)
    for field in ("source", "text", "kind", "origin", "counts", "published_at", "url"):
        assert f"`{field}`" in str(refusal.value)


@pytest.mark.parametrize("line", ["", "{", "[1]", '"x"', "[" * 100_000, b"\xff\xfe"])
def test_a_line_that_is_no_row_is_refused(line: str | bytes) -> None:
    """With what to write instead, and nothing of the line."""
    with pytest.raises(BadInput, match="JSON"):
        raw_post_from_line(line)


@pytest.mark.parametrize("origin", ["来信来访", "12345工单", "上级交办", "内部发现"])
def test_what_only_the_unit_received_is_internal_unless_said_otherwise(origin: str) -> None:
    """Letters and orders are never quoted by accident (DESIGN §1.4)."""
    row = {"source": "letters", "text": "低保没发", "origin": origin}
    assert raw_post_from_row(row).visibility is Visibility.INTERNAL
    assert raw_post_from_row({**row, "visibility": "public"}).visibility is Visibility.PUBLIC
    assert raw_post_from_row({"source": "a", "text": "b"}).visibility is Visibility.PUBLIC


def test_a_title_alone_is_a_post_and_nothing_is_none() -> None:
    """A headline says something; an empty row does not."""
    assert raw_post_from_row({"source": "a", "title": "低保", "text": ""}).title == "低保"
    with pytest.raises(BadInput, match="`text` is missing"):
        raw_post_from_row({"source": "a", "text": ""})


def test_times_are_read_with_and_without_an_offset() -> None:
    """Without one they are China Standard Time, as in exports of Chinese systems."""
    assert millis_of("2026-11-02T00:30:00Z") == millis_of("2026-11-02 08:30:00") == 1_793_579_400_000
    assert iso_of(1_793_579_400_000) == "2026-11-02T00:30:00Z"
    assert millis_of(iso_of(1_793_579_400_123)) == 1_793_579_400_123


def test_what_is_printed_is_what_is_stored() -> None:
    """Masked, under the given id, without tokens, salt or sealed address."""
    keys = IntakeKeys("5a17", b"k", lambda _: "a1.sealed", derive_keys(b"s", NOW))
    raw = RawPost("a", "我叫张伟", native_id="12", address="https://m.example/@zhang/1", poster="zhang")
    row = row_of_post(intake(raw, keys, NOW))
    assert row["id"] == "12"
    assert row["text"] == "我叫＊＊"
    assert {"tokens", "salt", "sealed_address", "url"}.isdisjoint(row)


def test_a_key_that_is_none_of_a_post_is_told_with_the_nearest() -> None:
    """Nothing is said of the values; what evaluate and match put beside a post is no mistake."""
    row = {"source": "forum", "text": "低保", "publishd_at": "13800138000", "gold_incident": "a", "mentions": []}

    assert strange_keys(row) == {
        "publishd_at": "`publishd_at` is no key of a post and is left out; did you mean published_at?"
    }


@pytest.mark.parametrize(
    "key", ["author", "Author_Name", "user", "username", "nickname", "avatar", "ip_location", "IP属地", "作者", "uid"]
)
def test_a_key_that_tells_who_wrote_is_dropped_and_said_so(key: str) -> None:
    """It reaches neither the raw post nor the message."""
    row = {"source": "forum", "text": "低保", key: "柳明远"}

    assert "柳明远" not in str(raw_post_from_row(row))
    assert strange_keys(row) == {
        key: f"`{key}` tells who wrote; it is dropped and stored nowhere. To count people, give an opaque `poster`"
    }


def test_a_number_that_stands_as_a_key_is_not_repeated() -> None:
    """A broken export may have data for keys."""
    (sentence,) = strange_keys({"13800138000": 1}).values()

    assert "13800138000" not in sentence


def test_every_key_of_the_contract_is_known() -> None:
    """DESIGN §4 names them."""
    assert strange_keys(dict.fromkeys(KEYS)) == {}
