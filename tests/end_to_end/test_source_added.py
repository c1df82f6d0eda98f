"""What a try shows is what is stored: the same address, enabled from the terminal and crawled by the real spiders."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from api import bootstrap
from api.cli import main
from api.config import read_config
from pipeline.domain.post import Post
from pipeline.domain.row import millis_of
from tests.end_to_end.loopback_site import Page, Site
from tests.invented_sites import blog_site, board_site, forum_site, gov_site, paper_site

ENTRY = "from api.cli import main; raise SystemExit(main())"
SAID = ("--publisher", "云汐县人民政府", "--owner", "办公室", "--place", "county-mailbox")


def crawl(folder: Path, source: str) -> None:
    """One round over the source, in a process of its own as Scrapy wants it."""
    command = [sys.executable, "-P", "-c", ENTRY, "crawl", "--round", source, "--config", "huiyin.toml"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def an_installation(folder: Path, site: Site) -> str:
    settings = folder / "settings"
    settings.mkdir()
    (settings / "unit.toml").write_bytes(tomli_w.dumps({"id": "yunxi-mz", "name": "云汐县民政局"}).encode())
    config = {
        "settings": "settings",
        "data": {"folder": "data"},
        "crawl": {"contact": "mailto:office@yunxi.invalid"},
        "network": {"local_hosts": [site.url.removeprefix("http://")]},
    }
    (folder / "huiyin.toml").write_bytes(tomli_w.dumps(config).encode())
    return str(folder / "huiyin.toml")


def stored(folder: Path) -> list[Post]:
    """Return what the worker stored of what the round published."""
    config = read_config(folder / "huiyin.toml")
    here = bootstrap.open_stores(bootstrap.folder_of(config))
    settings = bootstrap.settings_of(here)
    worker = bootstrap.open_worker(here, settings, bootstrap.open_desk(here, settings), bootstrap.open_classifier())
    worker.load()
    while worker.step().read:
        pass
    return list(here.posts.posts_since(0))


def row_of(kind: str, title: str, text: str, at: Any, address: str | None) -> tuple[str, ...]:
    return kind, title, text, str(at), address or ""


@pytest.mark.parametrize(
    ("pages", "path"),
    [
        (gov_site(), "/gg/"),
        (board_site(), "/xzxx/"),
        (forum_site(), "/forum-2-1.html"),
        (paper_site(), "/news/"),
        (blog_site(), "/"),
    ],
    ids=["gov list", "message board", "discuz", "plain list", "wordpress"],
)
def test_what_the_try_showed_is_what_is_stored(
    tmp_path: Path, pages: dict[str, Page], path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Title, masked text, time, kind and address of every post that was shown; and no name or number anywhere."""
    with Site(pages) as site:
        config = an_installation(tmp_path, site)
        assert main(["source", "try", site.url + path, "--json", "--config", config]) == 0
        tried = json.loads(capsys.readouterr().out)
        assert not (tmp_path / "data").exists()
        assert main(["source", "add", site.url + path, *SAID, "--config", config]) == 0
        crawl(tmp_path, tried["manifest"]["id"])
        found = stored(tmp_path)

    kept = {row_of(one.kind.value, one.title, one.text, one.published_at, one.address) for one in found}
    shown = {row_of(p["kind"], p["title"], p["text"], _millis(p["published_at"]), p["address"]) for p in tried["posts"]}
    assert len(shown) == 5
    assert shown <= kept
    assert not any(name in str(kept) + str(tried) for name in ("柳明远", "13800001111", "溪边草"))


def _millis(said: str | None) -> int | None:
    return None if said is None else millis_of(said)


def test_what_is_forbidden_is_not_added(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line of robots.txt is shown, the exit status says so, and no source is set."""
    rules = Page(b"User-agent: *\nDisallow: /gg/\n", type="text/plain")
    with Site({**gov_site(), "/robots.txt": rules}) as site:
        config = an_installation(tmp_path, site)
        status = main(["source", "add", f"{site.url}/gg/", *SAID, "--config", config])
        told = capsys.readouterr().out

        assert status == 1
        assert "第 2 行 “Disallow: /gg/”" in told
        assert "SRC-541" in told
        assert main(["source", "list", "--config", config]) == 0
        assert "no source is set yet" in capsys.readouterr().out


def test_a_source_is_paused_resumed_and_removed_with_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is a record with author and reason; without a reason nothing is done."""
    with Site(blog_site()) as site:
        config = an_installation(tmp_path, site)
        main(["source", "add", f"{site.url}/", *SAID, "--config", config])
        source = capsys.readouterr().out.strip().rpartition("\n")[2].split()[0]
        assert main(["source", "pause", source, "--config", config]) == 2
        for action in ("pause", "resume", "remove"):
            assert main(["source", action, source, "--reason", "改版", "--config", config]) == 0
        assert main(["source", "remove", source, "--reason", "改版", "--config", config]) == 2

    stores = bootstrap.open_stores(bootstrap.folder_of(read_config(Path(config))))
    past = stores.records.history("setting", "", f"source/{source}")
    assert [(record.author, record.reason) for record in past[:3]] == [("operator", "改版")] * 3
    assert past[0].value == "null"
