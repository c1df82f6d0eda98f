"""The bundled rules find what citizens say about a civil affairs bureau, and not what only sounds like it."""

import functools
from importlib.resources import files

import pytest

from pipeline.domain.watch_rule import parse_rules
from pipeline.stages.match import Match, Matcher

LINES = [
    "社会救助",
    "养老服务",
    "殡葬管理",
    "婚姻登记",
    "儿童福利和未成年人保护",
    "残疾人福利",
    "社会组织管理",
    "慈善事业",
    "区划地名",
    "其他",
]


@functools.cache
def matcher() -> Matcher:
    """Return the bundled rules as the program loads them."""
    text = files("pipeline.stages").joinpath("data/civil_affairs.toml").read_text(encoding="utf-8")
    return Matcher(parse_rules(text))


def met(text: str) -> tuple[Match, ...]:
    """Return the bundled rules that a text meets."""
    return matcher().matches("", text)


def test_every_service_line_has_a_rule() -> None:
    """A bureau's whole work is watched from the first day."""
    assert {rule.service_line for rule in matcher().rules} == set(LINES)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("我妈的低保被停了，没人给个解释", "社会救助"),
        ("桥洞下面睡着个流浪汉，天冷了谁管管", "社会救助"),
        ("镇上敬老院伙食太差", "养老服务"),
        ("八十岁的高龄补贴半年没到账", "养老服务"),
        ("殡仪馆一个骨灰盒卖五千", "殡葬管理"),
        ("清明那天去祖坟的路堵死了", "殡葬管理"),
        ("离婚冷静期到底从哪天算", "婚姻登记"),
        ("村里有两个留守儿童没人照看", "儿童福利和未成年人保护"),
        ("残疾证办了三年，补助一分没见", "残疾人福利"),
        ("这家民办非企业到处收会费", "社会组织管理"),
        ("单位强制捐款，善款去哪了", "慈善事业"),
        ("新小区一直没有门牌，快递都找不到", "区划地名"),
        ("民政局窗口中午没人", "其他"),
    ],
)
def test_what_citizens_say_meets_the_rule_of_its_service_line(text: str, line: str) -> None:
    """Official words and the words of the street lead to the office that would have to act."""
    assert line in {match.rule.service_line for match in met(text)}


@pytest.mark.parametrize(
    "text",
    [
        "警方打掉一个黑社会组织",
        "养老保险今年怎么交",
        "《清明上河图》今天展出",
        "先画低保真原型再做设计",
        "保险公司宣布降低保费",
        "他是骨灰级玩家",
        "晚上的节目太精彩，礼物也多",
        "流浪猫救助站招领养",
        "人民非常满意，国民政府的旧址",
        "城里最热门牌子的奶茶",
        "多亏他是个明白事理的人",
    ],
)
def test_what_only_sounds_like_it_meets_no_rule(text: str) -> None:
    """Exclusion phrases take out the words inside other words."""
    assert [(match.rule.id, match.hits) for match in met(text)] == []


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("养老院护工把老人绑在床上，还扇耳光", 1),
        ("老人在敬老院噎死，院方一句话没有", 1),
        ("爷爷在老年公寓去世，家属质疑监控被删", 1),
        ("福利院的孩子被打得浑身是伤", 1),
        ("邻居天天虐待孩子，哭声整栋楼都听得到", 1),
        ("桥下冻死一个流浪老人", 1),
        ("养老院昨晚起火，老人都在楼下", 2),
        ("低保被停，母亲说活不下去了", 2),
        ("殡仪馆把骨灰弄错了", 2),
    ],
)
def test_grave_matters_carry_their_level(text: str, level: int) -> None:
    """Death, abuse and a child at risk ask for level Ⅰ, other grave matters for Ⅱ."""
    assert min(match.rule.grave_level or 9 for match in met(text)) == level


@pytest.mark.parametrize(
    "text",
    [
        "养老院开展消防火灾演练",
        "养老机构防走失手环发放",
        "社区宣传反虐待儿童知识",
        "养老院伙食不好",
        "老人在养老院过世，感谢护理员",
    ],
)
def test_ordinary_matters_are_not_grave(text: str) -> None:
    """A drill, a lecture, a complaint about food or a thank-you alarms nobody."""
    assert [match.rule.id for match in met(text) if match.rule.grave] == []
