"""Every command that a person may ask for, with its Chinese label and its fields; tests tie it to the commands."""

from collections.abc import Mapping
from dataclasses import replace

from .moves import NEEDS_NOTE
from .order_form import Choice, Field, FieldKind, OrderForm, Target, choices_of

LEVELS = choices_of(("1", "Ⅰ级 红"), ("2", "Ⅱ级 橙"), ("3", "Ⅲ级 黄"), ("4", "Ⅳ级 蓝"))
VERDICTS = choices_of(
    ("true", "属实"), ("partly_true", "部分属实"), ("untrue", "不属实"), ("unverifiable", "暂无法核实")
)
DISPOSITIONS = choices_of(
    ("resolved", "已解决"), ("clarified", "已澄清"), ("filed", "存查"), ("irrelevant", "无关信息")
)
REPLIES = choices_of(
    ("public", "公开回应"),
    ("answered", "答复本人"),
    ("unified", "上级统一回应"),
    ("in_writing", "书面答复"),
    ("none", "决定不回应"),
)
MEANS = choices_of(
    ("phone", "电话"),
    ("in_person", "当面"),
    ("visit", "上门"),
    ("letter", "书面"),
    ("message", "短信"),
    ("online", "网上"),
    ("other", "其他方式"),
)
"""By which means somebody was answered or contacted."""
SUPERIORS = choices_of(
    ("county", "县委县政府"), ("city", "市级主管部门"), ("province", "省级主管部门"), ("other", "其他上级")
)
OUTCOMES = choices_of(
    ("helped", "已帮助"),
    ("already_covered", "已在保障中"),
    ("not_found", "未找到本人"),
    ("referred", "已转介"),
    ("no_need", "无需帮助"),
)
ASIDE = choices_of(("irrelevant", "无关信息"), ("filed", "存查"))

_K = FieldKind


def _one(name: str, label: str, kind: FieldKind, *, needed: bool = False) -> Field:
    return Field(name, label, kind, required=needed)


def _many(name: str, label: str, kind: FieldKind, *, needed: bool = False) -> Field:
    return Field(name, label, kind, required=needed, many=True)


def _choice(name: str, label: str, choices: tuple[Choice, ...], *, needed: bool = True) -> Field:
    return Field(name, label, _K.CHOICE, required=needed, choices=choices)


_INCIDENT = _one("incident", "舆情事件", _K.INCIDENT, needed=True)
_GROUP = _one("group", "话题簇", _K.GROUP, needed=True)
_NEED = _one("post", "求助帖文", _K.POST, needed=True)
_SEEN = (
    Field("members", "看到的帖文", _K.POST, many=True, hidden=True),
    Field("seen", "看到的数量", _K.SEEN, hidden=True),
)
SIGNED_HOW = choices_of(("paper", "书面审签（附图片）"), ("phone", "电话请示"), ("later", "先办结，待补签"))
_SIGN_OFF = (
    _one("offline", "线下审签", _K.BOOL),
    _choice("signed_how", "审签方式", SIGNED_HOW, needed=False),
    _one("signed_by", "审签人岗位", _K.WORDS),
    _one("signed_at", "审签时间", _K.TIME),
)
_SECOND = (_one("second", "第二人", _K.ACCOUNT), *_SIGN_OFF)
_OFFICE = _one("office", "承办单位", _K.OFFICE, needed=True)
_UNTIL = _one("until", "到何时", _K.TIME, needed=True)
_HOW = _choice("how", "方式", MEANS, needed=False)

_OF_INCIDENTS: Mapping[str, tuple[str, tuple[Field, ...]]] = {
    "acknowledge": ("签收", (_one("owner", "承办人", _K.ACCOUNT),)),
    "unacknowledge": ("退回签收", ()),
    "offer_handover": ("移交", (_one("to", "移交给", _K.ACCOUNT, needed=True),)),
    "accept_handover": ("接收移交", ()),
    "decline_handover": ("谢绝移交", ()),
    "assign_owner": ("指定承办人", (_one("to", "承办人", _K.ACCOUNT, needed=True),)),
    "record_claim": ("记录反映问题", (_many("offices", "被反映的单位", _K.OFFICE),)),
    "record_evidence": (
        "记录证据",
        (
            _one("claim", "反映问题", _K.CLAIM, needed=True),
            _one("post", "帖文", _K.POST),
            Field("version", "帖文版本", _K.TEXT, hidden=True),
        ),
    ),
    "give_verdict": (
        "作出核实结论",
        (_one("claim", "反映问题", _K.CLAIM, needed=True), _choice("verdict", "核实结论", VERDICTS)),
    ),
    "assess": ("研判", ()),
    "report_upward": ("向上报告", (_choice("to", "报告给", SUPERIORS),)),
    "leader_note": (
        "记录批示",
        (_many("permits", "准许办理的单位", _K.OFFICE), _one("to_desk", "涉工作作风：交本单位窗口办理", _K.BOOL)),
    ),
    "consult": ("会商", (_many("attended", "参加单位", _K.OFFICE),)),
    "assign_office": ("交办", (_OFFICE, _one("due_at", "办理期限", _K.TIME))),
    "chase": ("催办", (_OFFICE,)),
    "recall_office": ("收回交办", (_OFFICE,)),
    "office_receive": ("代录签收", (_OFFICE, _HOW)),
    "office_answer": ("代录反馈", (_OFFICE, _HOW)),
    "office_return": ("代录退回", (_OFFICE, _HOW)),
    "reply": (
        "回应",
        (_choice("kind", "回应种类", REPLIES), _HOW, _one("leader", "决定的领导", _K.ACCOUNT)),
    ),
    "answer_line": (
        "答复留言",
        (
            _one("post", "留言", _K.POST, needed=True),
            replace(_HOW, required=True),
            _one("answered_at", "答复时间", _K.TIME),
            _choice("to", "反馈给", SUPERIORS, needed=False),
        ),
    ),
    "decline_line": ("留言不予答复", (_one("post", "留言", _K.POST, needed=True),)),
    "settle": (
        "一屏办结",
        (
            _choice("disposition", "办结结果", DISPOSITIONS),
            _choice("verdict", "核实结论", VERDICTS, needed=False),
            _choice("reply", "回应种类", REPLIES, needed=False),
            _HOW,
            *_SECOND,
        ),
    ),
    "close": ("办结", (_choice("disposition", "办结结果", DISPOSITIONS), *_SECOND)),
    "reopen": ("重新办理", ()),
    "transfer": ("转办", (_one("to", "转往单位", _K.UNIT, needed=True),)),
    "bounce_back": ("对方退回", ()),
    "merge": (
        "合并事件",
        (
            _many("others", "并入的事件", _K.INCIDENT, needed=True),
            Field("others_revisions", "看到的版次", _K.NUMBER, many=True, hidden=True),
        ),
    ),
    "unmerge": ("撤销合并", (_one("released", "分出的事件", _K.INCIDENT, needed=True),)),
    "decline_merge": ("不是同一件事", (_one("other", "另一事件", _K.INCIDENT, needed=True),)),
    "split": ("拆分事件", (_many("groups", "分出的话题簇", _K.GROUP, needed=True),)),
    "snooze": ("稍后提醒", (_UNTIL,)),
    "unsnooze": ("恢复提醒", ()),
    "hold": ("暂缓", (_UNTIL,)),
    "resume": ("恢复办理", ()),
    "set_level": ("调整等级", (_choice("level", "等级", LEVELS),)),
    "declare_emergency": ("启动应急时限", ()),
    "end_emergency": ("结束应急时限", ()),
    "escalate": (
        "提请上一级注意",
        (
            _one("kind", "时限种类", _K.TEXT, needed=True),
            _one("step", "第几步", _K.NUMBER, needed=True),
            _one("due_at", "到期时间", _K.TIME, needed=True),
            _one("subject", "留言或单位", _K.TEXT),
        ),
    ),
    "sign": (
        "审签",
        (
            _choice("what", "审签事项", choices_of(("close", "办结"))),
            _SIGN_OFF[0],
            _choice("signed_how", "审签方式", SIGNED_HOW[:2], needed=False),
            *_SIGN_OFF[2:],
        ),
    ),
    "comment": ("备注", ()),
}
"""Command to one incident → its label and the fields beside the incident."""

_OF_GROUPS: Mapping[str, tuple[str, tuple[Field, ...]]] = {
    "open": ("立为事件", ()),
    "group_set_aside": ("移出待办", (_choice("how", "理由", ASIDE, needed=False),)),
    "group_joined": ("并入事件", (_INCIDENT,)),
    "group_restored": ("恢复", ()),
    "group_split": ("拆分话题簇", (_many("posts", "分出的帖文", _K.POST, needed=True),)),
}
_OF_NEEDS: Mapping[str, tuple[str, tuple[Field, ...]]] = {
    "need_contacted": ("已联系求助人", (_HOW,)),
    "need_outcome": ("求助结果", (_choice("outcome", "结果", OUTCOMES),)),
}
_UNDO = OrderForm(
    "undo",
    "撤销",
    Target.UNIT,
    (
        Field("incident", "舆情事件", _K.INCIDENT, hidden=True),
        Field("seq", "撤销的批次", _K.NUMBER, hidden=True),
    ),
    needs_text=False,
    has_revision=True,
)


def _form(name: str, label: str, target: Target, fields: tuple[Field, ...]) -> OrderForm:
    return OrderForm(
        name,
        label,
        target,
        fields,
        needs_text=name in NEEDS_NOTE,
        has_revision=any(field.name == "incident" for field in fields),
    )


def order_forms() -> Mapping[str, OrderForm]:
    """Return the form of every command that a person may ask for, by its name."""
    forms = [_form(name, label, Target.INCIDENT, (_INCIDENT, *own)) for name, (label, own) in _OF_INCIDENTS.items()]
    forms += [_form(name, label, Target.GROUP, (_GROUP, *own, *_SEEN)) for name, (label, own) in _OF_GROUPS.items()]
    forms += [_form(name, label, Target.NEED, (_NEED, *own)) for name, (label, own) in _OF_NEEDS.items()]
    return {form.name: form for form in (*forms, _UNDO)}
