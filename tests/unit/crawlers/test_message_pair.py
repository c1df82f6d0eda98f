"""Messages of citizens and the answers to them, in labelled fields."""

import pytest

from crawlers.extract import extract_page
from crawlers.read_manifest import manifest_from_dict
from crawlers.spiders.article import read_article
from crawlers.spiders.listing import HtmlPage
from crawlers.visit import PageKind, Visit
from pipeline.domain.intake import IntakeKeys, intake
from pipeline.domain.post import Kind
from tests.end_to_end.crawl_job import a_source

ADDRESS = "https://www.yunxi.example/messages/17.html"
TABLE = """<table>
<tr><td>信件标题</td><td>高龄补贴停发</td></tr>
<tr><td>写信人：</td><td>柳明远</td><td>联系电话</td><td>13800001111</td></tr>
<tr><td>来信时间</td><td>2026-03-05 09:12</td></tr>
<tr><td>来信内容</td><td><p>家母八十三岁，</p><p>三月起补贴没有发放，请问原因？</p></td></tr>
<tr><td>答复单位</td><td>云汐县民政局</td></tr>
<tr><td>答复时间</td><td>2026年3月6日 15:40</td></tr>
<tr><td>答复内容</td><td>您好，经核实为银行卡变更，已补发。</td></tr></table>"""
LIST = """<dl><dt>留言标题：</dt><dd>高龄补贴停发</dd><dt>网友：</dt><dd>柳明远</dd>
<dt>留言时间：</dt><dd>2026-03-05 09:12</dd>
<dt>留言内容：</dt><dd>家母八十三岁，<br>三月起补贴没有发放，请问原因？</dd></dl>
<dl><dt>回复时间：</dt><dd>2026-03-06 15:40</dd><dt>官方回复：</dt><dd>您好，经核实为银行卡变更，已补发。</dd></dl>"""
LINES = """<div class="x"><p><b>留言标题：</b>高龄补贴停发</p><p>留言人：柳明远</p><p>留言时间：2026-03-05 09:12</p>
<p><b>留言内容：</b>家母八十三岁，<br>三月起补贴没有发放，请问原因？</p>
<p>答复时间：2026-03-06 15:40</p><p><b>答复内容：</b>您好，经核实为银行卡变更，已补发。</p></div>"""

NESTED = """<div><p><b>留言标题：</b></p><div>高龄补贴停发</div><p>留言时间：2026-03-05 09:12</p>
<p><b>留言内容：</b></p><div>家母八十三岁，<br>三月起补贴没有发放，请问原因？</div>
<p>答复时间：2026-03-06 15:40</p><p><b>答复内容：</b></p><div>您好，经核实为银行卡变更，已补发。</div></div>"""


@pytest.mark.parametrize("fields", [TABLE, LIST, LINES, NESTED])
def test_a_message_is_paired_with_its_answer(fields: str) -> None:
    """Title, words, both times; neither the writer nor the telephone number."""
    html = f"<html><head><title>信件详情-云汐县人民政府</title></head><body>{fields}</body></html>"

    page = extract_page(html.encode(), ADDRESS)

    assert page.title == "高龄补贴停发"
    assert page.text == "家母八十三岁，\n三月起补贴没有发放，请问原因？"
    assert page.published_at == 1_772_673_120_000
    assert [(reply.text, reply.published_at) for reply in page.replies] == [
        ("您好，经核实为银行卡变更，已补发。", 1_772_782_800_000)
    ]
    assert "柳明远" not in str(page)
    assert "13800001111" not in str(page)


def test_the_answer_reaches_intake_as_an_answer_to_the_message() -> None:
    """The page labels it; what readers write below an article stays a reply."""
    manifest = manifest_from_dict(a_source(ADDRESS, kind="listing", list={"item": "li", "link": "a"}, pace_seconds=5))
    page = HtmlPage("", ADDRESS, "0" * 64, 1_795_000_000_000)
    visit = Visit("yunxi-feed", PageKind.THREAD, ADDRESS, thread="17")
    html = f"<html><body><h1>高龄补贴停发</h1>{LIST}</body></html>".encode()
    message, answer = read_article(html, "text/html", page, visit, manifest).posts

    assert (message.kind, message.native_id) == (Kind.POST, "17")
    assert (answer.kind, answer.parent, answer.text) == (Kind.ANSWER, "17", "您好，经核实为银行卡变更，已补发。")


def test_an_answer_is_no_new_version_of_its_message_where_the_list_names_no_ids() -> None:
    """The page's address is the message's alone: what stands below it has a key of its own."""
    manifest = manifest_from_dict(a_source(ADDRESS, kind="listing", list={"item": "li", "link": "a"}, pace_seconds=5))
    html = f"<html><body><h1>高龄补贴停发</h1>{LIST}</body></html>".encode()
    page = HtmlPage("", ADDRESS, "0" * 64, 1_795_000_000_000)
    raws = read_article(html, "text/html", page, Visit("yunxi-feed", PageKind.THREAD, ADDRESS), manifest).posts
    keys = IntakeKeys(salt="s", address_key=b"k", seal=lambda address: address)
    message, answer = (intake(raw, keys, 1_795_000_000_000) for raw in raws)

    assert message.id != answer.id
    assert not set(message.heads) & set(answer.heads)
    assert answer.thread in message.heads


def test_a_message_that_nobody_answered_has_no_replies() -> None:
    """An empty field is no answer."""
    fields = LIST.replace("您好，经核实为银行卡变更，已补发。", "").replace("2026-03-06 15:40", "")

    page = extract_page(f"<html><body>{fields}</body></html>".encode(), ADDRESS)

    assert page.text.startswith("家母八十三岁")
    assert page.replies == ()


def test_an_article_that_speaks_of_an_answer_is_no_message() -> None:
    """Only labels make a message."""
    text = "<p>记者在留言板上看到，不少群众的留言内容与高龄补贴有关，县民政局的答复内容则大同小异。</p>"
    html = f"<html><head><title>留言板观察</title></head><body><h1>留言板观察</h1>{text}</body></html>"

    page = extract_page(html.encode(), ADDRESS)

    assert page.title == "留言板观察"
    assert page.text.startswith("记者在留言板上看到")
