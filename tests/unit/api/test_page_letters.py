"""Letters by number: counts that add up, filters, search, the workbook, and who sees what."""

import pytest

from api.notify.message import Composer
from pipeline.domain.order import Order
from pipeline.domain.send_policy import SendPolicy
from pipeline.ports import Send
from pipeline.workflow.letter_list import Asked, Standing
from pipeline.workflow.notices import SendPractice
from tests.builders import MONDAY
from tests.http_house import UNIT
from tests.letter_house import NAME, PHONE, LetterHouse, row
from tests.workbooks import cells_of

CONDUCT = "民政局窗口工作人员态度恶劣，吃拿卡要，办低保要送礼"


@pytest.fixture(scope="module")
def house() -> LetterHouse:
    """Three orders answered, two waiting (one since long), one about staff."""
    made = LetterHouse()
    made.imports(
        [
            *(row(number, answered="2026-11-23 08:40") for number in (1, 2, 3)),
            row(4, "青石镇敬老院还有床位没有"),
            row(5, "殡仪馆收费没有清单", received="2026-08-03", due="2026-08-10"),
            row(6, CONDUCT),
        ]
    )
    return made


def test_the_counts_add_up(house: LetterHouse) -> None:
    """Received is answered, waiting and declined; overdue are among the waiting."""
    counts = house.letter_list().counts()

    assert (counts.all, counts.answered, counts.waiting, counts.declined) == (6, 3, 3, 0)
    assert (counts.overdue, counts.done) == (1, 3)
    assert counts.all == counts.answered + counts.waiting + counts.declined
    expected = {"all": 6, "answered": 3, "waiting": 3, "overdue": 1, "declined": 0, "done": 3}
    assert {one.value: len(house.letters(Asked(one))) for one in Standing} == expected


def test_a_letter_is_found_by_its_number(house: LetterHouse) -> None:
    """By a part of it, too."""
    assert [one.ref for one in house.letters(Asked(text="yx000004"))] == ["YX000004"]
    assert "YX000005" in house.desk.get(f"/u/{UNIT}/letters?q=0005").text
    assert "没有符合条件的来件" in house.desk.get(f"/u/{UNIT}/letters?q=999").text


def test_pages_follow_each_other_without_a_gap(house: LetterHouse) -> None:
    """By cursor, each letter once."""
    seen, cursor = [], None
    while True:
        page = house.letter_list().page(Asked(), cursor, 2)
        seen += [one.post for one in page.rows]
        if (cursor := page.cursor) is None:
            break

    assert len(seen) == len(set(seen)) == 6


def test_a_complaint_about_staff_is_one_line_without_number_and_words(house: LetterHouse) -> None:
    """The desk knows that there is one; the leader reads it."""
    page = house.desk.get(f"/u/{UNIT}/letters").text
    assert "涉工作作风，由分管领导决定" in page
    assert "YX000006" not in page
    assert "涉工作作风" not in house.desk.get(f"/u/{UNIT}/letters?q=YX000006").text
    assert "YX000006" in house.browser("leader-1").get(f"/u/{UNIT}/letters").text
    (kept,) = [
        one for one in house.program("duty-1").get(f"/api/v1/units/{UNIT}/letters").json()["letters"] if one["withheld"]
    ]
    assert (kept["ref"], kept["post"], kept["words"]) == ("", "", "")


def test_the_api_tells_the_same_list(house: LetterHouse) -> None:
    """With the counts of all, and a filter."""
    told = house.program("duty-1").get(f"/api/v1/units/{UNIT}/letters?standing=waiting").json()

    assert (told["all"], told["waiting"], len(told["letters"])) == (6, 3, 3)
    assert house.program("auditor-1").get(f"/api/v1/units/{UNIT}/letters").status_code == 403


def test_the_workbook_holds_the_list_with_its_counts(house: LetterHouse) -> None:
    """And no name or phone, though the list that came in named them."""
    cells = cells_of(house.desk.get(f"/u/{UNIT}/letters.xlsx").content)

    assert "收到 6 件" in str(cells[1][0])
    assert len(cells) == 3 + 6
    assert NAME not in str(cells)
    assert PHONE not in str(cells)


def test_a_letter_is_quoted_nowhere_and_searched_by_those_alone_who_work_it(house: LetterHouse) -> None:
    """No digest and no mail of a notice holds its words, though both quote what is public."""
    assert "敬老院" in house.desk.get(f"/u/{UNIT}/search?q=敬老院").text
    assert house.browser("auditor-1").get(f"/u/{UNIT}/search?q=敬老院").status_code == 403

    digest = house.service.editor.letter(house.service.editor.digests.preview(UNIT))
    composer = Composer(house.stores, lambda _: SendPractice(policy=SendPolicy(quotes=True)))
    notices = [notice for batch in house.stores.log.read(UNIT, 0) for notice in batch.notices]
    sends = [Send("s", UNIT, 1, 0, notice, "zhiban", "mail", "waiting", "", MONDAY) for notice in notices]
    told = [str(composer.compose(send, "zhiban@yunxi.example", False)) for send in sends]
    assert told
    assert [text for text in (digest.html, digest.text, *told) if "敬老院" in text or "YX000" in text] == []


def test_the_roles_that_do_not_work_it_are_shown_no_word(house: LetterHouse) -> None:
    """Whatever page or table they would come by: the list itself keeps the words back."""
    assert {one.withheld for one in house.letters(role="auditor")} == {"internal"}
    assert [one.words for one in house.letters(role="auditor") if one.words] == []


def test_an_answer_by_hand_counts_at_once(house: LetterHouse) -> None:
    """The list is what the log says, nothing else."""
    own = LetterHouse()
    own.imports([row(1)])
    (waiting,) = own.letters()
    roles = frozenset({"duty"})
    own.service.clerk.carry_out(Order(UNIT, "acknowledge", {"incident": waiting.incident}, "duty-1", roles, "k1"))
    fields = {"incident": waiting.incident, "post": waiting.post, "how": "phone"}
    own.service.clerk.carry_out(Order(UNIT, "answer_line", fields, "duty-1", roles, "k2", "已答复"))

    assert own.letter_list().counts().answered == 1
