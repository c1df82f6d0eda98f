"""Logs hold no address and nothing of a post."""

import logging

import pytest

from crawlers.quiet_log import quiet_log


def test_an_address_in_a_log_line_is_cut_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever wrote it: an address may name its author."""
    with quiet_log():
        logging.getLogger("scrapy.anything").error("failed: <GET https://yunxi.example/@ouyangming/1> twice")

    written = capsys.readouterr().err
    assert "ouyangming" not in written
    assert "failed: <GET [address]> twice" in written


def test_an_error_is_its_kind_and_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    """Its text may hold the post that it fell over."""
    with quiet_log():
        try:
            int("欧阳明 13800000000")
        except ValueError:
            logging.getLogger("crawlers").exception("a page could not be read")

    written = capsys.readouterr().err
    assert "13800000000" not in written
    assert "ValueError at test_an_error_is_its_kind_and_its_place" in written


def test_loggers_are_as_before_when_the_round_is_over() -> None:
    """Nothing stays behind in a process that goes on."""
    before = list(logging.getLogger("scrapy").handlers)
    with quiet_log():
        assert not logging.getLogger("scrapy").propagate

    assert logging.getLogger("scrapy").handlers == before
    assert logging.getLogger("scrapy").propagate
