"""The boundary of DESIGN §1, as far as structure can hold it."""

import ast
import re
from dataclasses import fields
from importlib import resources
from pathlib import Path

from pipeline.domain.event import Event
from pipeline.domain.group import GroupRow
from pipeline.domain.mention import Mention, Opinion
from pipeline.domain.post import Post
from tests.tree import PACKAGES, python_files

ROOT = Path(__file__).parents[2]
FORBIDDEN = ("author", "avatar", "nickname", "user", "profile", "ip_location", "belief", "ideology", "politic")


def test_nothing_that_is_stored_has_a_field_for_an_author() -> None:
    """Not in a post, mention, opinion, group or event."""
    named = [
        f"{kind.__name__}.{field.name}"
        for kind in (Post, Mention, Opinion, GroupRow, Event)
        for field in fields(kind)
        if any(word in field.name for word in FORBIDDEN)
    ]

    assert named == []


def test_no_column_of_any_schema_is_for_an_author() -> None:
    """The author of a *setting* is an account of the office; it is the only column of that name."""
    schemas = resources.files("pipeline.adapters.sqlite") / "schema"
    found, seen = [], set()
    for folder in schemas.iterdir():
        for file in folder.iterdir():
            text = re.sub(r"--[^\n]*", "", file.read_text(encoding="utf-8")).lower()
            words = set(re.findall(r"[a-z_]+", text))
            seen |= words
            found += [f"{file.name}: {word}" for word in words if any(forbidden in word for forbidden in FORBIDDEN)]

    assert {"post", "address", "record", "text"} <= seen
    assert found == ["0003_records.sql: author"]


def test_only_the_door_publishes() -> None:
    """`publish` of the bus of posts is called in one place of the product; what was found of them, in one other."""
    callers: dict[bool, set[str]] = {True: set(), False: set()}
    for path in python_files(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "publish":
                tells_of_findings = ast.unparse(node.func.value).endswith(".mentions")
                callers[tells_of_findings].add(str(path.relative_to(ROOT)))

    assert callers[False] == {"api/rehearsal.py", "pipeline/workflow/door.py"}
    assert callers[True] == {"pipeline/finder.py"}


def test_no_verb_takes_posts_down_or_answers_in_somebodys_name() -> None:
    """There is no take-down, comment campaign or contact-the-platform action among the commands."""
    from pipeline.domain import command

    names = {value.name for value in vars(command).values() if isinstance(value, type) and hasattr(value, "name")}

    assert names
    assert not {name for name in names if re.search(r"delet|takedown|take_down|comment_on|campaign|platform", name)}


def test_events_hold_no_text() -> None:
    """Every key of a released event type is for ids, counts, codes and times; none is for what somebody wrote."""
    golden = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "golden" / "events").iterdir()}
    texts = [name for name, text in golden.items() if re.search(r"[一-鿿]|\\u[4-9]", text)]

    assert len(golden) > 40
    assert texts == []
