"""
The director of the demo's story: puts acts on the site, and says what really came of them. He makes nothing up.

Each scene is an act of publishing and a question to the stores. A caption says what the stores answer; where they do
not answer in time, it says that. What happens between is the real spiders, the real worker, the real clock.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from api.accounts.account import DEMO_ACCOUNT, ROLES_OF_PEOPLE
from api.demo_story import Caption, caption_of, is_seen, write_caption
from api.notify.editor import Editor
from api.source_health import source_health
from api.stores import Stores
from pipeline.domain.people import is_todo
from pipeline.domain.post import Millis, Post
from pipeline.ports import StoredPost
from pipeline.workflow.desk import Desk
from pipeline.workflow.need_list import need_list

from .post import DemoPost
from .site import DemoSite
from .story import Story, story

LOOKS_EACH_SECONDS = 0.2
PATIENCE_SECONDS = 30.0
"""How long a scene waits for what should happen, by the wall's clock; then its caption says that it did not."""
READ_SECONDS = 5.0
"""How long a caption stands before the next scene, where nobody is asked to say so."""
ROLES = frozenset(ROLES_OF_PEOPLE)
VISITOR = f"account:{DEMO_ACCOUNT}"

Answer = Mapping[str, str] | None
"""What the stores say: the values of a caption, None where it is not so yet."""


@dataclass(slots=True)
class Director:
    """Tells the story over one unit. `set_pace` makes the story's clock run so fast; `tell` says a caption here too."""

    site: DemoSite
    stores: Stores
    desk: Desk
    editor: Editor
    unit: str
    speed: int
    set_pace: Callable[[int], None]
    tell: Callable[[Caption], None]
    stop: threading.Event
    pauses: bool = False
    read_seconds: float = READ_SECONDS
    patience_seconds: float = PATIENCE_SECONDS
    every_seconds: int = 0
    acts: Story = field(default_factory=story)
    _number: int = 0
    _up: dict[str, DemoPost] = field(default_factory=dict)

    def run(self) -> None:
        """The story is told, and the visitor's turn has come; then the county lives on."""
        self._scene("opening", self._all_asked, link=f"/u/{self.unit}/sources")
        self._put_up(self.acts.first)
        self._scene("todo", self._is_todo, link=f"/u/{self.unit}/queue")
        self._put_up(self.acts.neighbour, *self.acts.reposts, self.acts.untrue)
        self._scene("joined", self._is_one_matter, link=f"/u/{self.unit}/queue")
        self._put_up(self.acts.plea)
        self._scene("need", self._is_need, link=f"/u/{self.unit}/needs")
        self._scene("digest", self._is_in_digest, link=f"/u/{self.unit}/digest/phone")
        self.set_pace(1)
        self.site.begin_life()
        self._say("turn", {}, f"/u/{self.unit}/queue")
        self._follow_visitor()

    def _scene(self, name: str, look: Callable[[], Answer], *, link: str) -> None:
        if self.stop.is_set():
            return
        self._say(f"{name}_begins", {}, link)
        answer = self._waits_for(look)
        if answer is None:
            self._say(f"{name}_not", {"seconds": f"{self.patience_seconds:g}"}, link)
        else:
            self._say(f"{name}_done", answer, answer.get("link", link))
        self._rests()

    def _say(self, key: str, values: Mapping[str, str], link: str) -> None:
        if self.stop.is_set():
            return
        self._number += 1
        shown = {name: value for name, value in values.items() if name != "link"}
        caption = Caption(key, shown, link, number=self._number)
        write_caption(self.stores.records, self.stores.clock, caption)
        self.tell(caption)

    def _waits_for(self, look: Callable[[], Answer]) -> Answer:
        wall = self.stores.machine_clock
        end = wall.now() + round(self.patience_seconds * 1_000)
        while not self.stop.is_set() and wall.now() < end:
            answer = look()
            if answer is not None:
                return answer
            self.stop.wait(LOOKS_EACH_SECONDS)
        return None

    def _rests(self) -> None:
        """The caption can be read; where the story pauses, the clock goes at the wall's pace until the visitor nods."""
        if not self.pauses:
            self.stop.wait(self.read_seconds)
            return
        caption = caption_of(self.stores.records)
        if caption is None or self.stop.is_set():
            return
        write_caption(self.stores.records, self.stores.clock, replace(caption, waits=True))
        self.set_pace(1)
        while not self.stop.is_set() and not is_seen(self.stores.records, self._number):
            self.stop.wait(LOOKS_EACH_SECONDS)
        self.set_pace(self.speed)

    def _put_up(self, *acts: DemoPost) -> None:
        for act in acts:
            if not self.stop.is_set():
                self._up[act.key] = self.site.put_up(act)
                self.stop.wait(LOOKS_EACH_SECONDS)

    def _all_asked(self) -> Answer:
        """Every source was asked once, and what was read is worked: all but the dead one answer."""
        health = source_health(self.stores, self.every_seconds)
        dead = [one for one in health if not one.is_alive]
        if len(dead) != 1 or not dead[0].since:
            return None
        position = self.stores.posts.position(self.stores.bus.stream, 0)
        if position is None or next(iter(self.stores.posts.posts_since(0)), None) is None:
            return None
        return {"alive": str(len(health) - 1), "all": str(len(health)), "dead": dead[0].name.partition("（")[0]}

    def _is_todo(self) -> Answer:
        found = self._stored(self.acts.first)
        if found is None:
            return None
        mentions = self.stores.posts.mentions_of(self.unit, found.post.id)
        view = self.stores.posts.group(self.unit, mentions[0].group) if mentions and mentions[0].group else None
        state = self.desk.state(self.unit)
        if view is None or not (is_todo(state.mark_of(view.row.id), view.row) or state.incident_of(view.row.id)):
            return None
        terms = dict.fromkeys(hit.term for mention in mentions for hit in mention.hits)
        took = _length(found.post.collected_at - (found.post.published_at or 0))
        return {"terms": "、".join(terms), "took": took, "link": f"/u/{self.unit}/queue/group/{view.row.id}"}

    def _is_one_matter(self) -> Answer:
        """All posts of the matter belong to one incident, and its message has gone out: both are counted here."""
        acts = (self.acts.first, self.acts.neighbour, *self.acts.reposts, self.acts.untrue)
        incidents = {self._incident_of(act) for act in acts}
        incident = next(iter(incidents))
        if len(incidents) != 1 or incident is None:
            return None
        sends = [one for one in self.stores.outbox.sends(self.unit, incident) if one.recipient != "nobody"]
        if not sends or any(one.state == "waiting" for one in sends):
            return None
        delivered = sum(one.state == "delivered" for one in sends)
        counts = {"posts": str(len(acts)), "reposts": str(len(self.acts.reposts)), "sends": str(delivered)}
        return {**counts, "link": f"/u/{self.unit}/incidents/{incident}"}

    def _incident_of(self, act: DemoPost) -> str | None:
        found = self._stored(act)
        mentions = self.stores.posts.mentions_of(self.unit, found.post.id) if found else ()
        view = self.stores.posts.group(self.unit, mentions[0].group) if mentions and mentions[0].group else None
        owner = self.desk.state(self.unit).incident_of(view.row.id) if view else None
        return owner.id if owner else None

    def _is_need(self) -> Answer:
        found = self._stored(self.acts.plea)
        due = self.desk.practice(self.unit).due
        rows = need_list(self.stores.posts, self.desk.state(self.unit), due, roles=ROLES)
        if found is None or all(row.post.id != found.post.id for row in rows):
            return None
        return {"waiting": str(sum(row.is_open for row in rows))}

    def _is_in_digest(self) -> Answer:
        """The digest of the running week, as it would be sent now, counts the story's matter among the new ones."""
        digest = self.editor.digests.preview(self.unit)
        new = next((one.ids for one in digest.numbers if one.name == "new"), ())
        return {"new": str(len(new))} if self._incident_of(self.acts.first) in new else None

    def _stored(self, act: DemoPost) -> StoredPost | None:
        """Return the post as the service stored it: found by its source, its time and its length; None: not yet."""
        shown = self._up.get(act.key)
        if shown is None:
            return None
        at = shown.published_at
        found: Sequence[Post] = self.stores.posts.search("*", "，", since=at, until=at + 1, limit=50)
        mine = (post for post in found if post.source == act.source and len(post.text) == len(act.text))
        post = next(mine, None)
        return self.stores.posts.post(post.id) if post else None

    def _follow_visitor(self) -> None:
        """The visitor's own steps are answered: his first one, and the first matter that he closed."""
        seen = self.stores.log.head(self.unit)[0]
        told: set[str] = set()
        while not self.stop.is_set() and "closed" not in told:
            for batch in self.stores.log.read(self.unit, seen, 100):
                seen = batch.seq
                types = {event.type for event in batch.events if event.actor == VISITOR}
                key = "closed" if "closed" in types else "stepped" if types else ""
                if key and key not in told:
                    told.add(key)
                    self._say(f"turn_{key}", {}, f"/u/{self.unit}/queue")
            self.stop.wait(LOOKS_EACH_SECONDS)


def _length(length: Millis) -> str:
    """Return a length in minutes and seconds, as one says it."""
    seconds = max(0, length) // 1_000
    return f"{seconds // 60} 分 {seconds % 60} 秒" if seconds >= 60 else f"{seconds} 秒"
