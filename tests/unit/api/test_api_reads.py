"""What the API shows: queue, incidents, groups, needs, search, overview; with coverage, masked, without an author."""

import json

import pytest

from api.health import DeadSource, Health, Part
from pipeline.domain.group import incident_id
from pipeline.ports import Record
from pipeline.workflow.settings import SETTING
from tests.builders import HOUR, MONDAY
from tests.desk_house import (
    COMPLAINT,
    INCIDENT,
    LETTER,
    LETTER_WORDS,
    OF_LETTER,
    PLEA,
    PLEA_WORDS,
    WORDS,
    DeskHouse,
    at,
    desk_house,
)
from tests.http_house import UNIT

DEAD = Health([Part("sources", "degraded", "0 of 2")], {}, "m", 0, 2, dead=[DeadSource("论坛", "timeout", MONDAY)])


@pytest.fixture
def house() -> DeskHouse:
    return desk_house()


def test_the_queue_shows_pushes_first_and_pages_the_to_dos(house: DeskHouse) -> None:
    """An open incident that nobody took comes before the to-dos; the cursor goes through each of them once."""
    house.order("open", "k", group=LETTER)
    officer = house.officer()
    first = officer.get(at("queue"), params={"limit": 1}).json()
    second = officer.get(at("queue"), params={"limit": 1, "cursor": first["cursor"]}).json()

    assert [row["key"] for row in first["rows"]] == [f"incident:{OF_LETTER}", f"group:{COMPLAINT}"]
    assert [row["key"] for row in second["rows"]] == [f"group:{PLEA}"]
    assert (first["pushes"], second["cursor"]) == ({"value": 1, "says": "1", "at_least": False}, None)
    assert first["rows"][1]["headline"]["text"] == WORDS
    assert first["coverage"] == {"alive": 2, "all": 2, "is_whole": True, "says": "2 of 2 sources alive", "dead": []}


def test_a_cursor_that_is_none_is_told_as_such(house: DeskHouse) -> None:
    """Whatever somebody makes of it."""
    officer = house.officer()
    for path in ("queue", "incidents", "groups"):
        for cursor in ("x", "todo:x", "1.", f"{'9' * 30}.g1", "-5.g1", "٣.g1"):
            answer = officer.get(at(path), params={"cursor": cursor})
            assert answer.status_code in (200, 422), (path, cursor)
            assert answer.status_code == 200 or answer.json()["code"].startswith("INP-")


def test_work_is_mine_or_everybodys(house: DeskHouse) -> None:
    """What is owned, with when it is due."""
    house.opens()
    officer, other = house.officer("duty-1"), house.officer("duty-2")

    assert [row["incident"] for row in officer.get(at("work")).json()["rows"]] == [INCIDENT]
    assert other.get(at("work")).json()["rows"] == []
    (row,) = other.get(at("work"), params={"whose": "all"}).json()["rows"]
    assert (row["owner"], row["state"], row["revision"]) == ("account:duty-1", "verifying", 2)
    assert row["due"]["what"] == "reply"
    assert row["due"]["at"].endswith("Z")


def test_the_list_of_incidents_is_filtered_and_paged(house: DeskHouse) -> None:
    """By state, level, line and time of opening; the newest first."""
    house.opens()
    house.clock.at += HOUR
    house.order("open", "k", group=LETTER)
    officer = house.officer()

    def found(**query: str | int | list[str]) -> list[str]:
        answer = officer.get(at("incidents"), params=query)
        return [row["incident"] for row in answer.json()["rows"]]

    assert found() == [OF_LETTER, INCIDENT]
    assert found(state="verifying") == [INCIDENT]
    assert found(state=["verifying", "discovered"]) == [OF_LETTER, INCIDENT]
    assert found(level=1) == []
    assert found(line="社会救助") == [OF_LETTER, INCIDENT]
    assert found(line="婚姻登记") == []
    assert found(since="2026-11-23T00:00:00Z") == [OF_LETTER, INCIDENT]
    first = officer.get(at("incidents"), params={"limit": 1}).json()
    assert found(cursor=first["cursor"]) == [INCIDENT]
    assert officer.get(at("incidents"), params={"since": "2026-13-01T00:00Z"}).json()["errors"][0]["field"] == "since"


def test_an_incident_is_shown_with_everything_that_its_page_needs(house: DeskHouse) -> None:
    """Revision, legal moves, clocks, intervals, texts, posts with their hits."""
    house.opens()
    house.order("record_claim", "c", "张伟电话13812345678反映低保未发", incident=INCIDENT)
    answer = house.officer("duty-1").get(at(f"incidents/{INCIDENT}"))
    body = answer.json()

    assert (answer.headers["etag"], body["row"]["revision"], body["row"]["state"]) == ('"3"', 3, "verifying")
    assert {"give_verdict", "comment", "undo"} <= set(body["moves"])
    assert {"raise_level", "acknowledge"}.isdisjoint(body["moves"])
    assert [clock["kind"] for clock in body["clocks"]] == ["reply", "verify"]
    assert list(body["times"]["took_ms"]) == ["published→discovered", "discovered→acknowledged"]
    assert body["texts"][0]["text"].endswith("＊＊＊＊＊＊＊＊＊＊＊反映低保未发")
    (member,) = body["posts"]
    assert (member["post"]["text"], member["hits"][0]["term"]) == (WORDS, "低保")
    assert body["all_posts"]["value"] == 1


def test_the_timeline_tells_each_step_and_what_was_erased(house: DeskHouse) -> None:
    """Who did what when; an erased text is shown as erased."""
    house.opens()
    house.order("comment", "c", "已联系", incident=INCIDENT)
    officer = house.officer("duty-1")
    steps = officer.get(at(f"incidents/{INCIDENT}/timeline")).json()["steps"]

    assert [(step["type"], step["revision"], step["text"]) for step in steps] == [
        ("opened", 1, None),
        ("acknowledged", 2, None),
        ("commented", 3, "已联系"),
    ]
    assert all("note" not in step["data"] for step in steps)
    memos = frozenset(house.stores.log.read(UNIT, 2)[0].memos)
    house.stores.log.erase_memos(UNIT, memos, MONDAY)
    last = officer.get(at(f"incidents/{INCIDENT}/timeline")).json()["steps"][-1]
    assert (last["text"], last["erased"]) == (None, True)


def test_who_was_told_stands_beside_who_was_to_be_told(house: DeskHouse) -> None:
    """Without a recipient nobody is told, and the notice says for whom it was."""
    house.order("open", "k", group=COMPLAINT)
    house.order("set_level", "l", "影响较大", incident=INCIDENT, level="1")
    body = house.officer().get(at(f"incidents/{INCIDENT}/sends")).json()

    assert body["told"] == []
    assert {"at", "what", "why", "to", "level"} == set(body["notices"][0])


def test_a_group_gives_back_what_was_seen(house: DeskHouse) -> None:
    """So that a command can say what was on the screen."""
    body = house.officer().get(at(f"groups/{COMPLAINT}")).json()

    assert body["moves"] == ["open", "group_set_aside", "group_joined", "group_split"]
    assert (body["members"], body["seen"]["posts"], body["owned_by"]) == (["p1"], 1, None)
    assert body["posts"][0]["post"]["address"] == "https://forum.example/1"
    house.opens()
    owned = house.officer("duty-2").get(at(f"groups/{COMPLAINT}")).json()
    assert (owned["owned_by"], owned["moves"]) == (INCIDENT, [])
    assert house.officer("duty-3").get(at("groups/none")).status_code == 404


def test_what_the_unit_received_is_shown_to_who_works_it(house: DeskHouse) -> None:
    """A letter is read by every role of the desk, and by no other."""
    for role in ("monitor", "duty", "reviewer", "leader"):
        who = house.officer(f"{role}-1", role)
        for path in ("queue", f"groups/{LETTER}", "posts/search?term=来信"):
            assert LETTER_WORDS in who.get(at(path)).text
    for role in ("liaison", "admin", "auditor"):
        who = house.officer(f"{role}-1", role)
        for path in ("queue", f"groups/{LETTER}", "posts/search?term=来信", "overview", "sources"):
            assert LETTER_WORDS not in who.get(at(path)).text


def test_a_complaint_about_staff_is_the_leaders_until_he_decides(house: DeskHouse) -> None:
    """The desk knows that there is one, by a line without words; neither search nor a count tells of more."""
    house.concerns_staff()
    house.order("open", "k", group=COMPLAINT)
    officer, leader = house.officer("duty-1"), house.officer("leader-1", "leader")
    paths = (f"incidents/{INCIDENT}", f"incidents/{INCIDENT}/timeline", f"incidents/{INCIDENT}/sends")
    (kept,) = [row for row in officer.get(at("queue")).json()["rows"] if row["incident"] == INCIDENT]

    assert (kept["headline"]["text"], kept["headline"]["withheld"], kept["line"]) == (None, "conduct", None)
    for path in ("queue", "incidents", "groups", *paths, f"groups/{COMPLAINT}", "posts/search?term=低保"):
        assert WORDS not in officer.get(at(path)).text
        if path not in ("groups", *paths[1:]):
            assert WORDS in leader.get(at(path)).text, path
    assert [officer.get(at(path)).status_code for path in (*paths, f"groups/{COMPLAINT}")] == [403] * 4
    assert officer.get(at("posts/search?term=低保")).json()["total"]["value"] == 0
    assert leader.get(at("posts/search?term=低保")).json()["total"]["value"] == 1
    (group,) = [one for one in officer.get(at("groups")).json()["groups"] if one["id"] == COMPLAINT]
    assert (group["line"], group["posts"]) == (None, 1)


def test_needs_say_when_contact_is_due_and_hide_the_address(house: DeskHouse) -> None:
    """Opening the original is on record elsewhere."""
    body = house.officer().get(at("needs")).json()
    (need,) = body["needs"]

    assert (need["post"]["text"], need["post"]["address"], need["post"]["has_original"]) == (PLEA_WORDS, None, True)
    assert need["moves"] == ["need_contacted", "need_outcome"]
    assert body["open"]["value"] == 1
    house.order("need_outcome", "k", post="p3", outcome="helped")
    officer = house.officer("duty-2")
    assert officer.get(at("needs")).json()["needs"] == []
    assert officer.get(at("needs?ended=true")).json()["needs"][0]["outcome"] == "helped"


def test_search_finds_exact_terms_in_a_span(house: DeskHouse) -> None:
    """Newest first, with how many there are in all."""
    house.grow()
    officer = house.officer()
    body = officer.get(at("posts/search"), params={"term": "低保金", "limit": 1}).json()

    assert (len(body["posts"]), body["total"]["value"]) == (1, 2)
    late = officer.get(at("posts/search"), params={"term": "低保金", "since": "2027-01-01T00:00:00+08:00"}).json()
    assert (late["posts"], late["total"]["value"]) == ([], 0)


def test_texts_that_were_shown_are_on_record(house: DeskHouse) -> None:
    """By id, with where they were shown."""
    officer = house.officer("duty-1")
    house.opens()
    for path in ("queue", f"incidents/{INCIDENT}", "needs", "posts/search?term=低保", f"groups/{LETTER}"):
        assert officer.get(at(path)).status_code == 200
    house.people.audit.flush()
    reads = house.people.audit.reads(UNIT, "2026-11-23")

    assert {(read["where"], *read["posts"]) for read in reads} == {
        ("queue", "p2", "p3"),
        (f"incident {INCIDENT}", "p1"),
        ("needs", "p3"),
        ("search", "p1"),
        (f"group {LETTER}", "p2"),
    }


def test_with_dead_sources_a_zero_is_unknown() -> None:
    """What the log knows stays a number; what only sources could have brought does not."""
    well, blind = DeskHouse(), DeskHouse(health=DEAD)
    known, unknown = (each.officer().get(at("overview")).json() for each in (well, blind))

    assert (known["todos"]["value"], known["todos"]["says"]) == (0, "0")
    assert (unknown["todos"]["value"], unknown["todos"]["says"]) == (None, "unknown")
    assert unknown["overdue"]["value"] == 0
    assert unknown["coverage"]["dead"] == ["论坛"]
    assert unknown["coverage"]["says"] == "0 of 2 sources alive"


def test_the_overview_counts_what_stands(house: DeskHouse) -> None:
    """Pushes, to-dos, needs, open incidents by state and level, and posts by day."""
    house.opens()
    body = house.officer("duty-1").get(at("overview")).json()

    assert (body["pushes"]["value"], body["todos"]["value"], body["needs"]["value"]) == (0, 2, 1)
    assert body["open_by_state"]["verifying"]["value"] == 1
    assert body["open_by_level"] == {"4": {"value": 1, "says": "1", "at_least": False}}
    assert [day["posts"]["value"] for day in body["days"]] == [3]


def test_sources_settings_and_proposals_are_told(house: DeskHouse) -> None:
    """Addresses of recipients are for those who may change them."""
    row = {"account": "duty-1", "role": "duty", "channel": "mail", "to": "duty@yunxi.example"}
    value = json.dumps({"recipient": [row]})
    house.stores.records.put(Record(SETTING, UNIT, "recipients", 0, value, MONDAY, "admin", "first"), expect=None)
    officer, admin = house.officer(), house.officer("admin-1", "admin")
    said = officer.get(at("settings")).json()["settings"]["recipients"]

    assert (said["author"], said["reason"], said["revision"]) == ("admin", "first", 1)
    assert "duty@yunxi.example" not in officer.get(at("settings")).text
    assert "duty@yunxi.example" in admin.get(at("settings")).text
    assert officer.get(at("sources")).json()["coverage"]["says"] == "2 of 2 sources alive"
    assert officer.get(at("proposals")).json() == {"proposals": []}


def test_what_is_not_there_is_not_found(house: DeskHouse) -> None:
    """An unknown incident, and one of another unit, sound the same."""
    officer = house.officer()
    for path in ("incidents/none", f"incidents/{incident_id('linxi-mz', 'g1')}", "incidents/none/timeline"):
        answer = officer.get(at(path))
        assert (answer.status_code, answer.json()["code"]) == (404, "INC-301")


def test_an_erased_post_keeps_its_place_without_its_words(house: DeskHouse) -> None:
    """The page shows that there was something."""
    house.opens()
    house.stores.posts.erase(frozenset({"p1"}), MONDAY)
    (member,) = house.officer("duty-1").get(at(f"incidents/{INCIDENT}")).json()["posts"]

    assert (member["post"]["text"], member["post"]["withheld"], member["hits"]) == (None, "erased", [])


def test_no_answer_has_a_field_for_an_author(house: DeskHouse) -> None:
    """Nor a poster's token, however deep one looks."""
    house.opens()
    officer = house.officer("duty-1")
    for path in ("queue", "incidents", f"incidents/{INCIDENT}", f"groups/{LETTER}", "needs", "posts/search?term=低保"):
        names = _names(officer.get(at(path)).json())
        assert names.isdisjoint({"author", "poster", "token", "tokens", "avatar", "user", "salt", "sealed_address"})


def _names(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(_names, value.values()))
    return set().union(*map(_names, value)) if isinstance(value, list) else set()
