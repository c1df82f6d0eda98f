"""Counts with their coverage, trends as tables, and no text of any post."""

import re

from api.http.moment import local
from api.http.pages.overview import charts_of
from api.words import words_of
from pipeline.workflow.trend import Trend
from tests.builders import DAY, HOUR, MONDAY
from tests.http_house import UNIT
from tests.page_house import PageHouse

OVERVIEW = f"/u/{UNIT}/overview"
TODAY = MONDAY // DAY * DAY


def test_the_overview_counts_what_stands_and_what_was_done() -> None:
    """One matter opened and acknowledged, one to-do left."""
    house = PageHouse()
    house.opens("云汐县低保金还没有发")
    house.says("柳湾的低保也没发", group="g2")
    incident = next(iter(house.service.desk.state(UNIT).incidents))
    house.does("acknowledge", incident=incident)
    html = house.browser("duty-1").get(OVERVIEW).text

    assert "<dt>待办</dt><dd>1</dd>" in html
    assert "<dt>在办事件</dt><dd>1</dd>" in html
    assert "<dt>新立事件</dt><dd>1</dd>" in html
    assert "低保金" not in html


def test_trends_are_tables_whose_bars_only_show_the_numbers_again() -> None:
    """The number stands in a cell, the line's name in its head."""
    house = PageHouse()
    house.says("云汐县低保金还没有发")
    html = house.browser("duty-1").get(OVERVIEW).text

    assert '<th class="label" scope="row">社会救助</th>' in html
    assert '<td class="number">1</td>' in html


def test_a_day_is_called_by_the_date_that_the_county_has() -> None:
    """At six in the morning there, it is still yesterday in UTC."""
    house = PageHouse()
    house.clock.at = TODAY + 22 * HOUR
    house.says("云汐县低保金还没有发", collected_at=TODAY + 22 * HOUR, published_at=TODAY + 22 * HOUR)
    html = house.browser("duty-1").get(OVERVIEW).text

    assert f'<th class="label" scope="row">{local(TODAY + 22 * HOUR):%m-%d}</th>' in html
    assert re.findall(r'scope="row">(\d\d-\d\d)</th>.*?class="number">([^<]+)<', html)[0][1] == "1"


def test_a_day_without_posts_is_unknown_where_nobody_can_know() -> None:
    """A dead source, or a day of which nothing at all was collected."""
    course = Trend([(TODAY - DAY, None), (TODAY, 0)], [])
    words = words_of("zh")

    assert [bar.value for bar in charts_of(course, words, is_whole=True)[0].bars] == [0, None]
    assert [bar.value for bar in charts_of(course, words, is_whole=False)[0].bars] == [None, None]
