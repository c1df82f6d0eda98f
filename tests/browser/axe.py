"""axe-core in a page: what it finds, as sentences. Taken from the locked packages of npm, for tests alone."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[2] / "api" / "http" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RUN = """
async (tags) => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
  const found = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
  return found.violations.map((one) => ({rule: one.id, impact: one.impact,
    nodes: one.nodes.map((node) => node.target.join(" ") + ": " + node.failureSummary)}));
}
"""


def violations(page: Page) -> list[str]:
    """Return one sentence for each element that breaks a rule, as the page stands now with everything unfolded."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(RUN, list(TAGS))
    return [f"{one['rule']} ({one['impact']}) {node}" for one in found for node in one["nodes"]]
