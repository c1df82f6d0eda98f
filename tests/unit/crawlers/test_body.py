"""Where the article of a page stands."""

from crawlers.extract import extract_page

SAID = [
    "三月一日起，云汐县城乡低保标准由每月六百元提高到六百五十元，涉及三千二百余户。",
    "县民政局表示，原有对象无需重新申请，差额部分将于本月十五日前补发到账。",
    "对新申请的家庭，乡镇应在二十个工作日内完成入户调查和公示，逾期可以向县里反映。",
]


def article(body: str) -> str:
    html = f"<html><head><title>云汐县提高低保标准_云汐新闻网</title></head><body>{body}</body></html>"
    return extract_page(html.encode(), "http://news.yunxi.example/a/1.html").text


def paragraphs(tag: str = "p") -> str:
    return "".join(f"<{tag}>{line}</{tag}>" for line in SAID)


SIDE = (
    '<div class="nav"><a href="/">首页</a><a href="/a">要闻，民生</a></div>'
    '<div class="right"><h3>热点新闻</h3><ul><li><a href="/2">敬老院举办春节联欢，老人们笑开了颜，气氛热烈</a>'
    "</li></ul></div>"
)


def test_an_article_is_read_without_lists_tools_and_footer() -> None:
    """Only the paragraphs between the headline and the words that end an article."""
    body = (
        f"{SIDE}<h1>云汐县提高低保标准</h1><div class='share'>分享到：微信，微博，打开扫一扫，点击右上角。</div>"
        f"<div class='TRS_Editor'>{paragraphs()}<p>责任编辑：柳明</p></div>"
        "<div class='recommend'><p>相关阅读：去年云汐县发放低保金两千余万元，惠及全县三千余户，群众叫好。</p></div>"
        "<div class='footer'><p>版权所有，云汐新闻网，未经授权，请勿转载，违者必究，地址：云汐县人民路。</p></div>"
    )

    assert article(body).split("\n") == SAID


def test_comments_that_are_longer_than_the_article_are_not_taken_for_it() -> None:
    """Readers may say more than the writer."""
    talk = "".join(f"<p>我觉得这个标准还是太低了，物价涨得这么快，哪里够用呢，第{n}次说了。</p>" for n in range(9))
    body = f"<h1>云汐县提高低保标准</h1><div class='c'>{paragraphs()}</div><div class='comment-list'>{talk}</div>"

    assert article(body).split("\n") == SAID


def test_a_lead_that_stands_apart_is_part_of_the_article() -> None:
    """Some sites put the summary into a box of its own below the headline."""
    lead = "导语：备受关注的低保标准调整今天落地，记者从县民政局获悉，这是云汐县五年来的第三次提高，惠及面更广。" * 3
    body = f"<h1>云汐县提高低保标准</h1><div class='abs'>{lead}</div><div><div class='c'>{paragraphs()}</div></div>"

    assert article(body) == "\n".join([lead, *SAID])


def test_lines_that_only_breaks_divide_are_read() -> None:
    """Old county sites write whole articles into one table cell."""
    cell = "<br>".join(SAID)

    assert (
        article(f"<table><tr><td>{SIDE}</td><td><h1>云汐县提高低保标准</h1>{cell}</td></tr></table>").split("\n")
        == SAID
    )


def test_a_short_notice_is_found_below_its_headline() -> None:
    """Twenty characters are an article too, where they follow the headline."""
    body = (
        "<div><h1>云汐县提高低保标准</h1><div class='c'><p>今日起，窗口暂停办理，请见谅。</p></div></div>"
        "<div class='x'><div><p>内容由用户上传，仅供参考，侵权即删。</p></div></div>"
    )

    assert article(body) == "今日起，窗口暂停办理，请见谅。"


def test_a_box_of_other_news_above_the_article_does_not_end_it() -> None:
    """相关新闻 may stand between the headline and the article."""
    words = "新品免费试用，更有达人经验，快来体验，好玩有趣，先到先得，名额有限。"
    box = f"<div class='t'><p>{words}</p><p>相关新闻：</p></div>"
    body = f"<h1>云汐县提高低保标准</h1>{box}<div class='c'>{paragraphs() * 2}</div>"

    assert article(body).split("\n") == SAID * 2


def test_what_stands_above_the_article_is_not_said_again() -> None:
    """The way to the page, the headline, the line of its time."""
    above = "<p>首页 >> 民生 >> 正文</p><p>云汐县提高低保标准</p><p>发稿时间：2026-03-01 09:00</p>"

    assert article(f"<div class='all'>{above}{paragraphs()}</div>").split("\n") == SAID


def test_a_page_without_sentences_has_no_text() -> None:
    """A list of links says nothing itself."""
    assert article("<h1>云汐县</h1><ul><li><a href='/1'>通知</a></li><li><a href='/2'>公告</a></li></ul>") == ""
