"""A web service with matters on its desk: a plain complaint, a letter that is internal, and a plea for help."""

from fastapi.testclient import TestClient

from pipeline.domain.group import TodoReason, incident_id
from pipeline.domain.order import Order, Outcome
from pipeline.domain.post import Kind, Origin, Visibility
from pipeline.ports import Position, Work
from tests import stored
from tests.builders import MINUTE, MONDAY
from tests.http_house import UNIT, HttpHouse

COMPLAINT, LETTER, PLEA = "g1", "g2", "g3"
INCIDENT = incident_id(UNIT, COMPLAINT)
OF_LETTER = incident_id(UNIT, LETTER)
WORDS = "青石镇的低保金还没有发"
LETTER_WORDS = "来信：柳湾养老院的饭菜"
PLEA_WORDS = "求助：家里断粮了"


class DeskHouse(HttpHouse):
    """A house on whose desk three groups lie; `duty` is a program of an officer who may do most things."""

    grown = 0

    def settle_in(self) -> "DeskHouse":
        """The three groups are stored, and people are hired."""
        posts = [
            stored.a_post(1, WORDS, published_at=MONDAY, collected_at=MONDAY + MINUTE, address="https://forum.example/1"),
            stored.a_post(
                2, LETTER_WORDS, collected_at=MONDAY, origin=Origin.LETTER, visibility=Visibility.INTERNAL,
                kind=Kind.LETTER, version="v-2",
            ),
            stored.a_post(3, PLEA_WORDS, collected_at=MONDAY, address="https://forum.example/3"),
        ]  # fmt: skip
        mentions = [
            stored.a_mention(posts[0], group=COMPLAINT),
            stored.a_mention(posts[1], group=LETTER, order=1, hits=(), addressed=True),
            stored.a_mention(posts[2], group=PLEA, order=2, hits=(), opinion=stored.PLEA),
        ]
        rows = [
            stored.a_group(COMPLAINT, at=MONDAY, lead=posts[0].id),
            stored.a_group(LETTER, at=MONDAY - 1, lead=posts[1].id, addressed=True, todo=TodoReason.ADDRESSED),
            stored.a_group(PLEA, at=MONDAY - 2, lead=posts[2].id, needs=1),
        ]
        self.stores.posts.commit(stored.work(posts, mentions, rows))
        return self

    def grow(self) -> None:
        """The complaint has one post more."""
        self.grown += 1
        post = stored.a_post(100 + self.grown, f"{WORDS}，{self.grown}个月了", collected_at=MONDAY + self.grown)
        mention = stored.a_mention(post, group=COMPLAINT, order=10 + self.grown)
        row = stored.a_group(COMPLAINT, at=MONDAY, lead="p1", posts=1 + self.grown, posters=1 + self.grown)
        self.stores.posts.commit(Work([post], [mention], [row], Position("bus-1", 0, 1 + self.grown)))

    def concerns_staff(self) -> None:
        """The complaint is about staff conduct."""
        row = stored.a_group(COMPLAINT, at=MONDAY, lead="p1", conduct=True)
        self.grown += 1
        self.stores.posts.commit(Work([], [], [row], Position("bus-1", 0, 1 + self.grown)))

    def has_group(self, number: int) -> str:
        """A complaint of its own is stored; returns its group."""
        post = stored.a_post(number, f"{WORDS}，编号{number}", collected_at=MONDAY, version=f"v-{number}")
        group = f"g{number}"
        self.grown += 1
        row = stored.a_group(group, at=MONDAY - number, lead=post.id)
        mention = stored.a_mention(post, group=group, order=10 + self.grown)
        self.stores.posts.commit(Work([post], [mention], [row], Position("bus-1", 0, 1 + self.grown)))
        return group

    def officer(self, account: str = "duty-1", *roles: str) -> TestClient:
        """Return the program of a person who is hired now."""
        return self.program(self.hire(account, *(roles or ("duty",))))

    def order(self, command: str, key: str, text: str = "", **fields: object) -> Outcome:
        """The officer has asked for it, not over HTTP."""
        return self.service.clerk.carry_out(
            Order(UNIT, command, fields, "duty-1", frozenset({"duty", "leader"}), key, text)
        )

    def opens(self) -> str:
        """The complaint is an incident at revision 2, owned by duty-1; returns its id."""
        self.order("open", "setup-open", group=COMPLAINT)
        self.order("acknowledge", "setup-ack", incident=INCIDENT)
        return INCIDENT


def desk_house(**options: object) -> DeskHouse:
    """Return a house with matters on its desk."""
    return DeskHouse(**options).settle_in()  # type: ignore[arg-type]  # the options of HttpHouse


def at(path: str) -> str:
    """Return an address of the unit's API."""
    return f"/api/v1/units/{UNIT}/{path}"


__all__ = ["COMPLAINT", "INCIDENT", "LETTER", "OF_LETTER", "PLEA", "DeskHouse", "at", "desk_house"]
