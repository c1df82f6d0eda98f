"""
The item step: a page's posts go through the one door, and only then is the page marked as done.

A process that dies in between fetches the page again; the same posts get the same ids, so nothing is stored twice.
"""

from dataclasses import replace

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from pipeline.crash_point import crash_point
from pipeline.ports import Admitted

from .absent_page import note_presence
from .conditional import validator_record
from .issues import Unexpected
from .round import Round, round_of
from .visit import Harvest

BATCH = 100
"""How many posts intake is given at once."""


class Publish:
    """Scrapy's item step. A store that refuses ends the round: nothing is marked as done that was not published."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Publish":
        """Return the step of a crawl."""
        return cls(crawler)

    def process_item(self, item: Harvest) -> Harvest:
        """Every new post of the page is through the door, then the page is done, then its fetch is recorded."""
        here = round_of(self._crawler)
        if here.stopped:
            raise DropItem("the store refused before")
        crash_point("frontier.after_fetch_before_done")
        admitted = _admit(here, item)
        crash_point("crawl.after_publish_before_done")
        here.frontier.finish(item.visit, item.posts, item.next_page, opener=item.opener)
        kept = [validator_record(here, item.visit, item.validators)] if item.validators else []
        here.record(replace(item.fetch, changed=len(item.posts)), *kept, *note_presence(here, item.visit))
        _count(here, item, admitted)
        return item


def _admit(here: Round, item: Harvest) -> Admitted:
    total = Admitted()
    for start in range(0, len(item.posts), BATCH):
        done = here.deps.door.admit(item.posts[start : start + BATCH])
        total = Admitted(
            total.published + done.published, total.turned_away + done.turned_away, total.buried + done.buried
        )
    return total


def _count(here: Round, item: Harvest, admitted: Admitted) -> None:
    tally = here.tallies[item.visit.source]
    tally.changed += len(item.posts)
    tally.posts += admitted.published
    tally.turned_away += admitted.turned_away
    tally.buried += admitted.buried
    if admitted.buried:
        sentence = f"{admitted.buried} posts could not be taken in and are dead letters; see `huiyin doctor`"
        here.issues.note(item.visit.source, Unexpected.BURIED, sentence)
