"""A crawl stays out of the unit's own network, whatever a source sends on to and wherever its name leads."""

from pathlib import Path

from tests.end_to_end.crawl_job import a_source, crawl
from tests.end_to_end.loopback_site import Page, Site, entry, feed


def host_of(site: Site) -> str:
    return site.url.removeprefix("http://")


def test_an_address_of_the_house_is_not_asked_unless_the_operator_names_it(tmp_path: Path) -> None:
    """Not even for robots.txt."""
    with Site({"/feed": feed(entry(1, "低保"))}) as site:
        ran = crawl(tmp_path, a_source(f"{site.url}/feed"), network={"local_hosts": []})

        assert ran.source()["entrance"] == "not_public"
        assert site.asked == []


def test_a_redirect_into_the_house_is_not_followed(tmp_path: Path) -> None:
    """The source is allowed, what it sends on to is not: another port of the same machine."""
    with Site({"/feed": feed(entry(1, "内部"))}) as inside, Site({}) as site:
        site.pages["/feed"] = Page(status=302, headers={"Location": f"{inside.url}/feed"})
        ran = crawl(tmp_path, a_source(f"{site.url}/feed"), network={"local_hosts": [host_of(site)]})

        assert ran.source()["entrance"] == "not_public"
        assert inside.asked == []


def test_a_robots_txt_that_sends_into_the_house_is_not_followed(tmp_path: Path) -> None:
    """It cannot be read, hence nothing is fetched."""
    with Site({}) as inside, Site({"/feed": feed(entry(1, "低保"))}) as site:
        site.pages["/robots.txt"] = Page(status=302, headers={"Location": f"{inside.url}/robots.txt"})
        ran = crawl(tmp_path, a_source(f"{site.url}/feed"), network={"local_hosts": [host_of(site)]})

        assert ran.source()["entrance"] == "robots_unreachable"
        assert inside.asked == []


def test_a_name_that_leads_into_the_house_leads_nowhere(tmp_path: Path) -> None:
    """What counts is the number at the moment of connecting: a name may lead elsewhere than when it was added."""
    ran = crawl(tmp_path, a_source("http://localhost:8080/feed"), network={"local_hosts": ["127.0.0.1:8080"]})

    assert ran.source()["entrance"] == "robots_unreachable"
    assert "crawl.not_public: localhost" in ran.log
