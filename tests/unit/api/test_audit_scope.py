"""The record of who came in and who read what: of one's own units, and to its end."""

from tests.http_house import OTHER_UNIT, UNIT, HttpHouse

HERE = "192.0.2.7"
DAY = "2026-11-23"


def a_house() -> HttpHouse:
    house = HttpHouse()
    for account, role, units in (
        ("wang", "duty", (UNIT,)), ("qian", "duty", (OTHER_UNIT,)), ("zhou", "admin", ("*",)),
        ("shen", "auditor", (UNIT,)), ("sun", "auditor", ("*",)),
    ):  # fmt: skip
        house.hire(account, role, units=units)
    return house


def test_who_came_into_another_unit_is_told_to_nobody_of_this_one() -> None:
    """An auditor of one unit learns neither the accounts of others nor from where they come; one of all units does."""
    house = a_house()
    for account in ("wang", "qian", "zhou", "(none)"):
        house.people.audit.entered(account, "login", HERE, "ok")

    def told(auditor: str) -> set[str]:
        answer = house.program(auditor).get("/api/v1/audit/entries", params={"day": DAY})
        return {one["account"] for one in answer.json()["entries"]}

    assert told("shen") == {"wang", "zhou"}
    assert told("sun") == {"wang", "qian", "zhou", "(none)"}


def test_the_record_of_a_day_is_read_to_its_end() -> None:
    """A thousand failed logins in the morning hide nothing that came after them."""
    house = a_house()
    for number in range(1_500):
        house.people.audit.entered("wang", "login", HERE, f"{number}")
        house.people.audit.opened("wang", UNIT, f"p{number}")
        house.clock.at += 1
    auditor = house.program("sun")
    for path, field in (("audit/entries", "entries"), (f"units/{UNIT}/audit/reads", "reads")):
        first = auditor.get(f"/api/v1/{path}", params={"day": DAY}).json()[field]
        rest = auditor.get(f"/api/v1/{path}", params={"day": DAY, "after": first[-1]["id"]}).json()[field]

        assert (len(first), len(rest)) == (1_000, 500)
        assert len({one["id"] for one in [*first, *rest]}) == 1_500
