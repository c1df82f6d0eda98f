"""
The forms in which Chinese apps write a share text: where the name of a person stands, and what is the app's own.

Written from how such texts look, app by app. A form names its app or the app's own noun, so that a plain sentence has
none of them. Where a name has no end of its own, it goes as far as the line does, since a name must not stay.
"""

import re
from collections.abc import Sequence

from .lexicon import ORGANISATIONS

_LINE = r"(?:^|(?<=\n))"
_NAME = r"(?P<name>[^\n【】。！？]{1,40}?)"
"""A nickname may be anything: letters, blanks, pictures."""
_ANY_WORK = (
    r"(?:(?:图文|视频|文字|快手|抖音|西瓜|精彩|微博)?(?:作品|视频|图文)|直播间?|个人主页|主页|名片|微博|微头条|视频号(?:动态)?"
    r"|小红书(?:笔记|主页)?|笔记|朋友圈|QQ空间|动态|专栏|投稿|合集)"
)
_OWN_WORK = (
    r"(?:(?:快手|抖音|西瓜|图文)?作品|微博视频|微博|微头条|个人主页|主页|名片|直播间|视频号(?:动态)?|小红书(?:笔记|主页)?"
    r"|朋友圈|QQ空间)"
)
_TO_LINK = r"(?=[\s，,。.！!…：:)）]*(?:https?://|$|\n|复制|点击|长按|打开))"
_STRAIGHT_TO_LINK = r"(?=[\s：:]*https?://)"
_TOWARDS = r"(?:我在看|我正在看|快来看|来看看|看看|查看|观看|分享一?下?|推荐|转发)[！!，,：:]?\s?@?"


def _form(*parts: str) -> re.Pattern[str]:
    return re.compile("".join(parts))


NAMED: Sequence[tuple[re.Pattern[str], str]] = (
    # 【山里的橘子的作品】
    (_form(r"(?:快来看|看看)?【(?P<name>[^【】\n]{1,60}?)的", _ANY_WORK, r"】"), " "),
    # 【标题 - 山里的橘子 | 小红书 - 你的生活指南】
    (_form(r"(【[^【】\n]{0,300}?)\s-\s[^【】\n]{0,200}?[|｜]\s?小红书[^【】\n]{0,60}】"), r"\1】"),
    (_form(_LINE, r"(.*?)\s-\s[^\n]{0,200}?[|｜]\s?小红书\s?-\s?你的生活指南"), r"\1 "),
    # 山里的橘子发布了一篇小红书笔记，快来看吧！
    (_form(_LINE, _NAME, r"\s?(?:(?:发布|分享)了一篇小红书笔记|在小红书(?:收获|发布|分享)了)"), " "),
    # 问题？ - 山里的橘子的回答 - 知乎
    (_form(r"\s-\s[^\n]{0,200}?(?:的\s?(?:回答|文章|想法|专栏|提问|评论|视频))?\s-\s知乎"), " "),
    (_form(_LINE, _NAME, r"的\s?(?:回答|文章|想法|专栏|提问)\s?-\s?知乎"), " "),
    (_form(r"(?:[-—]{1,2}\s?)?来自知乎\s?[-—]\s?[^\n]{0,200}?", _TO_LINK), " "),
    # 标题 - 山里的橘子 - 今日头条
    (_form(r"\s-\s[^\n]{0,200}?\s-\s(?:今日头条|西瓜视频|微头条|哔哩哔哩|百度贴吧|豆瓣|快手|抖音)"), " "),
    # 【标题】山里的橘子的个人主页 https://…
    (_form(r"(】)", _NAME, r"的", _ANY_WORK, _TO_LINK), r"\1 "),
    # 看看山里的橘子的作品   山里的橘子的微博视频 https://…   @山里的橘子 的微博：
    (_form(_LINE, _TOWARDS, _NAME, r"\s?的", _OWN_WORK, _TO_LINK), " "),
    (_form(_LINE, _NAME, r"\s?的", _OWN_WORK, _STRAIGHT_TO_LINK), " "),
    (_form(_LINE, r"(?:分享|转发)?\s?@[^\n【】]{1,60}?\s?的(?:微博|微头条|视频号?|作品)(?:视频|动态)?[：:，]?"), " "),
    (_form(_LINE, r"(?:分享|查看|转发)\s?", _NAME, r"\s?的(?:微博|微头条)[：:，,]"), " "),
    # //@山里的橘子: 转发   回复@山里的橘子:   （分享自 @山里的橘子）   来自@山里的橘子
    (_form(r"//\s?@[^\n:：]{1,60}[:：]"), " // "),
    (_form(r"回复\s?@[^\n:：]{1,60}[:：]"), " "),
    (_form(r"[（(]\s?(?:分享自|转自|来自|via)\s?@[^\n（）()]{1,60}[)）]"), " "),
    (_form(r"(?:分享自|转自|来自|via)\s?@[^\n]{1,60}?", _TO_LINK), " "),
    # 山里的橘子在云汐吧发布了…   山里的橘子正在快手直播   @山里的橘子(O3xAbc) 快手
    (_form(_LINE, _NAME, r"\s?在\s?(?:[\u4e00-\u9fff]{1,12}吧|百度贴吧|贴吧)\s?(?:发布|发表|分享)了"), " "),
    (_form(_LINE, r"[“\"「]?", _NAME, r"[”\"」]?\s?正在(?:快手|抖音|视频号|微博|西瓜|小红书)直播"), " "),
    (_form(r"@[^\n@]{1,60}?\s?[（(]O3x\w+[)）]"), " "),
)  # fmt: skip
"""Form → what is left of it. What it names is gone."""

NOBODY = re.compile(
    rf".*{ORGANISATIONS}|(?:[我你您咱他她它]们?|大家|别人|本人|有人|(?:有|一位|某)?网[友民]|有的人|村里|社区|单位|群众|居民|老人)",
    re.DOTALL,
)
"""What stands where a name would and is none: an organisation, or no particular person."""

STRAY = re.compile(
    r"(?:^|(?<=[\s|｜，,。；;】]))(?:原创\s?)?(?:作者|UP主|up主|Up主|楼主|博主|主播|答主|发布者|发布人|发帖人|投稿人|昵称|网名|账号)\s?[:：]\s?[^\n【】]{1,60}?"
    r"(?=\s*(?:https?://|来源|来自|发布于|时间|链接|\n|$|[|｜，,。；;】]))"
    r"|@[\w·.~\-]{1,40}(?:\s?[:：])?",
    re.MULTILINE,
)
"""A name behind its label, or behind an @: taken out where the text was found to be an app's."""

STARTED_CHAT = re.compile(
    r"(?:^|(?<=\n))(?!我)(?:[“\"「][^\n]{1,60}?[”\"」](?:和[“\"「][^\n]{1,60}?[”\"」])?|[^\n，。！？]{1,40}和[^\n，。！？]{1,40}|[^\n，。]{0,20}群聊?)的聊天记录(?:如下)?[：:]?[^\S\n]*(?=\n|$)"
    r"|(?:^|(?<=\n))[—\-–]{2,}\s*\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s*[—\-–]{2,}"
)
"""“甲”和“乙”的聊天记录, or a day between dashes: what follows is a forwarded chat."""

_HOUR = (
    r"(?:\d{4}[-/.年])?(?:\d{1,2}[-/.月]\d{1,2}日?\s?)?(?:上午|下午|早上|晚上|中午|凌晨|星期.|昨天|今天)?"
    r"\s?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?"
)
SAID_IN_CHAT: Sequence[tuple[re.Pattern[str], int]] = (
    (re.compile(rf"(?:^|(?<=\n))[^\n，。：:；]{{1,30}}?\s+{_HOUR}[：:]?[^\S\n]*(?=\n)"), 2),
    (re.compile(r"(?:^|(?<=\n))(?!https?:)[^\n:：]{1,60}[:：](?!//)[^\S\n]*"), 0),
)
"""A line of who spoke and when; one of who spoke before what. So many make a chat without a heading (0: none do)."""

_APPS = r"(?:抖音极速版|抖音|Dou音|快手极速版|快手|小红书|微博|西瓜视频|今日头条|哔哩哔哩|知乎)"
APP_WORDS = re.compile(
    rf"(?:复制|长按)(?:复制)?(?:此|本|这)?(?:条)?(?:链接|信息|消息|内容|口令|后)?"
    rf"[，, ]*(?:后)?打开\s?【?{_APPS}】?(?:App|APP|app|搜索)*"
    r"[，, ]*(?:直接(?:观看|打开)(?:视频|作品|直播)?|查看(?:精彩内容|笔记|TA的更多作品)?|看看|观看)?[！!。～~]?"
    r"|(?:点击|戳)(?:此|下方|这个|该)?链接[，, ]*打开\s?【?[\u4e00-\u9fff]{2,6}】?\s?(?:直接)?(?:观看|查看)?[！!。]?"
    r"|该作品在(?:快手|抖音|西瓜视频)被(?:播放|观看)过?[\d.]+万?次[，,]?"
    r"|[，,]?\s?快来看吧[！!](?=\s*(?:https?://|[\U0001F600-\U0001F64F]))"
    r"|#?在抖音[，,]记录美好生活[！!#]?|快手，拥抱每一种生活"
    r"|[\s\-—|｜_（(]{0,6}(?:来自|分享自)\s?(?:微信公众平台|微信公众号|百度贴吧|今日头条|知乎日报|新浪微博|哔哩哔哩|豆瓣App)[)）]?"
    r"|[\s\-—|｜_]{1,6}(?:微信公众平台|百度贴吧|哔哩哔哩_bilibili|小红书\s?-\s?你的生活指南)"
    rf"|[，,]?\s?-\s?{_APPS}(?=】|\s|$)|#小程序://\S+"
)
"""An app's own sentences."""

CODES = re.compile(
    r"(?<![\w.])\d\.\d{2}(?=\s)|(?<!\w)[A-Za-z]{3}:/(?!/)|(?<![\w/])\d{2}/\d{2}(?![\w/])|(?<!\w)[A-Za-z]@[A-Za-z]\.[A-Za-z]{2}(?!\w)"
    r"|(?<!\w):\d(?:am|pm)\b|[\U0001F600-\U0001F64F]\s?[A-Za-z0-9]{8,20}\s?[\U0001F600-\U0001F64F]|^\d{1,3}\s(?=【)"
)
"""Codes by which an app knows its own text again."""
