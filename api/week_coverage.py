"""What could be seen in a week: sources by its end, and the gaps in which nothing ran (DESIGN §1.6)."""

from crawlers.coverage import coverage
from pipeline.domain.post import Millis
from pipeline.domain.week import Week
from pipeline.domain.working_calendar import DAY
from pipeline.workflow.running import gap_before, gaps
from pipeline.workflow.week_close import WeekCoverage

from .crawling import sources
from .stores import Stores


def week_coverage(stores: Stores, week: Week) -> WeekCoverage:
    """
    Return the coverage of the week, from what was recorded then.

    A source counts as alive if it was seen on the last day on which anything ran: a PC that is off over the weekend
    does not kill its sources. Where nothing ran all week, none is alive.
    """
    now = stores.clock.now()
    running = gap_before(stores.records, now)
    known = [*gaps(stores.records, week.since), *([running] if running else [])]
    spans = sorted({(gap.since, gap.until) for gap in known if gap.since < week.until})
    until = _last_running(min(week.until, now), spans)
    enabled = [source.id for source in sources(stores.records).values() if source.enabled]
    seen = coverage(stores.records, enabled, until - DAY, until)
    is_off = until <= week.since
    dead = {each.source: each.last_good_at for each in seen.values() if is_off or not each.is_alive}
    clipped = tuple((max(since, week.since), min(end, week.until)) for since, end in spans)
    return WeekCoverage(len(enabled) - len(dead), len(enabled), dead, clipped)


def _last_running(until: Millis, spans: list[tuple[Millis, Millis]]) -> Millis:
    """Return the last moment up to `until` at which something ran."""
    for since, end in reversed(spans):
        if since < until <= end:
            until = since
    return until
