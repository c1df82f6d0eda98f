"""Readiness tells what is so: processes, classifier, coverage; a dead source degrades and does not stop the service."""

import json
from dataclasses import replace

from api.bootstrap import memory_stores
from api.health import Health, Part
from api.heartbeat import STALE, Heart, Phase
from api.readiness import health
from api.stores import Stores
from api.web import metrics
from crawlers.manifest import manifest_to_json
from crawlers.read_manifest import manifest_from_dict
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.mention import NO_OPINION
from pipeline.ports import Record
from pipeline.workflow.desk import DueCheck
from pipeline.workflow.due_record import note_due_check
from pipeline.workflow.running import note_running
from tests.builders import HOUR, MONDAY, HeldClock
from tests.end_to_end.crawl_job import a_source
from tests.http_house import HttpHouse

WELL = Health([Part("classifier", "well", "lexicon@1")], {"work": "alive"}, "lexicon@1", 2, 2)


def asked(path: str, health: Health = WELL) -> tuple[int, str]:
    answer = HttpHouse(health=health).stranger().get(path)
    return answer.status_code, answer.text


def test_a_service_that_works_is_ready_and_names_its_classifier() -> None:
    """The backend in use is named."""
    status, body = asked("/readyz")

    assert status == 200
    assert json.loads(body)["classifier"] == "lexicon@1"
    assert json.loads(body)["coverage"] == "2 of 2 sources alive"


def test_a_dead_source_is_told_and_the_service_is_ready() -> None:
    """It goes on with the others, and says what it cannot see."""
    status, body = asked("/readyz", Health([Part("source a", "degraded", "source a: timeout")], {}, "m", 1, 2))

    assert (status, json.loads(body)["degraded"]) == (200, ["source a: timeout"])


def test_a_dead_process_makes_the_service_unready() -> None:
    """With the reason."""
    status, body = asked("/readyz", Health([Part("work", "problem", "work is dead")], {"work": "dead"}, "m", 1, 1))

    assert (status, json.loads(body)["problems"]) == (503, ["work is dead"])


def test_liveness_and_metrics_answer_in_plain_text() -> None:
    """For machines that ask every few seconds."""
    assert asked("/livez") == (200, "alive\n")
    assert asked("/metrics") == (200, "huiyin_dead_letters 3\n")


def test_each_part_is_named_with_its_state() -> None:
    """A person sees at once which part it is."""
    _, body = asked("/readyz")

    assert json.loads(body)["parts"] == [{"name": "classifier", "state": "well", "says": "lexicon@1"}]


def test_a_cluster_that_lacks_something_says_what() -> None:
    """What keeps it from its work makes it unready, what it works without does not; each with its next step."""
    parts = [
        Part("kafka", "problem", "Kafka takes no connection; check [kafka] servers [BUS-301]"),
        Part("elasticsearch health", "degraded", "2 indices lack a copy; add a node [STO-312]"),
    ]
    house = HttpHouse(health=WELL)
    house.app.state.service = replace(house.service, servers=lambda: parts)
    answer = house.stranger().get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["problems"] == ["Kafka takes no connection; check [kafka] servers [BUS-301]"]
    assert answer.json()["degraded"] == ["2 indices lack a copy; add a node [STO-312]"]
    assert {part["name"] for part in answer.json()["parts"]} >= {"kafka", "elasticsearch health"}


class House:
    """Stores in memory with a clock, and hearts that beat in them."""

    def __init__(self) -> None:
        self.clock = HeldClock()
        self.stores: Stores = memory_stores(self.clock)

    def beat(self, part: str, phase: Phase = Phase.WORKING, where: str = "") -> None:
        """The part gives a sign of life now."""
        Heart(self.stores.records, self.clock, part, lambda: where).beat(phase)

    def note(self, kind: str, key: str, value: object) -> None:
        """A record stands in the stores."""
        text = value if isinstance(value, str) else json.dumps(value)
        self.stores.records.put(Record(kind, "", key, 0, text, self.clock.at, "t", ""), expect=None)

    def parts(self) -> dict[str, Part]:
        """Return the parts that readiness names."""
        return {part.name: part for part in health(self.stores).parts}


def test_a_worker_that_fell_silent_degrades_also_without_a_supervisor() -> None:
    """A killed or hanging worker gives no sign; the sentence says since when and what to do."""
    house = House()
    house.beat("work", where="at position 7")
    house.beat("clock")
    assert house.parts()["work"].state == "well"
    assert "at position 7" in house.parts()["work"].says
    house.clock.at += STALE + 1
    house.beat("clock")
    told = house.parts()

    assert (told["work"].state, told["clock"].state) == ("degraded", "well")
    assert "no sign of life since 2026-11-23" in told["work"].says


def test_a_worker_that_was_never_heard_of_or_has_ended_is_named() -> None:
    """Nobody works the posts, and readiness does not pretend."""
    house = House()
    assert "no sign of life yet" in house.parts()["work"].says
    house.beat("work", Phase.ENDED)

    assert house.parts()["work"].state == "degraded"
    assert "ended in order" in house.parts()["work"].says


def test_a_worker_that_starts_for_long_is_told_as_starting() -> None:
    """Loading may take a while; nobody should kill it for that."""
    house = House()
    house.beat("work", Phase.STARTING)
    house.clock.at += HOUR

    assert "is still starting" in house.parts()["work"].says


def test_a_dead_child_is_a_problem_until_it_lives_again() -> None:
    """The supervisor saw it end; a later sign of life is newer than that."""
    house = House()
    house.beat("work")
    house.note("process", "work", {"state": "dead", "restarts": 3, "why": "refused to go on", "next_start_at": MONDAY})
    assert house.parts()["work"].state == "problem"
    assert "refused to go on; it is started again at 2026-11-23" in house.parts()["work"].says
    house.clock.at += 10_000
    house.beat("work")

    assert house.parts()["work"].state == "well"


def test_a_source_that_nobody_looked_at_for_three_of_its_gaps_is_dead() -> None:
    """However its last round ended: the crawler may have stopped."""
    house = House()
    manifest = manifest_from_dict({**a_source("http://127.0.0.1:1/feed"), "every_minutes": 30})
    house.note("setting", "source/yunxi-feed", manifest_to_json(manifest))
    seen = {"source": "yunxi-feed", "at": MONDAY, "last_good_at": MONDAY, "is_alive": True, "why": "ok"}
    house.note("source_state", "yunxi-feed", seen)
    house.clock.at += 3 * HOUR // 2
    assert house.parts()["sources"].says == "1 of 1 sources alive"
    house.clock.at += 1

    assert house.parts()["sources"].says == "0 of 1 sources alive"
    assert "overdue since 2026-11-23" in house.parts()["source yunxi-feed"].says
    assert health(house.stores, every_seconds=3_600).sources_alive == 1


def test_without_a_classifier_readiness_says_so_with_the_reason() -> None:
    """Everything is shown to people, and they should know why."""
    house = House()
    house.note("progress", "work", {"problem": "", "model": NO_OPINION.model, "absent": "the model file is damaged"})

    assert house.parts()["classifier"].state == "degraded"
    assert "the model file is damaged" in house.parts()["classifier"].says


def test_a_store_that_refuses_is_the_answer() -> None:
    """Not an empty page with status 500."""

    class Shut(MemoryRecords):
        def list(self, *_names: object, **_options: object) -> list[Record]:
            raise StoreUnavailable("huiyin.db cannot be read", code="STO-102")

    told = health(replace(memory_stores(HeldClock()), records=Shut()))

    assert told.says("problem")[0].startswith("huiyin.db cannot be read")
    assert [part.name for part in told.parts] == ["stores"]


def test_an_open_incident_that_nobody_is_reminded_of_is_told() -> None:
    """By name; where each has its due time, that is said with their number."""
    stores = memory_stores(HeldClock())
    assert part(health(stores), "due times").says.startswith("not looked at yet")
    note_due_check(stores.records, DueCheck(3, {}), MONDAY)
    assert part(health(stores), "due times").says == "each of 3 open incidents has a next due time or a reason"
    note_due_check(stores.records, DueCheck(3, {"yunxi-mz": frozenset({"i2", "i1"})}), MONDAY)

    found = part(health(stores), "due times")
    assert (found.state, found.says) == ("degraded", "2 open incidents have neither due time nor reason: i1, i2")
    assert metrics(stores) == {"dead_letters": 0, "log_units": 0, "open_incidents": 3, "undated_incidents": 2}


def test_a_gap_in_running_is_told_for_a_week() -> None:
    """A silence of the machine is no quiet night."""
    clock = HeldClock()
    stores = memory_stores(clock)
    for hours in (0, 12, 12, 20):
        clock.at += hours * HOUR
        note_running(stores.records, clock.at)
    now = health(stores)

    assert [gap.until - gap.since for gap in now.gaps] == [12 * HOUR, 12 * HOUR, 20 * HOUR]
    assert part(now, "running").says.endswith("; 3 such gaps in the last 7 days")
    clock.at += 8 * 24 * HOUR
    assert part(health(stores), "running").says == "without a gap in the last 7 days"


def part(health: Health, name: str) -> Part:
    return next(one for one in health.parts if one.name == name)
