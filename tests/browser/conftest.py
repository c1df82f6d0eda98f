"""A browser and a served county for each module of tests; without a browser the tests say that they were skipped."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .chromium import Visitor, chromium, opened_browser, visiting
from .county import County, make_county, served

Visiting = Callable[..., AbstractContextManager[Visitor]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; it ends with the module, since its event loop would disturb other tests."""
    program = chromium()
    if program is None:
        sentence = "no Chromium on this machine: apt-get install chromium fonts-noto-cjk, or name it in HUIYIN_CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    with opened_browser(program) as opened:
        yield opened


@pytest.fixture(scope="session")
def county_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo county's files, made once."""
    folder = tmp_path_factory.mktemp("county") / "made"
    make_county(folder)
    return folder


@pytest.fixture(scope="module")
def county(county_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """A county of the module's own, on a port."""
    folder = tmp_path_factory.mktemp("county") / "served"
    shutil.copytree(county_files, folder)
    with served(folder) as county:
        yield county


@pytest.fixture
def visit(browser: Browser, county: County) -> Callable[..., AbstractContextManager[Visitor]]:
    """Opens the window of an account: `with visit("zhang") as visitor`."""

    def open_window(account: str = "zhang", **options: object) -> AbstractContextManager[Visitor]:
        look = str(options.pop("look", "light.normal.off.zh"))
        return visiting(browser, county.origin, county.cookies(account, look=look), **options)

    return open_window
