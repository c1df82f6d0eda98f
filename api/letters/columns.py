"""Which column of a list holds what: proposed by the words of its headings. Columns about people are never read."""

import re
from collections.abc import Mapping, Sequence

MUST = ("content",)
HEADINGS: Mapping[str, str] = {
    "ref": "编号 工单编号 工单号 受理编号 信访编号 来信编号 信件编号 诉求编号 登记编号 案件编号 "
    "件号 单号 流水号 受理号",
    "received_at": "受理时间 来电时间 来信时间 来访时间 登记时间 收到时间 收件时间 诉求时间 提交时间 接收时间 受理日期 "
    "来信日期 来访日期 登记日期 收到日期 派单时间 日期 时间",
    "title": "标题 主题 诉求标题 工单标题 信件标题 事由",
    "content": "内容 诉求内容 工单内容 来信内容 来访内容 来电内容 信访内容 反映内容 反映问题 主要诉求 诉求描述 "
    "问题描述 "
    "事项内容 主要内容 内容摘要 摘要 诉求",
    "category": "类别 诉求类别 事项类别 业务类别 问题类别 内容分类 诉求类型 业务类型 事项分类 分类",
    "place": "地址 事发地址 诉求地址 事发地点 发生地点 地点 所属区域 所属乡镇 所属街道 属地 区域 乡镇",
    "due_at": "办理期限 办结期限 办理时限 办结时限 反馈期限 答复期限 回复期限 截止时间 截止日期 到期时间 "
    "要求办结时间 期限 时限",
    "status": "是否回复 是否答复 是否反馈 是否办结 办理状态 工单状态 回复状态 答复状态 当前状态 状态",
    "done_at": "办结时间 办结日期 办理完成时间 完成时间 结案时间 归档时间",
    "answer": "办理结果 处理结果 答复内容 回复内容 反馈内容 答复意见 办理情况 处理情况 处理意见 办理意见 答复情况",
    "answered_at": "答复时间 回复时间 反馈时间 答复日期 回复日期 反馈日期",
    "how": "答复方式 回复方式 反馈方式 答复形式 回复形式",
}
"""
What a list may say of a letter → the headings that offices give it, the likeliest first.

序号 is no number of a letter: every list counts from 1 again, and the next month would write over this one.
"""
FIELDS = tuple(HEADINGS)

_PEOPLE = re.compile(
    r"姓名|名字|称呼|电话(?!办理)|手机|号码|身份证|证件|联系方式|联系人|通讯地址|邮箱|邮件地址|微信号|QQ|住址|家庭|户籍|户主|性别"
    r"|年龄|民族|出生|银行|账号|[来投诉反举申信求被]\S{0,3}[电信访件诉求映报请助]人|当事人|市民$|群众$|[受经承交答复回办处签]\S{0,2}人员?$"
    r"|话务员|坐席|座席|接线员|回访员|记录人|登记人|填表人",
    re.IGNORECASE,
)
"""Headings of columns that say who somebody is. They are left out, whatever anybody chooses."""
_AROUND = re.compile(r"[（(].*?[）)]|[\s*＊:：]")


def is_about_people(heading: str) -> bool:
    """Whether a column says who somebody is: then it is not read, and not stored."""
    return bool(_PEOPLE.search(_AROUND.sub("", heading))) or any(
        _PEOPLE.search(_AROUND.sub("", part)) for part in heading.split()
    )


def propose(headings: Sequence[str]) -> Mapping[str, int]:
    """Return what → column (0 is the first), as the headings' words have it; each column is taken once."""
    ranked = sorted(
        ((score, -column, field) for field in FIELDS for column, score in _scores(field, headings)), reverse=True
    )
    chosen: dict[str, int] = {}
    for _, negative, field in ranked:
        if field not in chosen and -negative not in chosen.values():
            chosen[field] = -negative
    return {field: chosen[field] for field in FIELDS if field in chosen}


def _scores(field: str, headings: Sequence[str]) -> Sequence[tuple[int, int]]:
    """Return (column, how well its heading fits): the very word first, then the longest that stands in it."""
    found = []
    words = HEADINGS[field].split()
    for column, heading in enumerate(headings):
        said = _AROUND.sub("", heading)
        if not said or is_about_people(heading):
            continue
        parts = {said, *(_AROUND.sub("", part) for part in heading.split())}
        exact = [1_000 - place for place, word in enumerate(words) if word in parts]
        inside = [100 * len(word) - place for place, word in enumerate(words) if len(word) > 1 and said.endswith(word)]
        inside += [60 * len(word) - place for place, word in enumerate(words) if len(word) > 2 and word in said]
        if exact or inside:
            found.append((column, max(exact) if exact else min(999, max(inside))))
    return found
