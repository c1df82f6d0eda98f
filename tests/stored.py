"""Readable posts, mentions and rows for tests of stores."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.group import GroupRow, TodoReason, incident_id
from pipeline.domain.mention import Answer, Hit, Mention, Opinion
from pipeline.domain.post import Kind, Millis, Origin, Post, Visibility
from pipeline.domain.stated import Stated
from pipeline.ports import Position, Work

UNIT = "yunxi-mz"
OTHER = "qingshi-mz"
MONDAY: Millis = 1_769_990_400_000
"""Monday, 2 February 2026, 00:00 UTC."""
SECOND: Millis = 1_000
HOUR: Millis = 3_600_000
DAY: Millis = 86_400_000
EVER = {"since": 0, "until": 1 << 50}
OURS = Opinion(model="m1", about=Answer(True, 9_100), act=Answer("投诉", 8_000), need=Answer(False, 9_900))
NOT_OURS = Opinion(model="m1", about=Answer(False, 9_100), need=Answer(False, 9_900))
PLEA = Opinion(model="m1", about=Answer(None, 0), need=Answer(True, 7_000))


def a_post(number: int = 1, text: str = "云汐县低保金还没有发", **changes: object) -> Post:
    """Return a post that was collected so many seconds after Monday; its version is its text."""
    post = Post(
        id=f"p{number}",
        version=f"v-{text}",
        heads=(f"h{number}", f"a{number}"),
        source="yunxi-forum",
        text=text,
        title="",
        collected_at=MONDAY + number * SECOND,
        salt=f"salt-{number}",
    )
    return replace(post, **changes)  # type: ignore[arg-type]  # the fields of Post, as tests name them


def a_full_post() -> Post:
    """Return a post that has a value in every field that is stored."""
    return a_post(
        7,
        title="求助：低保",
        given_id="t-7",
        address="https://forum.example/7",
        sealed_address="gAAAA-sealed",
        ref="2026-0007",
        origin=Origin.HOTLINE,
        visibility=Visibility.INTERNAL,
        kind=Kind.LETTER,
        published_at=MONDAY - DAY,
        due_at=MONDAY + DAY,
        thread="p1",
        counts={"views": 12, "likes": 0},
        body_hash="f" * 64,
        stated=Stated("低保", "柳湾镇", "p1", "county", "督查室", "三日内书面反馈"),
    )


def a_mention(post: Post, *, group: str | None = "g1", order: int = 0, **changes: object) -> Mention:
    """Return the unit's mention of a post, as the fold decides it."""
    mention = Mention(
        unit=UNIT,
        post=post.id,
        version=post.version,
        rule="subsidy",
        rule_version="1",
        hits=(Hit("text", "低保", 3, 5),),
        opinion=OURS,
        group=group,
        repost_of=None,
        similarity=0,
        seen_seq=0,
        order=order,
        collected_at=post.collected_at,
        occurred_at=post.occurred_at,
        service_line="社会救助",
    )
    return replace(mention, **changes)  # type: ignore[arg-type]  # the fields of Mention, as tests name them


def a_group(group: str = "g1", *, at: Millis = MONDAY, unit: str = UNIT, **changes: object) -> GroupRow:
    """Return the row of a group of one post that asks for a person."""
    row = GroupRow(
        unit=unit,
        id=group,
        incident=incident_id(unit, group),
        lead=f"{group}-lead",
        posts=1,
        reposts=0,
        posters=1,
        recent_posts=1,
        recent_posters=1,
        sources=1,
        needs=0,
        first_at=at,
        last_at=at,
        collected_at=at,
        line="社会救助",
        about=True,
        todo=TodoReason.OURS,
    )
    return replace(row, **changes)  # type: ignore[arg-type]  # the fields of GroupRow, as tests name them


def work(
    posts: Sequence[Post] = (),
    mentions: Sequence[Mention] = (),
    groups: Sequence[GroupRow] = (),
    *,
    to: int = 1,
    lapsed: Sequence[Mention] = (),
    gone: Sequence[tuple[str, Millis | None]] = (),
    revived: Sequence[tuple[Mention, int]] = (),
) -> Work:
    """Return what one step of the worker writes, on the stream bus-1."""
    again = [(mention.key, order) for mention, order in revived]
    return Work(posts, mentions, groups, Position("bus-1", 0, to), [mention.key for mention in lapsed], gone, again)
