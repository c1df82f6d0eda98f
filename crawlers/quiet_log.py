"""
Logs that hold no post and no address: Scrapy would print both.

An address may name its author, and an item holds unmasked text. What a source did is in the issues, not in the log.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

_ADDRESS = re.compile(r"https?://[^\s<>'\"]+", re.IGNORECASE)
_LOGGERS = ("scrapy", "twisted", "asyncio", "py.warnings", "crawlers")


class QuietFormatter(LogFormatter):
    """Scrapy's messages without items, responses and addresses."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        """Name the status only."""
        del request, spider
        return _line(logging.DEBUG, f"fetched a page with status {response.status}")

    def scraped(self, item: object, response: object, spider: Spider) -> LogFormatterResult:
        """Name nothing of the item."""
        del item, response, spider
        return _line(logging.DEBUG, "handed a page's posts to intake")

    def dropped(self, item: object, exception: BaseException, response: object, spider: Spider) -> LogFormatterResult:
        """Name the reason, which is ours."""
        del item, response, spider
        return _line(logging.INFO, f"kept a page's posts for the next round: {exception}")

    def item_error(
        self, item: object, exception: BaseException | None, response: object, spider: Spider
    ) -> LogFormatterResult:
        """Name the kind of the error only."""
        del item, response, spider
        return _line(logging.ERROR, f"a page's posts could not be handed over: {type(exception).__name__}")

    def spider_error(
        self, failure: Failure, request: Request, response: Response | Failure, spider: Spider
    ) -> LogFormatterResult:
        """Name the kind of the error only."""
        del request, response, spider
        return _line(logging.ERROR, f"a page could not be read: {_kind(failure)}")

    def download_error(
        self, failure: Failure, request: Request, spider: Spider, errmsg: str | None = None
    ) -> LogFormatterResult:
        """Name the kind of the error only; the fetch record holds the rest."""
        del request, spider, errmsg
        return _line(logging.DEBUG, f"a page could not be fetched: {_kind(failure)}")


class _WithoutAddresses(logging.Formatter):
    """The last net: no address leaves, whoever wrote the line, and an error is its kind and its place in the code."""

    def format(self, record: logging.LogRecord) -> str:
        return _ADDRESS.sub("[address]", super().format(record))

    def formatException(self, ei: object) -> str:  # noqa: N802 (logging names it)
        kind, _, trace = ei if isinstance(ei, tuple) else (None, None, None)
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f" at {trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}" if trace is not None else ""
        return f"{getattr(kind, '__name__', 'error')}{place}"


@contextmanager
def quiet_log(level: str = "WARNING") -> Iterator[None]:
    """While it is open, what the crawler's libraries log goes to stderr without addresses, and nowhere else."""
    handler = logging.StreamHandler()
    handler.setLevel(level)
    handler.setFormatter(_WithoutAddresses("%(asctime)s %(levelname)s crawl: %(message)s"))
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.propagate = propagate


def _kind(failure: Failure) -> str:
    return type(failure.value).__name__


def _line(level: int, message: str) -> LogFormatterResult:
    return {"level": level, "msg": "%(message)s", "args": {"message": message}}
