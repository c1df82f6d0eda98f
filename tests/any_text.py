"""Random posts and terms over every kind of character, and two stores that must find the same."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.domain.post import Millis, Post
from pipeline.ports import PostStore
from tests.stored import DAY, EVER, MONDAY, UNIT, a_mention, a_post, work

KINDS = (
    "低保金发放殡葬养老院民政局老人孩子",
    "aAbBcCéÉßſσΣςıİK",
    "0123456789０１２",
    "，。！？、；：“”‘’…—（）()[]{}\"'*?~^\\/&|<>:+-=_.,;!#@%$`＊␣␟",
    "😀👍🏽👨‍👩‍👧🇨🇳❤️☎",
    "𠮷𡃁𪚥㐀䶵𰻞",
    " \t\n\u3000\u00a0\u2003\u200b\u200d\ufeff\u0301\x00\x1f",
)
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Question:
    """What both stores are asked."""

    unit: str
    term: str
    since: Millis
    until: Millis


class AnyText:
    """Posts and questions, all from one seed; characters are few, so that terms of several are found."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.posts: list[Post] = []

    def next_posts(self, number: int) -> Sequence[Post]:
        """Return so many posts, some of them edits of earlier ones, many in the same second."""
        made = []
        for _ in range(number):
            known = len(self.posts)
            chosen = self._random.randrange(known) if known and self._random.random() < 0.1 else known
            at = MONDAY + chosen // 3 * 1_000 + self._random.randrange(90) * DAY
            post = a_post(
                chosen + 1,
                self.text(self._random.choice((0, 1, 8, 40, 200))),
                title=self.text(self._random.choice((0, 0, 1, 12))),
                version=f"v{self._random.randrange(1 << 40)}",
                collected_at=at,
                published_at=at - self._random.randrange(3) * 1_000,
            )
            made.append(post)
            self.posts[chosen : chosen + 1] = [post]
        return made

    def text(self, length: int) -> str:
        """Return a text of so many characters, in runs of one kind each."""
        text = ""
        while len(text) < length:
            text += "".join(self._random.choices(self._random.choice(KINDS), k=self._random.randrange(1, 7)))
        return text[:length]

    def questions(self, number: int) -> Iterator[Question]:
        """Yield questions: pieces of stored texts and any other terms, over all time and over a part of it."""
        for _ in range(number):
            term = self._piece() if self._random.random() < 0.6 else self.text(self._random.randrange(1, 9))
            since = MONDAY + self._random.randrange(90) * DAY
            span = (since, since + self._random.randrange(1, 40) * DAY)
            ever = (EVER["since"], EVER["until"])
            yield Question(self._random.choice(("*", UNIT)), term, *self._random.choice((ever, span)))

    def _piece(self) -> str:
        post = self._random.choice(self.posts)
        text = self._random.choice((post.title, post.text)) or post.text or "低"
        start = self._random.randrange(len(text))
        return text[start : start + self._random.randrange(1, 9)]


def fill(stores: Sequence[PostStore], texts: AnyText, number: int) -> None:
    """The stores hold the same posts; one in three is mentioned by the unit."""
    for step in range(1, 1 + -(-number // _BATCH)):
        posts = texts.next_posts(_BATCH)
        fresh = {post.id: post for post in posts}
        mentions = [
            a_mention(post, group=None, order=step * _BATCH + n)
            for n, post in enumerate(fresh.values())
            if int(post.id[1:]) % 3 == 0
        ]
        for store in stores:
            store.commit(work(posts, mentions, to=step))


def answers(store: PostStore, asked: Question, limit: int) -> tuple[list[str], int]:
    """Return the ids of the newest hits in order, and how many there are."""
    span = {"since": asked.since, "until": asked.until}
    found = store.search(asked.unit, asked.term, **span, limit=limit)
    return [post.id for post in found], store.count(asked.unit, asked.term, **span)
