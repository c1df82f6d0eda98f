"""To-dos: whether a post asks for a person, and why (MECHANICS §5). No push comes from here."""

from .group import TodoReason

ASKING = frozenset({"投诉", "求助", "咨询", "建议"})
"""The acts that ask for something; praise and remarks are stored and ask nobody."""


def todo_reason(
    *, about: bool | None, act: str | None, grave: bool, addressed: bool, has_classifier: bool
) -> TodoReason | None:
    """
    Return why a post is a row in the queue, the strongest reason first; None where it is only stored.

    `about` and `act` None are abstentions: they are asked, not dropped. What is addressed to the unit and what a grave
    rule hit is always a row. Without a classifier everything is as abstained, under a reason that the banner explains.
    A plea for help (`need`) plays no part: it has a queue of its own, whatever it is about.
    """
    if addressed:
        return TodoReason.ADDRESSED
    if grave:
        return TodoReason.GRAVE
    if not has_classifier:
        return TodoReason.NO_CLASSIFIER
    if about is False or (act is not None and act not in ASKING):
        return None
    return TodoReason.OURS if about else TodoReason.UNCLEAR
