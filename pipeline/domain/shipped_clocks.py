"""The clocks that a unit begins with, before it sets its own."""

from .clock import EMERGENCY, ClockKind, ClockRule, Counting, Length, Start

SHIPPED_CLOCKS: tuple[ClockRule, ...] = (
    ClockRule(
        "acknowledge",
        ClockKind.ACKNOWLEDGE,
        "本单位值班规定：工作时间2小时内签收",
        Start.DISCOVERED,
        Counting.WORKING,
        Length(minutes=120),
        warning=Length(minutes=30),
    ),
    ClockRule(
        "first-verification",
        ClockKind.VERIFY,
        "本单位值班规定：2个工作日内首次核实",
        Start.DISCOVERED,
        Counting.WORKING,
        Length(days=2),
        warning=Length(minutes=180),
    ),
    ClockRule(
        "reply",
        ClockKind.REPLY,
        "国办发〔2016〕61号：政务舆情应在48小时内予以回应",
        Start.PUBLISHED,
        Counting.CONTINUOUS,
        Length(minutes=48 * 60),
        warning=Length(minutes=12 * 60),
    ),
    ClockRule(
        "emergency-statement",
        ClockKind.STATEMENT,
        "国办发〔2016〕80号：特别重大、重大突发事件最迟5小时内发布权威信息",
        Start.PUBLISHED,
        Counting.CONTINUOUS,
        Length(minutes=5 * 60),
        warning=Length(minutes=60),
        levels=frozenset({1, 2}),
        switch=EMERGENCY,
    ),
    ClockRule(
        "emergency-press-conference",
        ClockKind.PRESS_CONFERENCE,
        "国办发〔2016〕61号：特别重大、重大突发事件最迟24小时内举行新闻发布会",
        Start.PUBLISHED,
        Counting.CONTINUOUS,
        Length(minutes=24 * 60),
        warning=Length(minutes=6 * 60),
        levels=frozenset({1, 2}),
        switch=EMERGENCY,
    ),
    ClockRule(
        "first-contact",
        ClockKind.CONTACT,
        "本单位值班规定：求助线索在工作时间4小时内首次联系",
        Start.DISCOVERED,
        Counting.WORKING,
        Length(minutes=240),
        warning=Length(minutes=60),
    ),
)
"""What a unit begins with. The notices name no moment from which they count: publication is the strictest reading, and
a unit whose rules say otherwise changes `start`. The first two and the last are custom, not law."""
