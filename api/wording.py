"""Words that people read in the terminal, in one place."""

from collections.abc import Mapping

LEVELS: Mapping[int, str] = {1: "Ⅰ级 红", 2: "Ⅱ级 橙", 3: "Ⅲ级 黄", 4: "Ⅳ级 蓝"}

REASONS: Mapping[str, str] = {
    "new_matter": "新事件",
    "grave": "重大情形",
    "addressed": "网民向本单位留言",
    "growth": "声量上升",
    "spread": "扩散到更多信源",
    "by_hand": "人工立项",
}

TODO_REASONS: Mapping[str, str] = {
    "ours": "属本单位业务",
    "unclear": "机器拿不准，请看一眼",
    "grave": "重大情形",
    "addressed": "网民向本单位留言",
    "no_classifier": "没有分类器，全部请人看",
}

OUTCOMES: Mapping[str, str] = {
    "disallowed": "robots.txt 不允许",
    "robots_unreachable": "robots.txt 取不到，按不允许处理",
    "http_error": "网站返回错误",
    "rate_limited": "网站要求放慢",
    "timeout": "超时",
    "unreachable": "连不上",
    "not_a_feed": "不是订阅源",
    "not_html": "不是网页",
    "too_big": "页面过大",
    "our_fault": "采集程序出错",
    "gone": "页面已不在",
    "elsewhere": "转到了别的网站",
    "not asked yet": "还没有采集过",
    "not asked": "这一轮没有采到",
    "nothing_found": "页面变了，什么也没找到",
    "overdue": "很久没有采到",
}

FOR_LEADER = "涉工作作风，由分管领导决定"
"""What stands for the words of a complaint about staff until a leader has decided."""

PARTS: Mapping[str, str] = {"crawl": "采集进程", "work": "处理进程", "serve": "网页和定时进程"}

EXITS: Mapping[int, str] = {
    0: "没有人叫停就结束了",
    1: "出错，或被另一个进程接替",
    2: "拒绝继续，原因见日志",
    3: "停下来等人处理，见 huiyin doctor",
}
"""Why a process ended, by its exit code."""
