"""Threads and comments, in the forms that forum software writes. All people and places are invented."""

import pytest

from crawlers.extract import Page, extract_page

ADDRESS = "http://bbs.yunxi.example/forum.php?mod=viewthread&tid=7"


def read(body: str, *, title: str = "敬老院晚饭太少 - 百姓杂谈 - 云汐论坛", url: str = ADDRESS) -> Page:
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    return extract_page(html.encode(), url)


def discuz_floor(pid: int, floor: str, at: str, words: str, who: str = "溪边柳明") -> str:
    return (
        f'<div id="post_{pid}"><table id="pid{pid}"><tr><td class="pls"><div class="authi">'
        f'<a class="xw1" href="home.php?mod=space&amp;uid=9">{who}</a></div><dl><dt>积分</dt><dd>41</dd></dl></td>'
        f'<td class="plc"><strong><a id="postnum{pid}">{floor}</a></strong><div class="authi">'
        f'<em id="authorposton{pid}">发表于 <span title="{at}">3&nbsp;天前</span></em> | <a href="#">只看</a></div>'
        f'<table><tr><td class="t_f" id="postmessage_{pid}">{words}</td></tr></table></td></tr></table></div>'
    )


DISCUZ = (
    '<h1 class="ts"><span id="thread_subject">敬老院晚饭太少</span></h1>'
    + discuz_floor(16, "楼主", "2026-03-05 18:20:07", "老人说晚饭只有一碗粥。")
    + discuz_floor(
        17,
        "沙发",
        "2026-03-05 19:01:33",
        '<i class="pstatus"> 本帖最后由 稻香何清 于 2026-3-5 19:02 编辑 </i><br>我家也是<div class="quote"><blockquote>'
        "溪边柳明 发表于 2026-3-5 18:20<br>老人说晚饭只有一碗粥。</blockquote></div>，反映过两次。",
        "稻香何清",
    )
    + discuz_floor(21, "5#", "2026-03-06 08:00:00", "谢谢溪边柳明提醒，@溪边柳明 一起去问问。", "云上客")
)


def test_a_discuz_thread_gives_floor_time_id_and_words_of_every_post() -> None:
    """The exact time stands in a title attribute beside 3 天前."""
    page = read(DISCUZ)

    assert (page.title, page.text) == ("敬老院晚饭太少", "老人说晚饭只有一碗粥。")
    assert page.published_at == 1_772_706_007_000
    assert [(reply.floor, reply.id, reply.published_at) for reply in page.replies] == [
        (2, "17", 1_772_708_493_000),
        (5, "21", 1_772_755_200_000),
    ]


def test_a_quotation_and_the_mark_of_editing_are_no_words_of_the_reply() -> None:
    """They repeat what another one said, under his name."""
    assert read(DISCUZ).replies[0].text == "我家也是，反映过两次。"


@pytest.mark.parametrize("nickname", ["溪边柳明", "稻香何清", "云上客"])
def test_no_nickname_of_a_thread_is_anywhere_in_the_page(nickname: str) -> None:
    """Neither where the forum shows it nor where another post addresses it."""
    assert nickname not in str(read(DISCUZ))
    assert "谢谢＊＊＊＊提醒，@＊＊＊＊ 一起去问问。" in str(read(DISCUZ))


def test_on_a_later_page_of_a_thread_every_post_is_a_reply() -> None:
    """The first post stands on the first page only."""
    body = discuz_floor(31, "11#", "2026-03-07 08:00:00", "顶一下，还没有答复。")

    page = read(body)

    assert (page.text, page.published_at) == ("", None)
    assert [(reply.floor, reply.text) for reply in page.replies] == [(11, "顶一下，还没有答复。")]


def test_an_archiver_page_is_read_without_elements_around_its_posts() -> None:
    """A line names who wrote when, the words follow it."""
    line = '<p class="author"><strong>{}</strong> 发表于 <span title="2026-03-05 18:2{}:00">1 天前</span></p>'
    body = (
        f'<div id="content">{line.format("溪边柳明", 0)}<h3>敬老院晚饭太少</h3>老人说<br>晚饭只有一碗粥。'
        f'{line.format("稻香何清", 1)}<h3></h3>我家也是。<div class="page">页: 1 2</div></div>'
        "Powered by Archiver archiver/"
    )

    page = read(body)

    assert page.text == "老人说\n晚饭只有一碗粥。"
    assert [(reply.text, reply.published_at) for reply in page.replies] == [("我家也是。", 1_772_706_060_000)]
    assert "柳明" not in str(page)


def test_a_machina_topic_gives_its_posts() -> None:
    """Post after post in cards, each with its time to the minute."""
    card = (
        '<div id="{0}" class="card post"><div class="post-content-wrapper"><small class="text-muted">By: '
        '<a href="/forum/member/profile/3/">溪边柳明</a> on 2026年3月5日 18:2{0}</small>'
        '<div class="post-content"><p>{1}</p></div></div></div>'
    )
    page = read(
        f"<h1>敬老院晚饭太少</h1>{card.format(1, '老人说晚饭只有一碗粥。')}{card.format(2, '已转民政局。')}",
        title="Machina &mdash; 敬老院晚饭太少",
    )

    assert (page.title, page.text, page.published_at) == ("敬老院晚饭太少", "老人说晚饭只有一碗粥。", 1_772_706_060_000)
    assert [(reply.id, reply.text, reply.published_at) for reply in page.replies] == [
        ("2", "已转民政局。", 1_772_706_120_000)
    ]


def test_a_tieba_page_gives_floors_and_the_answers_nested_in_them() -> None:
    """The time stands below the words; the answer to a floor has its own."""
    floor = (
        '<div class="l_post" data-pid="{0}"><div class="d_author"><a href="/home/main?un=x">溪边柳明</a></div>'
        '<div class="d_post_content_main"><cc><div class="d_post_content" id="post_content_{0}">{1}</div></cc>'
        '<div class="core_reply">{2}<span class="tail-info">{3}楼</span>'
        '<span class="tail-info">2026-03-05 18:2{3}</span></div></div></div>'
    )
    nested = (
        '<ul><li class="lzl_single_post"><div class="lzl_cnt"><a class="at" href="/home/main?un=y">稻香何清</a>:'
        '<span class="lzl_content_main">同问，我们村也是</span><span class="lzl_time">2026-3-6 09:30</span>'
        "</div></li></ul>"
    )
    page = read(floor.format(81, "晚饭只有一碗粥", "", 1) + floor.format(82, "反映过两次", nested, 2))

    assert (page.text, page.published_at) == ("晚饭只有一碗粥", 1_772_706_060_000)
    assert [(reply.text, reply.published_at) for reply in page.replies] == [
        ("反映过两次", 1_772_706_120_000),
        ("同问，我们村也是", 1_772_760_600_000),
    ]
    assert "何清" not in str(page)


def test_comments_below_an_article_are_replies_and_no_part_of_it() -> None:
    """A WordPress article: its time to the minute is in an attribute."""
    comment = (
        '<li id="comment-{0}" class="comment"><div class="comment-author-name">{1}</div><time '
        'datetime="2026-03-05T19:0{0}:00+08:00">2026年3月5日</time><div class="comment-content"><p>{2}</p></div></li>'
    )
    page = read(
        '<main><h1>高龄补贴发放说明</h1><div class="entry-content">'
        "<p>三月的高龄补贴已于五日发放，未收到的请到窗口核对账号。</p></div>"
        '<time datetime="2026-03-05T18:20:30+08:00">2026年3月5日</time></main><ol>'
        f"{comment.format(2, '溪边柳明', '我家的还没有到账')}{comment.format(3, '稻香何清', '收到了，谢谢')}</ol>",
        title="高龄补贴发放说明 - 云汐县民政网",
        url="http://www.yunxi.example/2026/03/05/gaoling/",
    )

    assert page.text == "三月的高龄补贴已于五日发放，未收到的请到窗口核对账号。"
    assert page.published_at == 1_772_706_030_000
    assert [(reply.id, reply.text) for reply in page.replies] == [("2", "我家的还没有到账"), ("3", "收到了，谢谢")]
    assert "柳明" not in str(page)


def test_the_best_answer_that_is_shown_twice_is_one_reply() -> None:
    """Forums show it above the others and again in its place."""
    post = (
        '<article class="CommentPost Post" data-id="{}"><time datetime="2026-03-05T18:20:00+08:00">x</time>'
        '<div class="Post-body">{}</div></article>'
    )
    best = '<article class="Post"><div class="Post-body">带户口本就可以</div></article>'
    body = post.format(30, "办证要带什么？") + best + post.format(31, "带户口本就可以")

    page = read(body)

    assert [reply.id for reply in page.replies] == ["31"]
