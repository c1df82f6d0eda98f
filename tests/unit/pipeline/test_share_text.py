"""Share texts: every app's form loses its nickname, and ordinary text is untouched. All names are invented."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.domain.share_text import Dropped, Shared, read_shared

WORDS = "柳湾镇养老院的饭菜又凉了"
LINK = "https://v.example/abc"
FORMS = (
    "7.15 复制打开抖音，看看【{name}的作品】{words} # 低保 https://v.douyin.com/iAbC/ 08/12 pqR:/ x@F.uS :0pm",
    "9.20 复制打开抖音，看看【{name}的图文作品】{words} https://v.douyin.com/iAbC/",
    "看看【{name}的直播间】{words} 长按复制此条消息，打开抖音搜索，一起看直播 https://v.douyin.com/iAbC/",
    "【{words}】{name}的个人主页 https://v.example/abc?share_id=9",
    "【{words}】{name}的快手作品 https://v.kuaishou.com/abc 点击链接，打开【快手】直接观看！",
    "快来看！{name}的快手作品 https://v.kuaishou.com/abc",
    "@{name}(O3xqwe12) {words} https://v.kuaishou.com/abc 该作品在快手被播放过3.2万次，点击链接，打开【快手】",
    "{name}发布了一篇小红书笔记，快来看吧！ 😆 AbCdEf12345 😆 http://xhslink.com/a/b，复制本条信息，打开【小红书】App查看精彩内容！",
    "82 【{words} - {name} | 小红书 - 你的生活指南】 😆 aBcDeF123xyz 😆 https://www.xiaohongshu.com/discovery/item/66f",
    "{words} - {name} | 小红书 - 你的生活指南 https://www.xiaohongshu.com/discovery/item/66f",
    "{words}//@{name}:我家也是//@{name}:转发微博 http://t.cn/A6abc",
    "分享 {name} 的微博：{words} http://t.cn/A6abc",
    "@{name} 的微博：{words}",
    "{words}（分享自 @{name}） http://t.cn/A6abc",
    "{words} 来自@{name}",
    "{name}的微博视频 http://t.cn/A6abc",
    "{words}？ - {name}的回答 - 知乎 https://www.zhihu.com/question/1/answer/2",
    "{words} - {name}的文章 - 知乎 https://zhuanlan.zhihu.com/p/2",
    "{name}的想法 - 知乎 https://www.zhihu.com/pin/2",
    "{words} —— 来自知乎 - {name} https://www.zhihu.com/question/1",
    "{words} - {name} - 今日头条 https://m.toutiao.com/is/abc/",
    "【{words}】 来自 百度贴吧 楼主：{name} https://tieba.baidu.com/p/123",
    "{name}在云汐吧发布了{words} https://tieba.baidu.com/p/123",
    "【{words}】 UP主：{name} https://b23.tv/abc 来自哔哩哔哩",
    "{words}\n作者：{name}\n来自微信公众平台 https://mp.weixin.qq.com/s/abc",
    "“{name}”和“河边的风”的聊天记录\n{name}：{words}\n河边的风: 我也是",
    "{name}和河边的风的聊天记录\n\n{name}: {words}",
    "—————  2026-11-02  —————\n\n{name}  09:21\n\n{words}\n\n河边的风  09:22\n\n我也是",
    "{name} 2026/11/2 09:21:05\n{words}\n{name} 2026/11/2 09:22:05\n没人管",
)
ORDINARY = (
    WORDS,
    "柳湾镇敬老院的回答让人不满意，看看他们的作品展。",
    "时间：11月3日 09:30\n地点：柳湾镇政府\n内容：低保金没有发",
    "窗口的人说：不归我们管，来电的人很生气。",
    "看看社区的动态",
    "我们村的视频号没人管了，好久没更新",
    "有人在贴吧发布了假消息，说低保要取消",
    "网友在小红书发布了养老院涨价的事",
    "县民政局的微博：低保申请材料有变化",
    "反映人来自外县，作者不详，转自群众来信",
    "王庄和李庄的群众都在问",
    "会上说 3.15 要检查，08 月再来",
    "我和社区干部有聊天记录",
    "- 低保\n- 养老\n- 殡葬",
    "养老院的视频还没有装监控",
)
nicknames = st.text(st.sampled_from("山里的橘子河边风小熊饼干ABCxyz0189_·~🌸🍊𝓐 "), min_size=3, max_size=12).filter(
    lambda name: name == name.strip() and len(set(name)) > 2 and "  " not in name
)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=25, deadline=None)
@given(name=nicknames)
@example(name="山里的橘子")
@example(name="山里的作品")
@example(name="A 河边 🌸")
def test_no_nickname_survives(form: str, name: str) -> None:
    """Whatever it is made of, no two neighbouring signs of it that the words have not themselves are left."""
    shared = read_shared(form.format(name=name, words=WORDS))
    assert name not in shared.words
    assert name not in shared.link
    assert Dropped.NICKNAME in shared.dropped
    left = shared.words.replace(WORDS, "")
    assert not [sign for sign in name if sign in "橘熊饼🌸🍊𝓐" and sign in left]


@pytest.mark.parametrize("form", [form for form in FORMS if "{words}" in form])
def test_the_words_stay(form: str) -> None:
    """What the post says is kept whole, and once."""
    assert read_shared(form.format(name="山里的橘子", words=WORDS)).words.count(WORDS) == 1


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_untouched(text: str) -> None:
    """No form of an app: not one sign is changed."""
    assert read_shared(text) == Shared(text)


@pytest.mark.parametrize("form", FORMS)
def test_reading_again_changes_nothing(form: str) -> None:
    """The words that were kept hold no form any more."""
    once = read_shared(form.format(name="山里的橘子", words=WORDS))
    assert read_shared(once.words).words == once.words


def test_the_link_is_the_page_and_says_no_more_who_shared_it() -> None:
    """Trackers fall; what stands behind the link is no part of it."""
    pasted = f"{WORDS} https://www.xiaohongshu.com/discovery/item/66f?xsec_token=AB&shareRedId=ODk&app_platform=ios，看"
    assert read_shared(pasted) == Shared(f"{WORDS} ，看", "https://www.xiaohongshu.com/discovery/item/66f")


def test_a_link_that_names_a_person_is_left_to_the_door() -> None:
    """The first is given as it is, to be sealed; a further one falls."""
    shared = read_shared(f"{WORDS} https://v.example/@shan-li/1 又见 https://v.example/people/he-bian")
    assert shared.link == "https://v.example/@shan-li/1"
    assert shared.words == f"{WORDS} 又见"
    assert shared.dropped == (Dropped.PERSONS_PAGE,)


def test_an_organisation_stays_in_the_words() -> None:
    """Where a name would stand, an office is none."""
    assert read_shared(f"看看云汐县民政局的作品 {LINK}").words == "看看云汐县民政局的作品"
