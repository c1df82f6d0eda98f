"""Manifests: every mistake at once, and the same manifest back from its record."""

from pathlib import Path

import pytest

from crawlers.manifest import SourceKind, manifest_to_json
from crawlers.read_manifest import manifest_from_dict, manifest_from_json, manifest_from_toml
from pipeline.domain.errors import BadInput
from pipeline.domain.post import Origin
from tests.end_to_end.crawl_job import a_source

MISTAKES = Path(__file__).parents[2] / "config_mistakes" / "sources"
LIST = {"item": "li.t", "link": "a::attr(href)", "depth": 3}
THREAD = {"post": ".p", "text": ".x", "answer": ".official", "revisit_hours": 12}


@pytest.mark.parametrize("path", sorted(MISTAKES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_mistake_in_a_manifest_is_named_with_its_line_and_a_suggestion(path: Path) -> None:
    """Each file holds one kind of mistake; the lines beside it must all be in the message."""
    with pytest.raises(BadInput) as refusal:
        manifest_from_toml(path.read_text(encoding="utf-8"), path.name)

    assert refusal.value.code == "SRC-100"
    for line in path.with_suffix(".expected").read_text(encoding="utf-8").splitlines():
        assert line in str(refusal.value)


def test_a_password_in_an_address_is_never_echoed() -> None:
    """The sentence about a login does not repeat it."""
    with pytest.raises(BadInput) as refusal:
        manifest_from_dict(a_source("https://reader:secret@yunxi.example/rss", pace_seconds=5))

    assert "secret" not in str(refusal.value)


def test_a_manifest_comes_back_from_its_record_as_it_was() -> None:
    """The JSON of a settings record holds the whole manifest, the selectors too."""
    table = a_source("https://yunxi.example/", kind="listing", list=LIST, thread=THREAD, pace_seconds=7.5)
    also = {"origin": "网民留言", "also_hosts": ["m.yunxi.example"], "local": False}
    manifest = manifest_from_dict({**table, **also})

    assert manifest_from_json(manifest_to_json(manifest)) == manifest
    assert manifest.origin is Origin.MESSAGE
    assert manifest.list is not None
    assert manifest.list.depth == 3


def test_a_toml_file_and_its_record_are_the_same_manifest() -> None:
    """What is applied from a file is what the crawler reads."""
    text = (MISTAKES / "enabled_without_impact.toml").read_text(encoding="utf-8").replace("enabled = true", "")
    manifest = manifest_from_toml(text)

    assert manifest_from_json(manifest_to_json(manifest)) == manifest
    assert manifest.kind is SourceKind.FEED
    assert not manifest.enabled


def test_a_loopback_source_may_be_faster_than_a_public_one() -> None:
    """The demo's own site is asked at the pace of the demo."""
    assert manifest_from_dict(a_source("http://127.0.0.1:8080/feed", pace_seconds=0.01)).pace_seconds == 0.01


def test_a_damaged_record_is_refused() -> None:
    """A record that is no JSON, or no table, is named as such."""
    for text in ("{", "[]", '"x"'):
        with pytest.raises(BadInput, match="apply it again"):
            manifest_from_json(text)


@pytest.mark.parametrize(
    ("host", "belongs"),
    [("yunxi.example", True), ("www.yunxi.example", True), ("m.yunxi.example", True), ("evil.example", False)],
)
def test_a_source_owns_its_host_and_the_named_ones(host: str, belongs: bool) -> None:
    """`www.` is the same site; any other host has to be named in also_hosts."""
    table = a_source("https://www.yunxi.example/rss", also_hosts=["m.yunxi.example"], pace_seconds=5)

    assert manifest_from_dict(table).owns_host(host) is belongs
