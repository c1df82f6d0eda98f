"""Records say what they are; nothing is guessed, and what is foreign is named without its content."""

from pathlib import Path

import pytest

from pipeline.adapters.kafka.record import FOUND, POST, SCHEMA, Raw, outgoing, text_of
from pipeline.adapters.kafka.settings import (
    DAY,
    RETENTION,
    SEGMENT,
    KafkaSettings,
    connection_options,
    consumer_options,
    member_options,
    producer_options,
)
from pipeline.domain.errors import BadInput
from pipeline.domain.wire import post_from_json, post_to_json
from tests.builders import a_post

OURS = KafkaSettings(("broker:9092",))


def raw(schema: str | None, value: bytes | None = b"{}") -> Raw:
    headers = [] if schema is None else [(SCHEMA, schema.encode())]
    return Raw(7, b"key", value, headers)


def test_a_record_names_its_kind_and_version_and_comes_back_as_it_was() -> None:
    """The header is what a later Huiyin reads first."""
    post = a_post(1, "低保没有发")
    record = outgoing("t", POST, post.source, post_to_json(post, with_tokens=True))

    assert record.headers == ((SCHEMA, b"post/1"),)
    assert post_from_json(text_of(Raw(0, b"k", record.value, record.headers), POST)) == post


@pytest.mark.parametrize(("schema", "code"), [("post/2", "BUS-308"), ("post/999", "BUS-308")])
def test_a_newer_version_is_a_problem_and_never_guessed(schema: str, code: str) -> None:
    """It is laid aside, with what to do."""
    with pytest.raises(BadInput, match=code):
        text_of(raw(schema), POST)


@pytest.mark.parametrize("schema", [None, "", "post", "post/0", "post/x", "post/１", "found/1", "other/1", "post/1000"])
def test_a_foreign_record_is_named_by_its_place_alone(schema: str | None) -> None:
    """Somebody else writes to the topic; what he wrote stands in no log."""
    with pytest.raises(BadInput, match=r"offset 7.*BUS-307") as refused:
        text_of(raw(schema, b"13800138000"), POST)

    assert "13800138000" not in str(refused.value)


def test_an_empty_record_is_foreign() -> None:
    """A tombstone of another program."""
    with pytest.raises(BadInput, match="BUS-307"):
        text_of(raw("found/1", None), FOUND)


def test_half_a_character_and_a_record_that_no_broker_takes_are_refused_before_they_go() -> None:
    """The whole batch would else be lost with one of them."""
    with pytest.raises(BadInput, match="INP-111"):
        outgoing("t", POST, "s", "\ud83d")
    with pytest.raises(BadInput, match="BUS-305"):
        outgoing("t", POST, "s", "字" * 1_000_000)


def test_a_client_comes_back_within_seconds_of_its_broker() -> None:
    """With the library's own back-off it took up to 31 s, with these 3.5 s (docs/kafka-python-bugs.md)."""
    for options in (producer_options(OURS), consumer_options(OURS)):
        assert (options["reconnect_backoff_ms"], options["reconnect_backoff_max_ms"]) == (50, 1_000)
        assert (options["retry_backoff_ms"], options["metadata_max_age_ms"]) == (100, 5_000)
        assert not options["allow_auto_create_topics"]
    assert producer_options(OURS)["request_timeout_ms"] == producer_options(OURS)["max_block_ms"] == 5_000


def test_an_acknowledged_record_is_on_every_replica_in_sync_and_nothing_commits_by_itself() -> None:
    """Positions lie in the store; a client that commits by itself would tell Kafka more than is stored."""
    assert (producer_options(OURS)["acks"], producer_options(OURS)["enable_idempotence"]) == ("all", True)
    assert not consumer_options(OURS)["enable_auto_commit"]
    assert (member_options(OURS)["session_timeout_ms"], member_options(OURS)["heartbeat_interval_ms"]) == (
        10_000,
        2_000,
    )


def test_no_record_outlives_seven_days() -> None:
    """Six days and the segment of a day: what an erasure's receipt promises (MECHANICS §7)."""
    assert RETENTION + SEGMENT <= 7 * DAY
    assert SEGMENT <= DAY


def test_credentials_go_where_a_mechanism_asks_for_them() -> None:
    """And in no other case into any option."""
    proved = KafkaSettings(("b:1",), tls=False, mechanism="scram-sha-512", user="huiyin", password="geheim")

    assert connection_options(proved)["security_protocol"] == "SASL_PLAINTEXT"
    assert connection_options(proved)["sasl_mechanism"] == "SCRAM-SHA-512"
    assert not [key for key in connection_options(OURS) if key.startswith("sasl")]
    assert "geheim" not in repr(proved)


def test_the_golden_records_of_every_version_are_read() -> None:
    """A record of each version that is written lies in tests/golden/records, and stays as it is."""
    folder = Path(__file__).parents[2] / "golden" / "records"
    post = folder.joinpath("post-1.json").read_bytes().strip()

    assert post_from_json(text_of(raw("post/1", post), POST)).text == "低保没有发"
