"""Erasing an incident reaches everything that belongs to it, and nothing that belongs to another."""

from collections.abc import Sequence

from pipeline.adapters.memory.blobs import MemoryBlobs
from pipeline.adapters.memory.outbox import MemoryOutbox
from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.event import Batch, Memo
from pipeline.domain.facts import CLOCKS_FROM, no_deadline
from pipeline.domain.merge_command import Merge
from pipeline.domain.post import Millis, Origin
from pipeline.workflow.desk import Desk, Practice
from pipeline.workflow.erase import Eraser, Named, Wanted
from tests.builders import HOUR, MONDAY, UNIT, a_post
from tests.worker_house import House

SAID = "柳湾养老院的饭是凉的，老人吃了拉肚子，没人管"
OTHER = "婚姻登记处周六不开门，请了假也办不成，能不能周末开一天"


class Office:
    """A house with an eraser, and with what the eraser noted down."""

    def __init__(self) -> None:
        self.house, self.blobs, self.outbox = House(), MemoryBlobs(), MemoryOutbox()
        self.noted: list[Named] = []

    def erase(self, wanted: Wanted) -> None:
        house = self.house
        Eraser(house.posts, house.log, house.bus, house.tokens, self.outbox, house.clock, self._note, self.blobs).erase(
            wanted
        )

    def incidents(self) -> list[str]:
        """Return the incidents in the order in which they were opened."""
        batches = self.house.log.read(UNIT, 0)
        return [event.incident for batch in batches for event in batch.events if event.type == "opened"]

    def attach(self, incident: str, memo: str, blob: str | None = None) -> None:
        """A memo of the incident stands in the log."""
        seq, previous = self.house.log.head(UNIT)
        batch = Batch(UNIT, seq + 1, previous, f"c{seq}", (), (), (memo,))
        self.house.log.append(batch, [Memo(UNIT, memo, incident, f"说明{memo}", "salt", attachment=blob)])

    def _note(self, named: Sequence[Named], _at: Millis) -> None:
        self.noted += named


def two_merged() -> tuple[Office, str, str]:
    """Return an office in which one incident has absorbed another, and both."""
    office = Office()
    office.house.work(a_post(1, SAID, origin=Origin.MESSAGE), a_post(2, OTHER, origin=Origin.MESSAGE))
    first, second = office.incidents()
    house = office.house
    desk = Desk(house.log, house.posts, house.clock, lambda _: Practice(DEFAULT_POLICY, no_deadline, CLOCKS_FROM))
    merge = Merge(command_id="m", actor="account:a", incident=first, others=(second,))
    desk.execute(UNIT, merge, roles=frozenset({"duty"}))
    return office, first, second


def test_a_post_that_no_longer_matches_is_erased_with_its_incident() -> None:
    """Its mention has lapsed; its first version still says what must go."""
    office = Office()
    office.house.work(a_post(1, SAID, origin=Origin.MESSAGE), a_post(2, f"转：{SAID}", at=MONDAY + 1))
    office.house.work(a_post(2, "（已解决，谢谢）", at=MONDAY + HOUR))
    office.erase(Wanted(incidents=frozenset(office.incidents())))

    assert {each.id for each in office.noted} == {a_post(1, "").id, a_post(2, "").id}


def test_what_an_incident_absorbed_is_erased_with_it() -> None:
    """Posts, and what was typed about them before the merge."""
    office, first, second = two_merged()
    office.attach(second, "memo-2")
    office.erase(Wanted(incidents=frozenset({first})))

    assert {each.id for each in office.noted} == {a_post(1, "").id, a_post(2, "").id, "memo-2"}
    assert office.house.log.memo(UNIT, "memo-2") is None


def test_attachments_go_with_their_memos_unless_another_memo_has_the_same() -> None:
    """A file is kept once however often it was attached."""
    office, first, _ = two_merged()
    own, shared = office.blobs.put(b"own"), office.blobs.put(b"shared")
    office.attach(first, "memo-1", own)
    office.attach(first, "memo-2", shared)
    office.attach("elsewhere", "memo-3", shared)
    office.erase(Wanted(memos=frozenset({"memo-1", "memo-2"})))

    assert (office.blobs.get(own), office.blobs.get(shared)) == (None, b"shared")
    assert Named("blob", "", own) in office.noted
