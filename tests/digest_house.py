"""A worker, a desk and the editor of digests over stores in memory, with weeks that can be closed by hand."""

from collections.abc import Sequence
from dataclasses import replace

from api.notify.editor import Editor
from api.notify.phrases import Namer
from pipeline.domain.closed_week import ClosedWeek
from pipeline.domain.command import Command
from pipeline.domain.event import Batch, Memo
from pipeline.domain.group import GroupRow
from pipeline.domain.mention import Answer
from pipeline.domain.post import Millis, Post
from pipeline.domain.week import Week, week_of
from pipeline.domain.working_calendar import DAY
from pipeline.workflow.desk import Desk
from pipeline.workflow.digests import Digests
from pipeline.workflow.week_close import WeekCloser, WeekCoverage
from tests.builders import MONDAY, UNIT, FixedClassifier, a_rule, an_opinion
from tests.worker_house import House

WEEK = week_of(MONDAY)
"""The week in which the house begins."""
ROLES = frozenset({"duty", "monitor", "leader", "reviewer", "liaison"})
NO_NEED = Answer(False, 9_000)
SAYS = {
    "求助": an_opinion(about=True, act="求助", need=True),
    "感谢": replace(an_opinion(about=True, act="表扬"), need=NO_NEED),
    "养老院": replace(an_opinion(about=True, act="投诉"), need=NO_NEED),
}


class DigestHouse:
    """One unit, its worker, its desk, and the digests of its weeks."""

    def __init__(self, *, quotes: bool = True) -> None:
        self.house = House(a_rule("养老院", "敬老院"), classifier=FixedClassifier(SAYS))
        self.desk: Desk = self.house.desk()
        self.covers = WeekCoverage(2, 2)
        self.closer = WeekCloser(self.desk, self.house.posts, lambda _week: self.covers, lambda _unit: quotes)
        self.editor = Editor(Digests(self.closer), lambda _unit: Namer("云汐县民政局", lambda source: f"{source}网"))

    @property
    def now(self) -> Millis:
        """The moment that the clock shows."""
        return self.house.clock.at

    def at(self, moment: Millis) -> None:
        """The clock shows this moment."""
        self.house.clock.at = moment

    def works(self, *posts: Post) -> Sequence[GroupRow]:
        """The posts were worked; returns the unit's groups."""
        self.house.work(*posts)
        return [view.row for view in self.house.posts.groups(UNIT, todo_only=False, cursor=None, limit=100).rows]

    def does(self, command: Command) -> Batch:
        """The command was carried out."""
        memos = [Memo(UNIT, command.note.memo, "", "说明", "s")] if command.note else []
        return self.desk.execute(UNIT, command, roles=ROLES, memos=memos)

    def closes(self, week: Week = WEEK, *, days_later: float = 0.0) -> ClosedWeek:
        """The week has ended and is closed; returns its cut."""
        self.at(week.until + int(days_later * DAY))
        self.closer.close(UNIT, week)
        return self.desk.state(UNIT).weeks[week.name]
