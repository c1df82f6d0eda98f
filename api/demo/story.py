"""
The story of the demo: what people of the county publish, act by act. Everything after that is the service's own work.

A neighbour writes that a canteen for the elderly has stopped; another one agrees, three pass it on, one says what is
not so; and somebody asks for help. All of it is invented.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.domain.post import Kind

from .post import DemoPost, Truth
from .venues import BLOGS, BOARDS, FORUM, MESSAGES, OLD_STREET, ORIGINS, Thread

_THREADS: Mapping[str, int] = {FORUM: 90_001, OLD_STREET: 91_001, BLOGS: 97_001, MESSAGES: 39_001}
"""Numbers far behind those that the living county gives out."""
_FIRST_FLOOR = 900_001
MATTER = "story-canteen"
PLEA = "story-plea"

COMPLAINT = (
    "旧码头社区长者食堂贴了张纸就停餐，一停十二天，卡里的钱也不退。"
    "我妈八十一岁腿脚不便，天天啃冷馒头，问社区说等民政局拨钱，民政局到底管不管？"
)
TITLE = "旧码头社区长者食堂停餐十二天，卡里的钱不退"
UNTRUE = "都别等了，旧码头社区长者食堂停餐，卡里的钱不退，是民政局把老人的餐补挪去盖办公楼了！千真万确！"
HUNGRY = "半箩村有位独居老人，七十九岁，摔伤了腿在床上躺了三天，家里断粮，没人照看，求民政局派人看看！"


@dataclass(frozen=True, slots=True)
class Story:
    """The acts: the first post, the neighbour's, the reposts, what is not so, and the plea."""

    first: DemoPost
    neighbour: DemoPost
    reposts: Sequence[DemoPost]
    untrue: DemoPost
    plea: DemoPost


def story() -> Story:
    """Return the acts; each is published at the moment at which it is put up."""
    first = _opener(FORUM, 0, "旧码头的桨声2203", (TITLE, COMPLAINT))
    untrue = _opener(OLD_STREET, 1, "消息灵通5561", ("旧码头社区长者食堂停餐是因为钱被挪走了", UNTRUE))
    plea = _opener(MESSAGES, 0, "半箩村邻居7719", ("独居老人家里断粮，求民政局救急", HUNGRY))
    return Story(
        first=first,
        neighbour=_answer(first, "溪边听雨0417", "我爸也在旧码头社区长者食堂吃，停餐十二天了，卡里两百多块钱没人退。"),
        reposts=(
            _opener(BLOGS, 0, "云汐慢生活1180", ("转：旧码头社区长者食堂停餐十二天", f"转自百姓杂谈：\n{COMPLAINT}")),
            _opener(OLD_STREET, 0, "老街七号0092", ("大家看看，旧码头社区长者食堂", COMPLAINT)),
            _opener(BLOGS, 1, "河埠头日记3305", ("看到一条，转给街坊", f"【转】{COMPLAINT}\n求扩散。")),
        ),
        untrue=replace(untrue, truth=Truth(MATTER, about=True, is_rumour=True)),
        plea=replace(plea, truth=Truth(PLEA, about=True, need=True), origin=ORIGINS[MESSAGES]),
    )


def _opener(source: str, number: int, poster: str, said: tuple[str, str]) -> DemoPost:
    """Return a first post of this title and text."""
    own = _THREADS[source] + number
    native = f"tag:yunxi.example,2026:blog-{own}" if source == BLOGS else str(own)
    thread = Thread(source, own, str(_FIRST_FLOOR + own) if source in BOARDS else native, poster)
    path = thread.path(1, thread.opener)
    truth = Truth(MATTER, about=True)
    return DemoPost(source, thread.opener, path, *said, published_at=0, appears_at=0, poster=poster, truth=truth)


def _answer(first: DemoPost, poster: str, text: str) -> DemoPost:
    number = _THREADS[first.source]
    thread = Thread(first.source, number, first.native_id, first.poster, floors=2)
    native = str(_FIRST_FLOOR + number + 1)
    truth = Truth(MATTER, about=True)
    answer = DemoPost(
        first.source, native, thread.path(2, native), "", text, published_at=0, appears_at=0, poster=poster, truth=truth
    )
    return replace(answer, kind=Kind.REPLY, parent=first.native_id)
