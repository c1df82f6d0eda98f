"""A list of letters is handed in, confirmed once, and taken: what is new, what changed, and what is refused."""

from pipeline.domain.identity import key_of_native_id
from pipeline.domain.incident import State
from pipeline.domain.order import Order
from pipeline.domain.post import Visibility
from pipeline.workflow.letter_list import Asked, Standing
from tests.http_house import OTHER_UNIT, UNIT
from tests.letter_house import HEADINGS, NAME, PHONE, LetterHouse, proposed_in, row
from tests.workbooks import cells_of, workbook


def counts(progress: object) -> tuple[int, ...]:
    taken = progress.taken  # type: ignore[attr-defined]  # an import's progress
    return (taken.taken, taken.updated, taken.answered, taken.unchanged, taken.refused)


def test_columns_are_proposed_from_the_headings_and_those_about_people_cannot_be_chosen() -> None:
    """The page shows the first rows masked; names and phones are in no byte of it."""
    house = LetterHouse()
    page = house.desk.get(house.hands_in(workbook([HEADINGS, row(1)]))).text

    chosen = proposed_in(page)
    assert [
        chosen[f"column_{name}"] for name in ("ref", "received_at", "content", "due_at", "answer", "answered_at", "how")
    ] == list("0125678")
    assert NAME not in page
    assert PHONE not in page
    assert "来电人、联系电话" in page


def test_letters_are_taken_through_the_door_and_are_internal() -> None:
    """Masked, with their number, their due time, and an incident each."""
    house = LetterHouse()

    assert counts(house.imports([row(1), row(2, "殡仪馆收费贵")])) == (2, 0, 0, 0, 0)
    stored = house.stores.posts.post(key_of_native_id(f"hotline:{UNIT}", "YX000001"))
    assert stored is not None
    assert (stored.post.ref, stored.post.visibility) == ("YX000001", Visibility.INTERNAL)
    assert NAME not in stored.post.text
    assert PHONE not in stored.post.text
    assert sorted(letter.ref for letter in house.letters(Asked(Standing.WAITING))) == ["YX000001", "YX000002"]


def test_the_columns_are_remembered_for_lists_with_the_same_headings() -> None:
    """With who confirmed them and when; another list is asked for anew."""
    house = LetterHouse()
    house.imports([row(1)], column_title="2", column_content="6", column_answer="")

    page = house.desk.get(house.hands_in(workbook([HEADINGS, row(2)]))).text

    assert proposed_in(page)["column_content"] == "6"
    assert "duty-1" in page
    other = house.desk.get(house.hands_in(workbook([(*HEADINGS, "备注"), (*row(2), "")]))).text
    assert proposed_in(other)["column_content"] == "2"


def test_a_list_that_counts_its_rows_writes_over_no_other_list() -> None:
    """序号 begins with 1 in every month's list; it is not proposed as the number of a letter."""
    house, headings = LetterHouse(), ("序号", "来信日期", "主要内容")
    october = [("1", "2026-10-12", "来信问高龄津贴何时发放"), ("2", "2026-10-13", "来信问公墓收费依据")]
    november = [("1", "2026-11-12", "来信问孤儿助学怎样申请"), ("2", "2026-11-13", "来信问婚姻登记要不要预约")]

    assert counts(house.imports(october, headings)) == (2, 0, 0, 0, 0)
    assert counts(house.imports(november, headings)) == (2, 0, 0, 0, 0)
    assert counts(house.imports([*october, ("合计", "", "2件")], headings)) == (0, 0, 0, 2, 1)


def test_the_same_list_twice_changes_nothing() -> None:
    """Neither posts nor incidents nor the log."""
    house = LetterHouse()
    rows = [row(1), row(2, answered="2026-11-23 08:50")]
    house.imports(rows)
    before = house.stores.log.head(UNIT)

    assert counts(house.imports(rows)) == (0, 0, 0, 2, 0)
    assert house.stores.log.head(UNIT) == before


def test_a_newer_list_updates_the_text_and_records_the_answer() -> None:
    """The answer stands in the log as the importer's, with the masked words of the list; then it is filed."""
    house = LetterHouse()
    house.imports([row(1), row(2, "养老院还有床位没有")])
    newer = [row(1, answered="2026-11-23 08:50"), row(2, "养老院还有床位没有，想给母亲问")]

    assert counts(house.imports(newer)) == (0, 1, 1, 0, 0)
    (answered,) = house.letters(Asked(Standing.ANSWERED))
    incident = house.service.desk.state(UNIT).incidents[answered.incident]
    assert (answered.ref, answered.how, incident.state, incident.owner) == (
        "YX000001",
        "phone",
        State.CLOSED,
        "account:duty-1",
    )
    memos = [
        house.stores.log.memo(UNIT, memo)
        for batch in house.stores.log.batches_of(UNIT, incident.id)
        for memo in batch.memos
    ]
    assert any("已电话答复" in memo.text for memo in memos if memo)


def test_a_letter_that_somebody_works_is_answered_and_stays_his() -> None:
    """Whoever owns the matter ends it."""
    house = LetterHouse()
    house.hire("duty-2", "duty")
    house.imports([row(1)])
    (waiting,) = house.letters()
    house.service.clerk.carry_out(
        Order(UNIT, "acknowledge", {"incident": waiting.incident}, "duty-2", frozenset({"duty"}), "k1")
    )
    house.imports([row(1, answered="2026-11-23 08:50")])

    (letter,) = house.letters()
    incident = house.service.desk.state(UNIT).incidents[letter.incident]
    assert (letter.outcome, incident.is_open, incident.owner) == ("answered", True, "account:duty-2")


def test_refused_rows_are_named_with_number_and_reason() -> None:
    """And can be downloaded: the file holds not a word of the rows."""
    house = LetterHouse()
    rows = [
        row("", "没有编号"), row(2, " "), row(3, received="上周"), row(PHONE), row(5), row(5, "重复"),
        row(6, answered="2026-10-01"),
    ]  # fmt: skip

    progress = house.imports(rows)

    assert [(each.number, each.code) for each in progress.taken.problems] == [
        (2, "LTR-201"), (3, "LTR-202"), (4, "LTR-203"), (5, "LTR-204"), (7, "LTR-207"), (8, "LTR-206"),
    ]  # fmt: skip
    page = house.desk.get(f"/u/{UNIT}/letters/imports/{progress.id}")
    assert "和第 6 行重复" in page.text
    table = cells_of(house.desk.get(f"/u/{UNIT}/letters/imports/{progress.id}/refused.xlsx").content)
    assert [line[0] for line in table[3:]] == [2, 3, 4, 5, 7, 8]
    assert PHONE not in str(table)


def test_of_several_units_the_one_that_imports_has_the_letters() -> None:
    """Whatever rules the others have, and though no rule of its own meets the words."""
    house = LetterHouse(is_alone=False)
    house.imports([row(1, "低保金什么时候发"), row(2, "名字打错了一个字，去哪里改")])

    assert len(house.letters()) == 2
    assert house.service.desk.state(OTHER_UNIT).incidents == {}
    assert not any(house.stores.posts.mentions_of(OTHER_UNIT, letter.post) for letter in house.letters())
