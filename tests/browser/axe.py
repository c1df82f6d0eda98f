"""axe-core in a page: what it finds, as sentences. Taken from the locked packages of npm, for tests alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[2] / "api" / "http" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OF_THE_LOOK = ("color-contrast", "target-size", "link-in-text-block")
"""The rules whose answer depends on theme and size of type."""
RUN = """
async (only) => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
  const found = await axe.run(document, {runOnly: only, resultTypes: ["violations"]});
  return found.violations.map((one) => ({rule: one.id, impact: one.impact,
    nodes: one.nodes.map((node) => node.target.join(" ") + ": " + node.failureSummary)}));
}
"""


def violations(page: Page) -> list[str]:
    """Return one sentence for each element that breaks a rule, as the page stands now with everything unfolded."""
    return _found(page, {"type": "tag", "values": list(TAGS)})


def violations_of_look(page: Page, theme: str, text: str) -> list[str]:
    """The page is shown in another theme and size of type; return what breaks a rule that depends on them."""
    page.evaluate("([theme, text]) => Object.assign(document.documentElement.dataset, {theme, text})", [theme, text])
    return [f"{theme}, {text}: {one}" for one in _found(page, {"type": "rule", "values": list(OF_THE_LOOK)})]


def _found(page: Page, only: Mapping[str, object]) -> list[str]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(RUN, only)
    return [f"{one['rule']} ({one['impact']}) {node}" for one in found for node in one["nodes"]]
