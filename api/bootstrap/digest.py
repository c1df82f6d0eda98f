"""The editor of digests over an installation."""

from collections.abc import Callable
from functools import partial

from api.config import Config
from api.crawling import sources
from api.notify.editor import Editor, site_of
from api.notify.phrases import Namer
from api.stores import Stores
from api.week_coverage import week_coverage
from pipeline.domain.working_calendar import WorkingCalendar
from pipeline.workflow.desk import Desk
from pipeline.workflow.digests import Digests
from pipeline.workflow.notices import SendPractice
from pipeline.workflow.settings import Settings
from pipeline.workflow.week_close import WeekCloser

from .telling import send_practice_of


def open_editor(stores: Stores, settings: Settings, config: Config, desk: Desk) -> Editor:
    """Return the editor, which also closes weeks: its desk decides, its stores are read."""
    practice = send_practice_of(settings)
    closer = WeekCloser(desk, stores.posts, partial(week_coverage, stores), partial(_quotes, practice))
    return Editor(
        Digests(closer), partial(_names, stores, settings), site_of(config.web.public_url), partial(_calendar, practice)
    )


def _quotes(practice: Callable[[str], SendPractice], unit: str) -> bool:
    return practice(unit).policy.quotes


def _calendar(practice: Callable[[str], SendPractice], unit: str) -> WorkingCalendar:
    return practice(unit).calendar


def _names(stores: Stores, settings: Settings, unit: str) -> Namer:
    known = {each.id: each.name for each in sources(stores.records).values()}
    own = settings.units.get(unit)
    return Namer(own.profile.name if own else unit, lambda source: known.get(source, source))
