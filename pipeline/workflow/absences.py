"""Absences become facts of posts: gone at the source since then, or there again (MECHANICS §7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.domain.absence import ABSENCE, Absence, absence_from_json
from pipeline.domain.post import Millis
from pipeline.ports import PostStore, Records, Work


@dataclass(slots=True)
class Absences:
    """
    Marks posts by what the crawler noted. The caller holds the `work` lease.

    After a start everything that is noted is looked at again, which changes nothing that is so already.
    """

    records: Records
    posts: PostStore
    _change: int = 0
    _waiting: dict[str, Absence] = field(default_factory=dict)

    def mark(self) -> int:
        """Every stored post of a page that is gone says since when, and none of one that is back; returns how many."""
        self._change, changed = self.records.changed_since(ABSENCE, self._change)
        self._waiting |= {record.key: absence_from_json(record.value) for record in changed}
        if not self._waiting:
            return 0
        news = self._news(self._waiting)
        if news:
            self.posts.commit(Work((), (), (), None, gone=list(news.items())))
        return len(news)

    def _news(self, noted: Mapping[str, Absence]) -> Mapping[str, Millis | None]:
        """Return which posts' facts change; a page whose post is still on its way is asked for again."""
        heads = self.posts.heads(noted)
        news: dict[str, Millis | None] = {}
        for key, head in heads.items():
            gone_at, stored = noted[key].gone_at, self.posts.post(head.id)
            if stored is None or stored.erased:
                continue
            was_seen_since = gone_at is not None and stored.post.collected_at > gone_at
            now = None if was_seen_since else gone_at
            if stored.gone_at != now:
                news[head.id] = now
        self._waiting = {key: absence for key, absence in noted.items() if key not in heads}
        return news


def forget_absences(records: Records, before: Millis) -> int:
    """Absences that were noted before the time are gone; what they said stands with the posts."""
    old = [record for record in records.list(ABSENCE) if record.at < before]
    for record in old:
        records.remove(ABSENCE, record.unit, record.key)
    return len(old)
