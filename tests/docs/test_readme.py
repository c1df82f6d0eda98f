"""The README is true: its first command comes first, every command in it exists, and both languages name the same."""

import re
from pathlib import Path

import pytest

from api.cli import _parser
from api.cli.verbs import VERBS

ROOT = Path(__file__).parents[2]
README, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
PAGES = (README, CHINESE, ROOT / "ARCHITECTURE.md", ROOT / "deploy" / "runbook.md")


def commands(page: Path) -> list[str]:
    """Return the command lines of a page's shell blocks, without comments."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    lines = (line.split("#", 1)[0].strip() for block in blocks for line in block.splitlines())
    return [line for line in lines if line]


def make_verbs() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", [README, CHINESE], ids=lambda page: page.name)
def test_the_first_command_stands_in_the_first_fifteen_lines(page: Path) -> None:
    """Whoever opens the page sees at once how to start."""
    head = page.read_text(encoding="utf-8").splitlines()[:15]

    assert any(line.startswith("make demo") for line in head)


@pytest.mark.parametrize("page", [README, CHINESE], ids=lambda page: page.name)
def test_the_cluster_stands_in_the_first_thirty_lines(page: Path) -> None:
    """Whoever looks for Kafka and Elasticsearch finds them."""
    head = page.read_text(encoding="utf-8").splitlines()[:30]

    assert any(line.startswith("make cluster-demo") for line in head)


@pytest.mark.parametrize("page", [README, CHINESE], ids=lambda page: page.name)
def test_the_table_of_libraries_names_their_homes_and_tests(page: Path) -> None:
    """Each home imports its library, each test is there; both pages say the same, and what is not there yet is said."""
    rows = re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \| ([^|]+) \|$", page.read_text(encoding="utf-8"), re.MULTILINE)
    files = [path for _, home, shown in rows for path in re.findall(r"`([a-z_./]+)`", f"{home} {shown}")]

    assert [name for name, _, _ in rows] == [
        "scrapy",
        "kafka-python",
        "elasticsearch",
        "transformers",
        "apscheduler",
        "fastapi",
    ]
    assert [path for path in files if not (ROOT / path).exists()] == []
    assert all(imported(ROOT / re.findall(r"`([a-z_./]+)`", home)[0], name) for name, home, _ in rows if "`" in home)


def imported(home: Path, library: str) -> bool:
    name = library.removesuffix("-python")
    files = [home] if home.is_file() else home.rglob("*.py")
    return any(
        re.search(rf"^\s*(from|import) {name}\b", path.read_text(encoding="utf-8"), re.MULTILINE) for path in files
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_verb_that_a_page_names_exists(page: Path) -> None:
    """In commands and in the text around them."""
    named = re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)

    assert {one or other for one, other in named} <= make_verbs()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_verb_of_huiyin_that_a_page_names_exists(page: Path) -> None:
    """In commands and in the text around them; a line break may lie between program and verb."""
    named = re.findall(r"(?:`|bin/)huiyin\s+([a-z][a-z-]+)", page.read_text(encoding="utf-8"))

    assert set(named) <= set(VERBS)


@pytest.mark.parametrize("page", [README, CHINESE], ids=lambda page: page.name)
def test_every_command_is_one_that_the_program_takes(page: Path) -> None:
    """Options and arguments too: the command line is parsed, and nothing is run."""
    lines = [line.split()[1:] for line in commands(page) if line.startswith(".venv/bin/huiyin")]

    assert lines
    for line in lines:
        assert _parser().parse_args(line).verb == line[0]


def test_both_languages_name_the_same_commands() -> None:
    """In the same order; only the comments differ."""
    assert commands(CHINESE) == commands(README)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    """Links to the web are not followed."""
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]

    assert broken == []
