"""Issues: counted per source and kind, over rounds."""

import json

from crawlers.issues import KIND, IssueBook, Unexpected
from pipeline.adapters.memory.records import MemoryRecords


def test_the_same_surprise_is_one_issue_with_a_count() -> None:
    """Forty entries without a time are one line for a person."""
    book = IssueBook()
    for _ in range(40):
        book.note("forum", Unexpected.WITHOUT_TIME, "an entry states no time")

    assert [(issue.kind, issue.times) for issue in book.all()] == [(Unexpected.WITHOUT_TIME, 40)]


def test_an_issue_keeps_its_first_time_over_rounds() -> None:
    """Since when it is so, and how often it was."""
    records = MemoryRecords()
    for at in (1_000, 2_000, 3_000):
        book = IssueBook()
        book.note("forum", Unexpected.TIMEOUT, "the host did not answer in time")
        book.keep(records, at)
    (record,) = records.list(KIND)
    value = json.loads(record.value)

    assert record.key == "forum/timeout"
    assert (value["first_at"], value["last_at"], value["times"]) == (1_000, 3_000, 3)


def test_issues_of_one_source_are_its_own() -> None:
    """The report of a source does not blame it for another."""
    book = IssueBook()
    book.note("forum", Unexpected.TIMEOUT, "x")
    book.note("news", Unexpected.NOT_A_FEED, "y")

    assert [issue.sentence for issue in book.of("news")] == ["y"]
