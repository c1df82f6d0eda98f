"""The officer's manual: it says where Huiyin must never be, and names only what there is."""

import re
from pathlib import Path

from api.cli.verbs import VERBS
from api.words import words_of

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "manual.zh-CN.md").read_text(encoding="utf-8")
BUNDLE = ROOT / "deploy" / "bundle"


def test_manual_and_page_say_where_it_must_never_be() -> None:
    """Before anything else: in the first lines of both."""
    page = (BUNDLE / "使用说明.html").read_text(encoding="utf-8")
    body = page[page.index("<body>") :]

    assert "绝对不要装在涉密计算机上，也不要接入政务内网" in MANUAL[:300]
    assert "绝对不要装在涉密计算机上，也不要接入政务内网" in body[:300]


def test_the_manual_names_verbs_scripts_and_pages_that_there_are() -> None:
    """What the officer is told to type, click or open exists under that name."""
    nav = {words_of("zh")(key) for key in ("nav.queue", "nav.work", "nav.needs", "nav.letters", "nav.overview")}
    verbs = set(re.findall(r"huiyin ([a-z-]+)", MANUAL))
    scripts = set(re.findall(r"`([^`/]+\.(?:cmd|sh))`", MANUAL))

    assert verbs <= set(VERBS)
    assert {name for name in scripts if not (BUNDLE / "scripts" / name).is_file()} == set()
    assert all(f"**{name}**" in MANUAL for name in nav)


def test_the_readme_leads_to_the_manual() -> None:
    """Who begins there finds it."""
    assert "docs/manual.zh-CN.md" in (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
