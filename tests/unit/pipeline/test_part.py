"""Parts: the week or month of a time, in UTC, and when it ends."""

from datetime import UTC, datetime

import pytest

from pipeline.domain.mention import NO_OPINION, Answer, Opinion
from pipeline.domain.part import KEPT, is_month, needs_its_post, part_for, span_of
from pipeline.domain.post import Millis
from tests.stored import NOT_OURS, OURS, PLEA, a_mention, a_post


def at(text: str) -> Millis:
    """Return the moment of an ISO text in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("moment", "week", "month"),
    [
        ("1970-01-01T00:00:00", "w19691229", "m197001"),
        ("2026-02-02T00:00:00", "w20260202", "m202602"),
        ("2026-02-08T23:59:59", "w20260202", "m202602"),
        ("2026-02-09T00:00:00", "w20260209", "m202602"),
        ("2026-12-31T23:59:59", "w20261228", "m202612"),
        ("2027-01-01T00:00:00", "w20261228", "m202701"),
    ],
)
def test_a_part_is_the_week_or_the_month_of_its_posts(moment: str, week: str, month: str) -> None:
    """Weeks begin on Monday and are named by it; months matter to somebody."""
    assert part_for(at(moment), matters=False) == week
    assert part_for(at(moment), matters=True) == month
    for part in (week, month):
        starts_at, ends_at = span_of(part)
        assert starts_at <= at(moment) < ends_at


def test_a_part_ends_where_the_next_begins() -> None:
    """Also over the end of a year and of a leap month."""
    assert span_of("m202612")[1] == span_of("m202701")[0] == at("2027-01-01T00:00:00")
    assert span_of("m202802") == (at("2028-02-01T00:00:00"), at("2028-03-01T00:00:00"))
    assert span_of("w20261228")[1] == span_of("w20270104")[0]


def test_what_is_kept_has_no_end() -> None:
    """No age drops it."""
    assert span_of(KEPT)[1] > at("9999-01-01T00:00:00")
    assert [is_month(part) for part in (KEPT, "m202602", "w20260202")] == [False, True, False]


@pytest.mark.parametrize(
    ("opinion", "matters"),
    [
        (OURS, True),
        (PLEA, True),
        (NO_OPINION, True),
        (NOT_OURS, False),
        (Opinion(about=Answer(False), need=Answer(None)), True),
    ],
)
def test_a_post_matters_unless_about_and_need_are_both_false(opinion: Opinion, matters: bool) -> None:
    """An abstention is unclear, and what is unclear lives as long as what is ours."""
    assert needs_its_post(a_mention(a_post(), opinion=opinion)) is matters
