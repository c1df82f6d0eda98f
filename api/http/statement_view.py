"""The statement as a page: the values of its template, and the page that a unit may publish."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from api.statement import Statement, WatchedRule
from api.words import Words, words_of

from .moment import local
from .page import open_templates
from .setting.rule_title import rule_title


def values_of(statement: Statement, words: Words) -> Mapping[str, Any]:
    """Return what the template is given: the rules by business line, and how many terms there are."""
    return {
        "statement": statement,
        "lines": _by_line(statement.rules),
        "terms": len({term for rule in statement.rules for term in _terms(rule)}),
        "when": f"{local(statement.at):%Y-%m-%d %H:%M}",
        "title_of": partial(rule_title, words=words),
    }


def public_page(statement: Statement) -> str:
    """Return the page for a web site: one file, without a script, that fetches nothing."""
    template = open_templates().get_template("statement_public.html")
    words = words_of("zh")
    return template.render({**values_of(statement, words), "t": words})


def _by_line(rules: Sequence[WatchedRule]) -> Sequence[tuple[str, Sequence[WatchedRule]]]:
    lines: dict[str, list[WatchedRule]] = {}
    for rule in rules:
        lines.setdefault(rule.line, []).append(rule)
    return list(lines.items())


def _terms(rule: WatchedRule) -> Sequence[str]:
    return (*rule.any, *rule.all, *rule.none, *rule.exclude, *rule.near_a, *rule.near_b)
