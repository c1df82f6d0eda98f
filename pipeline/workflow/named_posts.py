"""
What a person's command names must be there. An id that nobody looks up would stand in the log for ever, whatever it is.

The decider looks up incidents, groups, claims, messages and due times; offices, units and accounts are checked as the
fields are read. Left are posts and their versions, which the store alone knows, and the step of a reminder.
"""

from collections.abc import Iterator

from pipeline.domain.bad_order import Problem
from pipeline.domain.command import Command, GroupCommand
from pipeline.domain.incident_command import Escalate, RecordEvidence
from pipeline.ports import PostStore

LAST_STEP = 99
"""No reminder has more steps."""


def problems_of_named(posts: PostStore, unit: str, command: Command) -> list[Problem]:
    """Return a problem for each thing that the command names and that is not there."""
    if isinstance(command, GroupCommand):
        return list(_of_members(posts, unit, command))
    if isinstance(command, RecordEvidence):
        return list(_of_evidence(posts, unit, command))
    if isinstance(command, Escalate) and command.step > LAST_STEP:
        return [Problem("step", f"no reminder has more than {LAST_STEP} steps; give the step that comes next")]
    return []


def _of_members(posts: PostStore, unit: str, command: GroupCommand) -> Iterator[Problem]:
    """What has lapsed since the screen was loaded was a member too."""
    if not command.members:
        return
    standing = {mention.post for mention in posts.members(unit, command.group)}
    others = (post for post in command.members if post not in standing)
    strange = [one for one in others if command.group not in {told.group for told in posts.mentions_of(unit, one)}]
    if strange:
        yield Problem("members", f"{len(strange)} of these posts are not in group {command.group}; reload the page")


def _of_evidence(posts: PostStore, unit: str, command: RecordEvidence) -> Iterator[Problem]:
    if not command.post:
        if command.version:
            yield Problem("version", "a version belongs to a post; name the post too")
        return
    if not posts.mentions_of(unit, command.post):
        yield Problem("post", f"this is no post of {unit}; copy its id from the page, or write the evidence as text")
    elif command.version and posts.post(command.post, command.version) is None:
        yield Problem("version", "this post has no such version; leave it out for the newest")
