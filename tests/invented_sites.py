"""Sites of 云汐县, which does not exist: one of each kind that the probe knows, and pages that it cannot read."""

from tests.end_to_end.loopback_site import Page, entry, feed

ROBOTS = Page(b"User-agent: *\nDisallow: /admin/\n", type="text/plain; charset=utf-8")
XML = "application/xml; charset=utf-8"
TOPICS = ("低保金到账时间", "养老院收费标准", "婚姻登记周末办不办", "公墓价格公示", "残疾人补贴申领", "高龄津贴停发了")


def html(title: str, body: str, head: str = "") -> Page:
    """Return a page of HTML."""
    top = f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title>{head}</head>"
    return Page(f"{top}<body>{body}</body></html>".encode())


NAV = (
    "<div class='nav'><ul>" + "".join(f"<li><a href='/c{n}/'>栏目频道{n}号</a></li>" for n in range(8)) + "</ul></div>"
)
FOOT = "<div class='footer'><a href='/about.html'>关于我们网站</a><a href='/map.html'>网站地图说明</a></div>"


def gov_site() -> dict[str, Page]:
    """Return a county portal's column of notices: dated links to articles."""
    rows = "".join(
        f"<li><a href='/gg/2026/t202611{n:02}_{n}.html' title='关于{topic}的公告'>关于{topic}的公告</a>"
        f"<span>2026-11-{n:02}</span></li>"
        for n, topic in enumerate(TOPICS, start=11)
    )
    pages = {
        "/robots.txt": ROBOTS,
        "/gg/": html(
            "公示公告-云汐县人民政府",
            f"{NAV}<div class='main'><ul class='list01'>{rows}</ul>"
            f"<div class='pages'><a href='/gg/index_2.html'>下一页</a></div></div>{FOOT}",
        ),
        "/gg/index_2.html": html("公示公告-云汐县人民政府", NAV + FOOT),
    }
    for n, topic in enumerate(TOPICS, start=11):
        pages[f"/gg/2026/t202611{n:02}_{n}.html"] = html(
            f"关于{topic}的公告-云汐县人民政府",
            f"{NAV}<h1>关于{topic}的公告</h1><div class='info'>发布时间：2026-11-{n:02} 09:30　来源：云汐县民政局</div>"
            f"<div class='article'><p>各乡镇、村：现将{topic}有关事项公告如下，请相互转告。</p>"
            f"<p>咨询人：柳明远，手机13800001111。办理地点在县政务服务中心二楼。</p></div>{FOOT}",
        )
    return pages


def board_site() -> dict[str, Page]:
    """Return a county's 县长信箱: letters with their state, and a page of labelled question and answer for each."""
    rows = "".join(
        f"<tr><td>XZ2026{n:04}</td><td><a href='/xzxx/detail_{n}.html'>反映{topic}的问题</a></td>"
        f"<td>2026-11-{n:02}</td><td class='zt'>{'已回复' if n % 2 else '办理中'}</td></tr>"
        for n, topic in enumerate(TOPICS, start=1)
    )
    table = (
        f"<table class='letters'><tr><th>编号</th><th>信件标题</th><th>来信日期</th><th>状态</th></tr>{rows}</table>"
    )
    pages = {"/robots.txt": ROBOTS, "/xzxx/": html("县长信箱-云汐县人民政府", NAV + table + FOOT)}
    for n, topic in enumerate(TOPICS, start=1):
        answer = (
            f"<tr><td>答复单位</td><td>云汐县民政局</td></tr>"
            f"<tr><td>答复时间</td><td>2026-11-{n + 1:02} 15:40</td></tr>"
            f"<tr><td>答复内容</td><td>您好，{topic}一事已核实，三个工作日内办结。</td></tr>"
        )
        pages[f"/xzxx/detail_{n}.html"] = html(
            "信件详情-云汐县人民政府",
            f"{NAV}<table><tr><td>信件标题</td><td>反映{topic}的问题</td></tr><tr><td>写信人：</td><td>柳明远</td></tr>"
            f"<tr><td>来信时间</td><td>2026-11-{n:02} 09:12</td></tr><tr><td>来信内容</td>"
            f"<td>我叫柳明远，电话13800001111，请问{topic}怎么办？</td></tr>{answer if n % 2 else ''}</table>{FOOT}",
        )
    return pages


def forum_site() -> dict[str, Page]:
    """Return a board of a forum that is made with Discuz, with its threads, its front page, and its robots.txt."""
    rows = "".join(
        f"<tbody id='normalthread_{n}'><tr><th class='new'>"
        f"<a href='thread-{n}-1-1.html' class='s xst'>{topic}，谁知道</a></th>"
        f"<td class='by'><cite><a href='/space-uid-{n}.html'>溪边草{n}</a></cite></td><td class='num'><a>2</a></td>"
        f"<td class='by'><cite>柳絮</cite><em><span title='2026-11-{n:02} 10:0{n}'>昨天</span></em></td></tr></tbody>"
        for n, topic in enumerate(TOPICS, start=1)
    )
    meta = "<meta name='generator' content='Discuz! X3.4'>"
    pages = {
        "/robots.txt": ROBOTS,
        "/forum-2-1.html": html(
            "百姓杂谈 - 云汐论坛 - Powered by Discuz!", f"<table id='threadlisttableid'>{rows}</table>", meta
        ),
        "/": html(
            "云汐论坛 - Powered by Discuz!",
            "<h2><a href='/forum-2-1.html'>百姓杂谈</a></h2><h2><a href='/forum-3-1.html'>民生问政</a></h2>",
            meta,
        ),
    }
    for n, topic in enumerate(TOPICS, start=1):
        posts = "".join(
            f"<div id='post_{n}{floor}'><div class='authi'><a class='xw1'>溪边草{floor}</a></div>"
            f"<em id='authorposton{n}{floor}'>发表于 <span title='2026-11-{n:02} 1{floor}:05:00'>昨天</span></em>"
            f"<table><tr><td class='t_f'>{topic}，第{floor}层的话，电话13800001111</td></tr></table></div>"
            for floor in range(3)
        )
        pages[f"/thread-{n}-1-1.html"] = html(
            f"{topic} - 云汐论坛",
            f"<span id='thread_subject'>{topic}，谁知道</span><div id='postlist'>{posts}</div>",
            meta,
        )
    return pages


def paper_site() -> dict[str, Page]:
    """Return a town's paper: links without dates, whose pages have them."""
    rows = "".join(
        f"<div class='item'><h3><a href='/news/{n}.html'>云汐晚报：{t}引热议</a></h3></div>"
        for n, t in enumerate(TOPICS)
    )
    pages = {"/news/": html("云汐晚报民生版", f"{NAV}<div id='stories'>{rows}</div>{FOOT}")}
    for n, topic in enumerate(TOPICS):
        text = (
            f"<p>近日，多位市民关注{topic}。记者从县民政局获悉，有关事项正在办理。</p><p>居民可到各乡镇窗口咨询。</p>"
        )
        head = f"<h1>云汐晚报：{topic}引热议</h1><span>2026年11月1{n}日 08:30</span>"
        pages[f"/news/{n}.html"] = html(f"{topic} - 云汐晚报", f"{NAV}{head}<div class='content'>{text}</div>{FOOT}")
    return pages


def blog_site() -> dict[str, Page]:
    """Return a site that is made with WordPress, and its feed."""
    home = html(
        "云汐融媒", "<p>欢迎</p>",
        "<meta name='generator' content='WordPress 6.5'><link rel='https://api.w.org/' href='/wp-json/'>"
        "<link rel='alternate' type='application/rss+xml' title='云汐融媒 » Feed' href='/feed/'>"
        "<link rel='alternate' type='application/rss+xml' title='云汐融媒 » 评论Feed' href='/comments/feed/'>",
    )  # fmt: skip
    return {
        "/": home,
        "/feed/": feed(*(entry(n, f"<p>{topic}，请大家留意。</p>") for n, topic in enumerate(TOPICS, 1))),
    }


def dead_pages() -> dict[str, Page]:
    """Return pages of which nothing can be read, by the reason."""
    letters = "".join(
        f"<div><p>留言内容：{topic}怎么办？</p><p>答复内容：已转县民政局办理。</p></div>" for topic in TOPICS
    )
    return {
        "/login_wall": html("登录", "<form><input name='u'><input type='password' name='p'></form><p>请先登录</p>"),
        "/javascript": html("云汐问政", "<div id='app'></div><script src='/app.js'></script>"),
        "/one_page": gov_site()["/gg/2026/t20261111_11.html"],
        "/inline_board": html("留言板", letters),
        "/unknown": html("云汐", "<p>网站正在建设中，敬请期待，开放时间另行通知，谢谢理解，有事请到窗口办理。</p>"
                         "<p>云汐县民政局办公室欢迎您的来访，工作日上午八点半至十二点，下午两点半至六点，节假日休息。</p>"),
        "/not_a_page": Page(b'{"list": []}', type="application/json"),
        "/empty_feed": feed(),
    }  # fmt: skip
