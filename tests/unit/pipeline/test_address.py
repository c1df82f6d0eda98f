"""One page has one address, whatever link a reader followed; a comment is not its article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.address import canonical_address, names_author


@pytest.mark.parametrize(
    ("shared", "same"),
    [
        (
            "https://mp.weixin.qq.com/s?__biz=MzA3&mid=22&idx=1&sn=ab12&chksm=8cf&scene=21&from=timeline#wechat_redirect",
            "https://mp.weixin.qq.com/s?__biz=MzA3&idx=1&mid=22&sn=ab12",
        ),
        ("https://mp.weixin.qq.com/s/AbC_d-1?isappinstalled=0", "https://mp.weixin.qq.com/s/AbC_d-1"),
        ("https://baijiahao.baidu.com/s?id=17&wfr=spider&for=pc", "https://baijiahao.baidu.com/s?id=17"),
        ("https://tieba.baidu.com/p/88?fr=good&red_tag=1", "https://tieba.baidu.com/p/88"),
        ("https://www.sohu.com/a/1_2?spm=smpc.1&scm=11.1&edtsign=A&edtcode=B", "https://www.sohu.com/a/1_2"),
        ("https://news.sina.cn/x/detail-i1.d.html?from=wap&vt=4", "https://news.sina.cn/x/detail-i1.d.html?vt=4"),
        ("https://weibo.com/1/Abc?refer_flag=1001&type=comment#_rnd17", "https://weibo.com/1/Abc"),
        ("https://m.weibo.cn/status/49?sourceType=qq&from=10B&wm=90", "https://m.weibo.cn/status/49"),
        (
            "https://www.bilibili.com/video/BV1/?spm_id_from=333&vd_source=f0&p=2",
            "https://www.bilibili.com/video/BV1/?p=2",
        ),
        ("https://www.toutiao.com/article/7/?log_from=ab_16&wid=1", "https://www.toutiao.com/article/7/"),
        ("https://www.zhihu.com/question/1/answer/2?utm_psn=18", "https://www.zhihu.com/question/1/answer/2"),
        ("https://www.163.com/dy/article/K1.html?spss=adap_pc&clickfrom=w", "https://www.163.com/dy/article/K1.html"),
        ("https://new.qq.com/rain/a/2024A?qq_aio_chat_type=2", "https://new.qq.com/rain/a/2024A"),
        ("http://BBS.example.cn:80/a/../b?fr=app#top", "http://bbs.example.cn/b"),
        ("http://user:pass@a.example.cn/x;jsessionid=1F?b=2&a=1", "http://a.example.cn/x?a=1&b=2"),
        ("http://a.example.cn/%e4%b8%ad/%7Ex", "http://a.example.cn/%E4%B8%AD/~x"),
        ("//a.example.cn/?q=中", "https://a.example.cn/?q=%E4%B8%AD"),
        ("http://a.example.cn/list?b=%D6%D0&from=2024", "http://a.example.cn/list?b=%D6%D0&from=2024"),
    ],
)
def test_eighteen_shared_links_lead_to_their_page(shared: str, same: str) -> None:
    """Trackers, sessions, user names and the order of parameters say nothing about the page."""
    assert canonical_address(shared) == same


@pytest.mark.parametrize(
    "view",
    [
        "forum.php?mod=viewthread&tid=7&extra=page%3D1",
        "forum.php?mod=viewthread&tid=7&mobile=2",
        "forum.php?mod=viewthread&tid=7&authorid=3&page=1",
        "thread-7-1-1.html",
        "archiver/?tid-7.html",
        "archiver/tid-7.html",
        "viewthread.php?tid=7",
    ],
)
def test_every_view_of_a_forum_thread_is_one_page(view: str) -> None:
    """The form that is kept opens on every such forum, rewritten addresses or not."""
    assert canonical_address(f"http://bbs.example.cn/{view}") == "http://bbs.example.cn/forum.php?mod=viewthread&tid=7"


def test_a_floor_of_a_thread_is_not_the_thread() -> None:
    """An anchor and a find-post link are the same floor; the second page is another page."""
    floor = canonical_address("http://bbs.example.cn/thread-7-2-1.html#pid9")
    assert floor == canonical_address("http://bbs.example.cn/forum.php?mod=redirect&goto=findpost&ptid=7&pid=9")
    assert floor != canonical_address("http://bbs.example.cn/thread-7-2-1.html")
    assert canonical_address("http://a.example.cn/1.html#comment-5") == "http://a.example.cn/1.html#comment-5"


@pytest.mark.parametrize("odd", ["", "来信2024-7", "letter:1", "http://[bad", "http://a:b:c/", "http://a.cn:99999999/"])
def test_what_is_no_address_is_returned_trimmed(odd: str) -> None:
    """A letter's number is no web address; a broken one breaks nothing."""
    assert canonical_address(f" {odd} ") == odd


@given(st.text(alphabet="htps:/.?#&=%@[];a1中 \x00\ud800-", max_size=40).map("http://a.cn/".__add__))
def test_a_canonical_address_is_canonical(address: str) -> None:
    """Twice is once, for any address."""
    once = canonical_address(address)
    assert canonical_address(once) == once


@pytest.mark.parametrize(
    "address", ["https://m.example/@zhang/12", "http://a.example/people/li", "http://a.example/%40wang"]
)
def test_an_address_that_shows_its_author_is_known(address: str) -> None:
    """Whatever the manifest says: the path names a person."""
    assert names_author(address)
    assert not names_author("http://a.example/forum.php?mod=viewthread&tid=7")
