"""The browser of this machine, and a watch over everything that a page of ours must never do in it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebError, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 10_000
"""How long a step in the browser may take before the test fails."""
NOTES_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


def chromium() -> str | None:
    """Return the program of a Chromium on this machine; HUIYIN_CHROMIUM names another one."""
    named = os.environ.get("HUIYIN_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def opened_browser(program: str, *arguments: str) -> Iterator[Browser]:
    """The browser runs while the block does, with a profile of its own that nobody used before."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS, *arguments])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watch:
    """Everything that pages of one origin did and must not; `expected` are words of errors that a test provokes."""

    origin: str
    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    requests: int = 0

    def over(self, context: BrowserContext) -> None:
        """Every page of the context is watched from now on."""
        context.on("request", self._asked)
        context.on("console", self._said)
        context.on("weberror", self._failed)
        context.add_init_script(NOTES_VIOLATIONS)

    def found(self) -> list[str]:
        """Return what nobody expected."""
        return [problem for problem in self.problems if not any(word in problem for word in self.expected)]

    def _asked(self, request: Request) -> None:
        self.requests += 1
        if not request.url.startswith(f"{self.origin}/"):
            self.problems.append(f"a request left the origin: {request.url[:200]}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"console {message.type}: {message.text[:400]} at {message.location.get('url', '')}")

    def _failed(self, error: WebError) -> None:
        self.problems.append(f"script failed: {str(error.error)[:400]}")


@dataclass
class Visitor:
    """One person's browser window: a context with a session, watched."""

    context: BrowserContext
    origin: str
    watch: Watch

    def opens(self, path: str, page: Page | None = None) -> Page:
        """Return the page at a path of the installation, loaded; in a new tab unless one is given."""
        page = page or self.context.new_page()
        page.goto(f"{self.origin}{path}", wait_until="load")
        return page


@contextmanager
def visiting(browser: Browser, origin: str, cookies: dict[str, str], **options: Any) -> Iterator[Visitor]:
    """A person's window is open while the block runs; what his pages did wrong fails the test at its end."""
    context = browser.new_context(viewport={"width": 1366, "height": 820}, locale="zh-CN", **options)
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in cookies.items()])
    watch = Watch(origin)
    watch.over(context)
    try:
        yield Visitor(context, origin, watch)
    finally:
        context.close()
    if watch.found():
        raise AssertionError("\n".join(["pages did what they must not:", *watch.found()]))
