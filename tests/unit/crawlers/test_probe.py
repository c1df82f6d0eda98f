"""Trying an address over real HTTP: robots.txt first, bounded, hop by hop, and every failure by its own name."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawlers.network import NetworkSettings
from crawlers.probe.guess import Recognised, Sure, Unseen
from crawlers.probe.probe import Caller, Probe, probe
from crawlers.probe.visitor import MOST_REQUESTS, World
from pipeline.domain.post import Kind, Origin
from tests.end_to_end.loopback_site import Page, Site, entry, feed
from tests.invented_sites import blog_site, board_site, dead_pages, forum_site, gov_site, html

NOW = 1_795_400_000_000
TEXT = "text/plain; charset=utf-8"


def tried(address: str, *local: str, ca_file: str = "", proxy: str = "", world: World | None = None) -> Probe:
    network = NetworkSettings(proxy=proxy, no_proxy=(), ca_file=ca_file, local_hosts=local or ("127.0.0.1",))
    agent = "Huiyin/2026.11 (+mailto:office@yunxi.invalid)"
    return probe(address, Caller(agent, network, lambda: NOW, world or World()))


def why(found: Probe) -> str:
    assert found.trouble is not None
    return found.trouble.why


def test_robots_txt_is_asked_first_and_by_name() -> None:
    """Every request says who asks; no cookie, no referrer."""
    with Site(gov_site()) as site:
        found = tried(f"{site.url}/gg/")

        assert site.paths(robots=True)[:2] == ["/robots.txt", "/gg/"]
        assert {asked.headers["user-agent"] for asked in site.asked} == {
            "Huiyin/2026.11 (+mailto:office@yunxi.invalid)"
        }
        assert found.requests == len(site.asked) <= 8


def test_what_robots_txt_forbids_is_not_asked_and_its_line_is_named() -> None:
    """The line that forbids, with its number in the file; nothing but robots.txt was fetched."""
    with Site(
        {**gov_site(), "/robots.txt": Page(b"# yunxi\nUser-agent: *\nAllow: /\nDisallow: /gg/\n", type=TEXT)}
    ) as site:
        found = tried(f"{site.url}/gg/")

        assert why(found) == "forbidden"
        assert (found.robots[0].verdict.rule, found.robots[0].verdict.number) == ("Disallow: /gg/", 4)
        assert site.paths() == []


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_robots_txt_that_cannot_be_read_forbids_everything(status: int) -> None:
    """RFC 9309 §2.3.1.4."""
    with Site({**gov_site(), "/robots.txt": Page(b"", status)}) as site:
        assert why(tried(f"{site.url}/gg/")) == "robots_unreachable"
        assert site.paths() == []


def test_pages_behind_a_list_are_asked_of_robots_txt_too() -> None:
    """A list may be open and its articles closed: then it is said, with nothing of them fetched."""
    with Site({**gov_site(), "/robots.txt": Page(b"User-agent: *\nDisallow: /gg/2026/\n", type=TEXT)}) as site:
        assert why(tried(f"{site.url}/gg/")) == "forbidden"
        assert site.paths() == ["/gg/"]


def test_a_message_board_shows_question_and_answer() -> None:
    """The letter's page labels both, which confirms the guess."""
    with Site(board_site()) as site:
        proposal = tried(f"{site.url}/xzxx/").proposal

        assert proposal is not None
        assert (proposal.guess.kind, proposal.guess.sure) == (Recognised.MESSAGE_BOARD, Sure.HIGH)
        assert [post.kind for post in proposal.posts] == [Kind.POST, Kind.POST, Kind.POST, Kind.ANSWER, Kind.ANSWER]
        assert proposal.manifest.thread is None


def test_what_stands_below_a_letter_is_an_answer_though_no_label_says_so() -> None:
    """Nobody but an office writes below a letter; else each answer would become a matter of its own."""
    pages = board_site()
    for path in [path for path in pages if "detail" in path]:
        asked = "<span class=time>2026-11-02 09:12</span><div class=text>请问补贴什么时候发，等了三个月了？</div>"
        said = "<b>民政局回复：</b><span class=time>2026-11-03 10:00</span><div class=text>您好，本月底前发放。</div>"
        letter = f"<h1>补贴未发</h1><div class=question>{asked}</div><div class=answer>{said}</div>"
        pages[path] = html("信件详情-云汐县人民政府", letter)
    with Site(pages) as site:
        proposal = tried(f"{site.url}/xzxx/").proposal

        assert proposal is not None
        assert {post.kind for post in proposal.posts} == {Kind.POST, Kind.ANSWER}


def test_a_board_of_letters_is_watched_until_somebody_says_that_they_are_to_the_unit() -> None:
    """Letters to the head of a county speak of street lamps too; as messages to the unit each would open one."""
    with Site(board_site()) as site:
        proposal = tried(f"{site.url}/xzxx/").proposal

        assert proposal is not None
        assert proposal.manifest.origin is Origin.MONITORED
        assert proposal.manifest.only_offices_reply


def test_an_address_may_be_typed_without_its_http() -> None:
    """As people read it out."""
    with Site(gov_site()) as site:
        found = tried(f"{site.url}/gg/".removeprefix("http://"))

        assert found.asked == f"{site.url}/gg/"
        assert found.proposal is not None


def test_a_board_of_a_forum_is_read_by_the_selectors_that_fit_its_threads() -> None:
    """Exact times, floors as posts of their own, and writers for the token alone."""
    with Site(forum_site()) as site:
        proposal = tried(f"{site.url}/forum-2-1.html").proposal

        assert proposal is not None
        assert (proposal.guess.kind, proposal.guess.sure) == (Recognised.DISCUZ, Sure.HIGH)
        assert proposal.manifest.thread is not None
        assert all(post.published_at for post in proposal.posts)
        assert [post.kind for post in proposal.posts].count(Kind.POST) == 3


def test_a_site_made_with_wordpress_is_read_by_its_feed() -> None:
    """Not by that of its comments."""
    with Site(blog_site()) as site:
        proposal = tried(f"{site.url}/").proposal

        assert proposal is not None
        assert proposal.manifest.url == f"{site.url}/feed/"
        assert len(proposal.posts) == 5


def test_a_list_is_read_where_the_feed_that_it_announces_is_gone() -> None:
    """A dead link in a head is no reason to give up."""
    pages = gov_site()
    link = b"<link rel='alternate' type='application/rss+xml' href='/gone.xml'></head>"
    pages["/gg/"] = Page(pages["/gg/"].body.replace(b"</head>", link))
    with Site(pages) as site:
        proposal = tried(f"{site.url}/gg/").proposal

        assert proposal is not None
        assert proposal.guess.kind is Recognised.GOV_LIST


def test_a_redirect_is_told_hop_by_hop_and_leads_to_the_address_that_is_read() -> None:
    """The last address is what is asked each time."""
    hops = {"/a": Page(status=301, headers={"Location": "/b"}), "/b": Page(status=302, headers={"Location": "/feed"})}
    with Site({**hops, "/feed": feed(entry(1, "低保"))}) as site:
        found = tried(f"{site.url}/a")

        assert [(hop.address.removeprefix(site.url), hop.status) for hop in found.hops] == [("/a", 301), ("/b", 302)]
        assert found.proposal is not None
        assert found.proposal.manifest.url == f"{site.url}/feed"


@pytest.mark.parametrize(
    "inside", ["http://169.254.169.254/latest/", "http://10.0.0.1/", "http://[::1]/", "file:///etc/passwd"]
)
def test_a_redirect_into_the_house_is_refused_at_that_hop(inside: str) -> None:
    """Each hop is an address of its own; what led there is shown."""
    with Site({"/a": Page(status=302, headers={"Location": inside})}) as site:
        found = tried(f"{site.url}/a", site.url.removeprefix("http://"))

        assert why(found) in ("not_public", "scheme")
        assert len(found.hops) == 1


def test_a_redirect_to_another_site_asks_that_sites_robots_txt() -> None:
    """What one site allows, another may forbid."""
    with Site(
        {"/feed": feed(entry(1, "低保")), "/robots.txt": Page(b"User-agent: *\nDisallow: /", type=TEXT)}
    ) as there:
        with Site({"/a": Page(status=302, headers={"Location": f"{there.url}/feed"})}) as site:
            assert why(tried(f"{site.url}/a")) == "forbidden"
        assert there.paths() == []


def test_a_site_that_redirects_without_end_is_left() -> None:
    """After five hops."""
    with Site({f"/{n}": Page(status=302, headers={"Location": f"/{n + 1}"}) for n in range(20)}) as site:
        assert why(tried(f"{site.url}/0")) == "redirects"
        assert len(site.asked) <= MOST_REQUESTS


def test_a_huge_answer_is_cut_off() -> None:
    """Also one that unfolds to a hundred times its size."""
    import gzip

    bomb = gzip.compress(b" " * (40 * 1024 * 1024))
    pages = {
        "/huge": Page(b"<p>" + b"x" * (11 * 1024 * 1024)),
        "/bomb": Page(bomb, headers={"Content-Encoding": "gzip"}),
    }
    with Site(pages) as site:
        assert why(tried(f"{site.url}/huge")) == "too_big"
        assert why(tried(f"{site.url}/bomb")) == "too_big"


@pytest.mark.parametrize("path", [path for path in dead_pages() if path != "/empty_feed"])
def test_a_page_of_which_nothing_can_be_read_is_told_by_its_reason(path: str) -> None:
    """Nothing behind it is asked for."""
    with Site(dead_pages()) as site:
        assert why(tried(f"{site.url}{path}")) == path[1:]
        assert site.paths() == [path]


def test_an_empty_feed_is_a_feed() -> None:
    """It is told as such, not as something unknown."""
    with Site(dead_pages()) as site:
        assert why(tried(f"{site.url}/empty_feed")) == "empty_feed"


def test_what_is_out_of_sight_is_said() -> None:
    """Summaries that are cut, entries without a time."""
    cut = feed(*(f"<entry><id>{n}</id><title>帖{n}</title><summary>低保……阅读全文</summary></entry>" for n in range(4)))
    with Site({"/feed": cut}) as site:
        proposal = tried(f"{site.url}/feed").proposal

        assert proposal is not None
        assert {Unseen.NO_REPLIES, Unseen.SUMMARIES_ONLY, Unseen.NO_TIMES} <= set(proposal.unseen)


def test_a_longer_pause_that_robots_txt_asks_for_is_kept_and_proposed() -> None:
    """Crawl-delay; a name of this machine is used, so that the pauses are those of a public host."""
    waited: list[float] = []
    world = World(look_up=lambda *_: ["127.0.0.1"], monotonic=lambda: 0.0, wait=waited.append)
    pages = {"/feed": feed(entry(1, "低保")), "/robots.txt": Page(b"User-agent: *\nCrawl-delay: 12", type=TEXT)}
    with Site(pages) as site:
        name = f"portal.yunxi.example:{site.url.rpartition(':')[2]}"
        proposal = tried(f"http://{name}/feed", name, world=world).proposal

        assert proposal is not None
        assert proposal.manifest.pace_seconds == 12
        assert waited == [12]


def test_the_connection_goes_to_the_number_that_was_checked() -> None:
    """The name is looked up once for a connection, and never by the library that connects."""
    asked: list[str] = []

    def look_up(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with Site({"/feed": feed(entry(1, "低保"))}) as site:
        name = f"no-such-name.invalid:{site.url.rpartition(':')[2]}"
        found = tried(f"http://{name}/feed", name, world=World(look_up=look_up, wait=lambda _: None))

        assert found.proposal is not None
        assert asked == ["no-such-name.invalid"] * 2  # robots.txt and the feed


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def test_a_site_that_says_nothing_is_left_in_time(silent_port: int) -> None:
    """The patience of one answer is bounded."""
    assert why(tried(f"http://127.0.0.1:{silent_port}/", world=World(patience_seconds=0.3))) == "timeout"


def test_a_site_that_drips_is_left_in_time() -> None:
    """A byte now and then keeps no connection alive."""

    def drip(listener: socket.socket, stop: threading.Event) -> None:
        client, _ = listener.accept()
        with client:
            while not stop.wait(0.1):
                try:
                    client.sendall(b"H")
                except OSError:
                    return

    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener, stop), daemon=True)
        thread.start()
        found = tried(f"http://127.0.0.1:{listener.getsockname()[1]}/", world=World(patience_seconds=0.5))
        stop.set()
        thread.join(5)

    assert why(found) == "timeout"


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def unknown_name() -> Probe:
    return tried("http://yunxi.example/", world=World(look_up=lambda *_: []))


def not_tls() -> Probe:
    with Site({}) as site:
        return tried(site.url.replace("http:", "https:"))


def no_proxy_there() -> Probe:
    port = closed_port()
    return tried("http://yunxi.example/", proxy=f"http://127.0.0.1:{port}", world=World(look_up=lambda *_: []))


def missing_page() -> Probe:
    with Site({}) as site:
        return tried(f"{site.url}/none")


def busy_page() -> Probe:
    with Site({"/a": Page(status=429)}) as site:
        return tried(f"{site.url}/a")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (unknown_name, "no_name"),
        (lambda: tried(f"http://127.0.0.1:{closed_port()}/"), "refused"),
        (not_tls, "tls"),
        (no_proxy_there, "proxy"),
        (missing_page, "status"),
        (busy_page, "rate_limited"),
        (lambda: tried("http://127.0.0.1/", "10.0.0.1"), "not_public"),
        (lambda: tried("hello"), "unreadable"),
    ],
)
def test_what_hinders_is_told_apart(make: Callable[[], Probe], told: str) -> None:
    """No such name, refused, no TLS, proxy, status: each has its own next step."""
    assert why(make()) == told


def test_a_certificate_that_nobody_vouches_for_is_told_as_that(tmp_path: Path) -> None:
    """With the unit's own authority in ca_file the site is read."""
    from tests.end_to_end.test_crawl_network import make_authority

    server: ssl.SSLContext = make_authority(tmp_path)
    with Site({"/feed": feed(entry(1, "低保"))}, server) as site:
        assert why(tried(f"{site.url}/feed")) == "certificate"
        assert tried(f"{site.url}/feed", ca_file=str(tmp_path / "ca.pem")).proposal is not None


def test_a_front_page_of_a_forum_offers_its_boards() -> None:
    """One click tries a board instead."""
    with Site(forum_site()) as site:
        found = tried(f"{site.url}/")

        assert why(found) == "front_page"
        assert found.trouble is not None
        assert [choice.name for choice in found.trouble.choices] == ["百姓杂谈", "民生问政"]


def test_a_page_in_an_old_charset_is_read() -> None:
    """It says gb2312 and is GB18030, as many county sites are."""
    page = gov_site()["/gg/"]
    old = page.body.decode().replace("charset='utf-8'", "charset='gb2312'").encode("gb18030")
    pages = {**gov_site(), "/gg/": Page(old, type="text/html; charset=gb2312"), "/x": html("x", "")}
    with Site(pages) as site:
        proposal = tried(f"{site.url}/gg/").proposal

        assert proposal is not None
        assert proposal.manifest.name == "公示公告 · 云汐县人民政府"
