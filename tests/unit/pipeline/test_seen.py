"""What somebody had before his eyes: counts of what may raise something, and reasons."""

from pipeline.domain.seen import Seen, data_of_seen, seen_from, seen_of
from tests.matters import a_row


def test_what_may_raise_nothing_is_not_counted_as_seen() -> None:
    """Backfilled and late posts stand in the row, and double nothing."""
    seen = seen_of(a_row(posts=5, posters=4, sources=3, silent_posts=2), ("new_matter", "grave", "grave"))
    assert seen == Seen(posts=3, posters=4, sources=1, reasons=("grave", "new_matter"))
    assert seen_of(a_row(posts=2, silent_posts=2), ()).posts == 0
    assert seen_of(a_row(posts=2, silent_posts=2), ()).sources == 0


def test_the_level_of_gravity_is_seen_only_where_something_is_grave() -> None:
    """A row without a grave post asks for no level."""
    assert seen_of(a_row(grave_level=1), ()).grave_level == 0
    assert seen_of(a_row(grave_posts=1, grave_level=1), ()).grave_level == 1


def test_events_hold_what_was_seen_and_give_it_back() -> None:
    """Written and read, it is the same."""
    seen = seen_of(a_row(posts=5, grave_posts=2, addressed_posts=1, sources=4), ("addressed", "grave"))
    assert seen_from(data_of_seen(seen)) == seen
    assert seen_from({}) == Seen()
