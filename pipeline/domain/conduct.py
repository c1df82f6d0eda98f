"""
Complaints about staff conduct 工作作风: the words that mark one, as data (DESIGN §1.8).

A post is such a complaint where a word for staff stands near a word for how they behaved: how they treat people, what
they ask for themselves, where they are in office hours. That nothing gets done (不作为) is a complaint about the
matter, and no mark of its own. Staff of homes and funeral parlours are not the desk: what happens there is worked.
A unit adds words by `conduct.toml`; it cannot take any away:

    staff = ["民政助理"]          # who
    acts = ["甩脸子"]             # what they did
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .lexicon import words_of
from .unit_settings import Table, refuse_problems, strings, unknown_settings

LONGEST = 20
"""Characters of a word that a unit may add."""


@dataclass(frozen=True, slots=True)
class ConductWords:
    """`staff` at most `within` characters from `acts` is a complaint; inside a phrase of `except_in` neither counts."""

    staff: tuple[str, ...]
    acts: tuple[str, ...]
    except_in: tuple[str, ...] = ()
    within: int = 12


_OWN_STAFF = words_of("""
    工作人员 办事人员 经办人员 经办人 办事员 窗口 大厅 前台 柜台 科员 科长 股长 局长 副局长 所长 民政干部 民政助理
    民政所 民政办 民政局 局里 机关干部 公务员 值班人员 接线员 接待人员 审核人员 登记员 登记处 婚登处 登记中心
    救助站 公职人员 负责人 领导 干部
""")
_ACTS = words_of("""
    态度恶劣 态度差 态度极差 态度很差 态度非常差 态度太差 态度不好 态度蛮横 态度生硬 态度冷漠 态度傲慢 态度嚣张
    服务态度差 爱答不理 爱理不理 不理不睬 脸难看 甩脸色 甩脸子 没好脸色 不耐烦 吃拿卡要 推诿 扯皮 踢皮球 推三阻四
    收红包 要红包 索要红包 塞红包 收好处 要好处 好处费 辛苦费 索贿 受贿 收礼 要烟要酒 不送礼 刁难 故意为难 辱骂
    骂我 骂人 骂群众 骂老人 骂骂咧咧 出口伤人 恶语相向 呵斥 训斥 吼我 推搡 耍官威 摆架子 官僚主义 官僚作风
    滥用职权 以权谋私 徇私舞弊 优亲厚友 暗箱操作 走后门 克扣 截留 挪用 贪污 上班玩手机 玩手机 打麻将 打牌 打游戏
    嗑瓜子 脱岗 擅自离岗 空岗 迟到早退 上班睡觉 工作作风
""")
_FACILITY = words_of(
    "养老院 敬老院 福利院 护理院 养老中心 养老公寓 日间照料中心 殡仪馆 火葬场 公墓 陵园 医院 物业 银行 超市"
)
_PRAISED = words_of("""
    不推诿 没推诿 没有推诿 从不推诿 绝不推诿 不刁难 没刁难 没有刁难 从不刁难 没有不耐烦 没有一点不耐烦 没有丝毫不耐烦
    毫无不耐烦 从不不耐烦 不收红包 拒收红包 拒绝收红包 没收红包 不打牌 不吃拿卡要 没有吃拿卡要 不扯皮 没有扯皮
""")
_OF_OTHERS = tuple(
    f"{place}{of}{staff}"
    for place in _FACILITY
    for of in ("", "的", "里的", "那边的")
    for staff in ("工作人员", "负责人", "领导", "前台", "大厅", "窗口", "登记处", "接待人员", "值班人员")
)

SHIPPED_CONDUCT = ConductWords(_OWN_STAFF, _ACTS, (*_PRAISED, *_OF_OTHERS))


def read_conduct(table: Table) -> ConductWords:
    """Return the shipped words with those that the unit adds; raise BadInput (CFG-200) with every problem."""
    problems = [*unknown_settings(table, ("staff", "acts")), *_not_words(table)]
    refuse_problems(problems, "conduct")
    return ConductWords(
        staff=tuple(dict.fromkeys((*SHIPPED_CONDUCT.staff, *strings(table, "staff")))),
        acts=tuple(dict.fromkeys((*SHIPPED_CONDUCT.acts, *strings(table, "acts")))),
        except_in=SHIPPED_CONDUCT.except_in,
        within=SHIPPED_CONDUCT.within,
    )


def _not_words(table: Mapping[str, object]) -> list[str]:
    problems: list[str] = []
    for key in ("staff", "acts"):
        words = table.get(key, [])
        if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
            problems.append(f'{key}: expected a list of words in quotes, ["…", "…"]')
            continue
        problems += [
            f"{key}: {word!r}: expected 2 to {LONGEST} letters or characters"
            for word in words
            if not (2 <= len(word) <= LONGEST and word.isalnum())
        ]
    return problems
