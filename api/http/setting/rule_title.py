"""What a list of words is called on a page: a bundled one by its name, one of the unit's own by its number."""

import re

from api.words import Words

_OWN = re.compile(r"own-(\d+)")


def rule_title(rule: str, words: Words) -> str:
    """Return what a list is called: a bundled one by its name, an own one by its number."""
    own = _OWN.fullmatch(rule)
    return words("setting_rules.own_name", number=own[1]) if own else words.named("rule_name", rule)
