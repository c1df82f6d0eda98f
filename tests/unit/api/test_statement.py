"""The statement leaves nothing out that is watched, says the true retention, and can be read by every account."""

import html
import json
import re
from argparse import Namespace
from pathlib import Path

import pytest
import tomli_w

from api.accounts.account import ROLES_OF_PEOPLE
from api.cli.statement import run
from api.http.statement_view import public_page
from api.statement import KEPT, Circumstances, Statement, model_card, statement_of
from api.words import words_of
from crawlers.coverage import KEPT_FOR
from pipeline.domain.errors import BadInput
from pipeline.workflow.housekeeping import DAY, MENTIONED_KEPT, UNMENTIONED_KEPT
from tests.builders import MONDAY
from tests.end_to_end.crawl_job import a_source
from tests.end_to_end.kill_harness import install
from tests.http_house import SOURCES, UNIT, HttpHouse

CONTACT = "mailto:office@yunxi.example"


def made(house: HttpHouse) -> Statement:
    return statement_of(house.service.settings, UNIT, SOURCES, Circumstances(MONDAY, "lexicon@1", CONTACT))


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def test_every_term_of_every_rule_and_every_place_is_on_the_page() -> None:
    """The shipped rules, whatever they hold; nothing is watched that is not said."""
    house = HttpHouse()
    settings = house.service.settings
    own = settings.units[UNIT]
    shown = text_of(house.browser(house.hire("liu-lian", "liaison")).get(f"/u/{UNIT}/statement").text)
    watched = {term for rule in own.rules for term in (*rule.triggers, *rule.none, *rule.exclude_phrases)}

    assert len(watched) > 100
    assert [term for term in watched if term not in shown] == []
    assert [term for term in (*own.conduct.staff, *own.conduct.acts) if term not in shown] == []
    assert [rule.id for rule in own.rules if rule.id not in shown or rule.version not in shown] == []


def test_every_source_that_is_read_is_there_with_its_pace_and_no_address_of_a_page() -> None:
    """The host is named; where addresses name their authors, no page's address could be shown."""
    house = HttpHouse()
    page = text_of(public_page(made(house)))

    assert all(line.name in page and line.host in page for line in SOURCES)
    assert "每 10 分钟一次，请求间隔 5 秒以上" in page
    assert "http" not in page.replace("https://", "").partition("信源")[0]


@pytest.mark.parametrize("role", sorted(ROLES_OF_PEOPLE))
def test_every_account_can_read_it(role: str) -> None:
    """A liaison too."""
    house = HttpHouse()
    answer = house.browser(house.hire("somebody", role)).get(f"/u/{UNIT}/statement")

    assert answer.status_code == 200
    assert "监测情况说明" in answer.text
    assert "公布" in answer.text


def test_the_retention_is_that_of_the_code() -> None:
    """Each figure is the constant by which things go; the fetch records go with the posts."""
    said = {one.what: (one.count, one.measure) for one in KEPT}
    words = words_of("zh")

    assert said["unmentioned"] == (UNMENTIONED_KEPT // DAY, "days")
    assert said["mentioned"] == (MENTIONED_KEPT // DAY, "days")
    assert said["fetches"] == (KEPT_FOR // DAY, "days")
    assert all(words(f"statement.kept_{one.what}") and words(f"statement.{one.measure}") for one in KEPT)


def test_the_figures_about_the_model_are_those_of_its_card() -> None:
    """What the page says in words stands in the card; the whole card is there too."""
    card, said = model_card(), words_of("zh")("statement.model_figures")

    assert "| usual words, held | 102 | 53/57 " in card
    assert "| 53/62 " in card
    assert "8/44" in card
    assert re.findall(r"\d+", said) == ["57", "53", "62", "53", "44", "8"]
    assert text_of(public_page(made(HttpHouse()))).count("Known failures") == 1


def test_the_page_runs_nothing_and_fetches_nothing() -> None:
    """One file for a web site: no script, no picture, no style from elsewhere."""
    page = public_page(made(HttpHouse()))

    assert not re.search(r"<script|<link|<img|<iframe|\ssrc=|\son\w+=|url\(", page)
    assert CONTACT in page


def test_the_verb_writes_page_and_data_and_publishes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From a real installation; sources that are off are not read and not named. Without a contact it ends with 1."""
    config = install(tmp_path)
    (tmp_path / "settings" / "sources").mkdir()
    for name, enabled in (("on", True), ("off", False)):
        source = a_source(f"https://{name}.yunxi.example/@name/rss", id=f"s-{name}", enabled=enabled, pace_seconds=5)
        (tmp_path / "settings" / "sources" / f"{name}.toml").write_bytes(tomli_w.dumps(source).encode())
    asked = Namespace(config=str(config), out=str(tmp_path / "out"), unit="")
    assert run(asked) == 1
    assert "还没有填写联系方式" in capsys.readouterr().err
    said = json.loads((tmp_path / "out" / "statement.json").read_text(encoding="utf-8"))
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")

    assert [one["host"] for one in said["sources"]] == ["on.yunxi.example"]
    assert (said["unit"], said["format"]) == ("云汐县民政局", "huiyin-statement/1")
    assert "/@name/" not in page + json.dumps(said)
    assert {one["what"] for one in said["kept"]} == {one.what for one in KEPT}


def test_a_strange_unit_or_a_folder_that_cannot_be_written_is_refused_in_words(tmp_path: Path) -> None:
    """Nothing is written."""
    config = install(tmp_path)
    (tmp_path / "out").write_text("in the way", encoding="utf-8")
    for unit, code in (("nobody", "CFG-150"), ("yunxi-mz", "CFG-151")):
        with pytest.raises(BadInput, match=code):
            run(Namespace(config=str(config), out=str(tmp_path / "out"), unit=unit))
