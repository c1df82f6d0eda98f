"""Routing: offices are proposed by line × place, with the reasons; never one that the complaint is about."""

import pytest

from pipeline.domain.office import Office, OfficeKind
from pipeline.domain.routing import Because, proposed_offices
from pipeline.domain.service_line import ServiceLine, ServiceLines

LINES = ServiceLines(
    (ServiceLine("社会救助", "社会救助"), ServiceLine("低保", "最低生活保障", "社会救助"), ServiceLine("殡葬", "殡葬"))
)
JIUZHU = Office("jiuzhu", "社会救助股", OfficeKind.SECTION, ("社会救助",))
DIBAO = Office("dibao", "低保中心", OfficeKind.SUBORDINATE, ("低保",))
BINZANG = Office("binzang", "殡仪馆", OfficeKind.SUBORDINATE, ("殡葬",), ("柳湾乡",))
QINGSHI = Office("qingshi", "青石镇民政办", OfficeKind.TOWN, (), ("青石镇",))
LIUWAN = Office("liuwan", "柳湾乡民政办", OfficeKind.TOWN, ("社会救助",), ("柳湾乡",))
ALL = (BINZANG, LIUWAN, QINGSHI, JIUZHU, DIBAO)


@pytest.mark.parametrize(
    ("line", "place", "wanted"),
    [
        ("低保", None, ["dibao", "liuwan", "jiuzhu"]),
        ("低保", "青石镇", ["dibao", "jiuzhu", "qingshi"]),
        ("社会救助", "柳湾乡", ["liuwan", "jiuzhu"]),
        ("社会救助", "柳湾乡大坪村", ["liuwan", "jiuzhu"]),
        (None, "青石镇河东村", ["qingshi"]),
        ("殡葬", "青石镇", ["qingshi"]),
        ("殡葬", "柳湾乡", ["binzang", "liuwan"]),
        (None, None, []),
        ("养老服务", "东坝镇", []),
    ],
)
def test_offices_are_proposed_by_line_and_place(line: str | None, place: str | None, wanted: list[str]) -> None:
    """The exact line before the line above, the place before its township; nobody who works elsewhere alone."""
    assert [one.office.id for one in proposed_offices(ALL, line, place, lines=LINES)] == wanted


def test_each_proposal_says_why() -> None:
    """Line and place of the office that fit."""
    first, second, _ = proposed_offices(ALL, "低保", "青石镇河东村", lines=LINES)

    assert first.because == ((Because.LINE, "低保"),)
    assert second.because == ((Because.LINE_ABOVE, "社会救助"),)
    (only,) = proposed_offices([QINGSHI], None, "青石镇河东村", lines=LINES)
    assert only.because == ((Because.TOWNSHIP, "青石镇"),)


def test_an_office_complained_about_is_not_proposed() -> None:
    """Before a leader has permitted it (回避)."""
    assert [one.office.id for one in proposed_offices(ALL, "低保", None, lines=LINES, avoided={"dibao"})] == [
        "liuwan",
        "jiuzhu",
    ]
