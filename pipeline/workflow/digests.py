"""
Digests as they can be read: of every closed week, and of the running one as a preview.

What is read is the log up to the cut and texts by id, never a list that may have changed since: a digest that is made
again has the same bytes, and what was erased meanwhile is shown as erased.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.closed_week import ClosedWeek
from pipeline.domain.digest import Digest, Quote, Told, digest_of
from pipeline.domain.errors import Refused
from pipeline.domain.event import GENESIS
from pipeline.domain.quoting import may_quote
from pipeline.domain.week import week_of
from pipeline.domain.week_count import batches_told

from .headline import shortened
from .past_states import read_all
from .week_close import WeekCloser


@dataclass(frozen=True, slots=True)
class Digests:
    """Reads the digests of all units."""

    closer: WeekCloser

    def closed(self, unit: str) -> Sequence[ClosedWeek]:
        """Return the weeks that are closed, the newest first."""
        return sorted(self.closer.desk.state(unit).weeks.values(), key=lambda cut: cut.since, reverse=True)

    def of_week(self, unit: str, week: str) -> Digest:
        """Return the digest of a closed week. Raises Refused (INC-306) where it is not closed."""
        cut = self.closer.desk.state(unit).weeks.get(week)
        if cut is None:
            sentence = f"week {week} of unit {unit} is not closed; the clock closes each week when it has ended"
            raise Refused(sentence, code="INC-306")
        return self._digest(unit, cut)

    def preview(self, unit: str) -> Digest:
        """Return what the digest of the running week would say if it ended now; nothing is recorded."""
        now = self.closer.desk.clock.now()
        return self._digest(unit, self.closer.cut(unit, week_of(now), now))

    def _digest(self, unit: str, cut: ClosedWeek) -> Digest:
        desk = self.closer.desk
        weeks = {
            one.week: one for one in desk.state(unit).weeks.values() if one.seq < cut.seq or (not cut.seq and one.seq)
        }
        begins = max((one.until_seq for one in weeks.values()), default=0)
        batches = [batch for batch in read_all(desk, unit, begins) if batch.seq <= cut.until_seq]
        last = desk.log.read(unit, cut.until_seq - 1, 1) if cut.until_seq else ()
        told = Told(
            state=self.closer.past.at(desk, unit, cut.until_seq),
            batches=batches_told(batches, cut, weeks),
            weeks=weeks,
            texts=self._texts(unit, cut),
            head=last[0].hash if last else GENESIS,
        )
        return digest_of(cut, told)

    def _texts(self, unit: str, cut: ClosedWeek) -> Mapping[str, Quote]:
        versions = dict(_parted(cut.quoted))
        posts = [one.post for one in cut.matters if one.post] + list(versions)
        return {post: self._quote(unit, post, versions.get(post, "")) for post in dict.fromkeys(posts)}

    def _quote(self, unit: str, post: str, version: str) -> Quote:
        """Return what is stored of a post. Words that may not be quoted by today's rule are not, whatever was said."""
        mentions = sorted(self.closer.posts.mentions_of(unit, post), key=lambda one: one.order)
        place = next((one.place for one in mentions if one.place), "")
        line = next((one.service_line for one in mentions if one.service_line), "")
        if not version:
            return Quote(post, place=place, line=line)
        stored = self.closer.posts.post(post, version)
        if stored is None or stored.erased:
            return Quote(post, erased=True, place=place, line=line)
        words = stored.post.title or stored.post.text
        return Quote(post, shortened(words) if may_quote(stored.post, [False]) else "", place=place, line=line)


def _parted(quoted: Iterable[str]) -> Iterable[tuple[str, str]]:
    for name in quoted:
        post, _, version = name.partition("@")
        yield post, version
