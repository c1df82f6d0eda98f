"""How a unit stands: what was done today and in seven days, by day and by line, and what the counts do not cover."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accounts.principal import Principal
from api.charts import Bar, Chart, html_of
from api.http.gate import needs
from api.http.moment import day_start, local
from api.http.page import render
from api.http.service import Service, TheService
from api.http.shell import words_for
from api.http.sources import names_of_sources
from api.last_backup import last_backup, standing_of
from api.words import Words
from pipeline.domain.working_calendar import DAY
from pipeline.workflow.pace import pace
from pipeline.workflow.tally import tally
from pipeline.workflow.trend import Trend, trend

router = APIRouter(include_in_schema=False)
DAYS = 14
WEEK = 7


@router.get("/u/{unit}/overview")
def overview(
    request: Request, service: TheService, unit: str, who: Annotated[Principal, needs("read_overview")]
) -> Response:
    """Counts, trends and coverage of one unit; no text of any post."""
    now, state, words = service.clock.now(), service.desk.state(unit), words_for(request)
    today, course = day_start(now), trend(service.stores.posts, unit, now, DAYS)
    health = request.app.state.glance.health()
    values = {
        "standing": tally(service.stores.posts, state, service.desk.practice(unit).due, now, DAYS),
        "today": pace(state, today, now + 1),
        "week": pace(state, today - (WEEK - 1) * DAY, now + 1),
        "charts": [html_of(chart) for chart in charts_of(course, words, is_whole=health.is_whole)],
        "backup": last_backup(service.stores.records),
        "backup_standing": standing_of(service.stores.records, now),
        "is_empty": not course.lines and not state.incidents,
        **emptiness(service),
    }
    return render(request, "overview.html", values, who=who)


def emptiness(service: Service) -> Mapping[str, Any]:
    """Return what an empty page says of the sources: the newest post seen, by source and time only."""
    newest = service.stores.posts.newest_post()
    names = names_of_sources(service.stores.records)
    return {"newest": newest, "newest_source": names.get(newest.source, newest.source) if newest else ""}


def charts_of(course: Trend, words: Words, *, is_whole: bool) -> Sequence[Chart]:
    """Return posts by day and by line; a day without any is unknown while a source is dead."""
    known = [(day, count if count or is_whole else None) for day, count in reversed(course.days)]
    days = [Bar(f"{local(day):%m-%d}", count) for day, count in known]
    lines = [Bar(line or words("overview.no_line"), count) for line, count in course.lines]
    unknown, posts = words("common.unknown"), words("overview.posts")
    by_day = Chart(words("overview.by_day", days=DAYS), words("overview.day"), posts, unknown, days)
    by_line = Chart(words("overview.by_line", days=DAYS), words("common.line"), posts, unknown, lines)
    return [by_day, by_line] if lines else [by_day]
