"""Handling offices: who is written to, posts and never names, and every problem of the directory at once."""

import pytest

from pipeline.domain.errors import BadInput
from pipeline.domain.office import Box, Contact, Office, OfficeKind, date_at, names_a_person, office_tables, reach_of
from pipeline.domain.office import read_offices as read
from pipeline.domain.working_calendar import CHINA

TODAY = "2026-11-24"
LIAISON, DEPUTY = Contact("救助股内勤", "a@yunxi.example"), Contact("救助股经办", "b@yunxi.example")
WHOLE = Office(
    "jiuzhu", "社会救助股", OfficeKind.SECTION, ("社会救助",), ("青石镇",), "c@yunxi.example", LIAISON, DEPUTY, TODAY
)


@pytest.mark.parametrize(
    ("liaison", "deputy", "mail", "absent_until", "reached"),
    [
        (LIAISON, DEPUTY, "c@yunxi.example", "", Box.LIAISON),
        (LIAISON, DEPUTY, "c@yunxi.example", "2026-11-23", Box.LIAISON),
        (LIAISON, DEPUTY, "c@yunxi.example", TODAY, Box.DEPUTY),
        (LIAISON, Contact("经办"), "c@yunxi.example", TODAY, Box.OFFICE),
        (Contact("内勤"), Contact(), "c@yunxi.example", "", Box.OFFICE),
        (LIAISON, Contact(), "", TODAY, None),
        (Contact(), Contact(), "", "", None),
    ],
)
def test_an_absent_liaison_falls_to_the_deputy_then_to_the_office(
    liaison: Contact, deputy: Contact, mail: str, absent_until: str, reached: Box | None
) -> None:
    """The last day of an absence counts; where no mailbox is left, that is said, and paper is."""
    office = Office("jiuzhu", "社会救助股", mail=mail, liaison=liaison, deputy=deputy, absent_until=absent_until)
    found = reach_of(office, TODAY)

    assert found.box is reached
    assert bool(found.mail) == (reached is not None)


@pytest.mark.parametrize(
    "post", ["张伟", "王建国主任", "张伟（内勤）", "王主任", "小李", "内勤 李娜", "欧阳修", "内勤：王建国"]
)
def test_what_reads_like_a_person_is_no_post(post: str) -> None:
    """People are known by their post (DESIGN §1.1), with a title or without."""
    assert names_a_person(post)
    with pytest.raises(BadInput, match="reads like a person's name"):
        read({"office": [{"id": "a", "name": "甲", "liaison": {"post": post}}]})


@pytest.mark.parametrize(
    "post",
    [
        "救助股内勤",
        "民政助理",
        "办公室",
        "副镇长",
        "党务专干",
        "文书",
        "信访岗",
        "养老服务岗",
        "综合股B岗",
        "社工站站长",
    ],
)
def test_a_post_is_no_person(post: str) -> None:
    """Words of offices are made of surnames too."""
    assert not names_a_person(post)


def test_a_phone_number_in_a_post_is_refused() -> None:
    """It leads to one person."""
    with pytest.raises(BadInput, match="leads to one person"):
        read({"office": [{"id": "a", "name": "甲", "liaison": {"post": "内勤13800000000"}}]})


def test_a_directory_that_knows_ids_and_names_alone_is_read_as_before() -> None:
    """Tables written before kinds, lines and mail existed hold on."""
    assert read({"office": [{"id": "jiuzhu", "name": "社会救助股"}]}) == (Office("jiuzhu", "社会救助股"),)


def test_what_is_written_is_read_back() -> None:
    """Every field, and nothing for what is empty."""
    assert read(office_tables([WHOLE, Office("b", "乙")])) == (WHOLE, Office("b", "乙"))


def test_every_problem_of_an_office_is_named_at_once() -> None:
    """Kind, mail, day, lists, contacts, name."""
    row = {
        "id": "a", "name": "甲" * 41, "kind": "部门", "mail": "x", "absent_until": "11月", "lines": "社会救助",
        "deputy": {"post": "经办", "phone": "1"}, "liaison": "内勤",
    }  # fmt: skip
    with pytest.raises(BadInput) as refused:
        read({"office": [row]})

    said = str(refused.value)
    for part in (
        "too long",
        "no kind of office",
        "no mail address",
        "no day",
        "lines: expected",
        "deputy: ",
        "liaison: ",
    ):
        assert part in said


def test_more_offices_than_a_county_has_are_refused() -> None:
    """A list that long is another table."""
    rows = [{"id": f"o{number}", "name": f"单位{number}"} for number in range(501)]
    with pytest.raises(BadInput, match="501 are too many"):
        read({"office": rows})


def test_the_day_is_that_of_the_units_zone() -> None:
    """Shortly after midnight in China the day is the new one."""
    assert date_at(1_795_448_000_000 // 86_400_000 * 86_400_000 + 16 * 3_600_000, CHINA) == "2026-11-24"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("青石镇民政办 13800000000", "leads to one person"),
        ("社会救助股 联系人：张伟", "leads to one person|reads like a person's name"),
        ("社会救助股（张伟）", "reads like a person's name"),
        ("县残联 王主任", "reads like a person's name"),
    ],
)
def test_the_name_of_an_office_names_nobody(name: str, said: str) -> None:
    """It stands on the screen of all, in mails and on paper."""
    with pytest.raises(BadInput, match=said):
        read({"office": [{"id": "a", "name": name}]})


@pytest.mark.parametrize(
    "name", ["石桥", "高桥镇", "马家庄村委会", "青石镇民政办 0571-12345", "养老中心（二楼）", "县 12345 热线办"]
)
def test_offices_of_places_that_read_like_people_keep_their_names(name: str) -> None:
    """A village may be called like a person."""
    assert read({"office": [{"id": "a", "name": name}]})[0].name == name
