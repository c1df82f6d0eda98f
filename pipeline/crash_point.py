"""Named points at which a test ends the process or has it stand still, to prove that nothing is lost there."""

import os
import signal

CRASH_POINTS = (
    "bus.publish.before_commit",
    "bus.publish.after_commit",
    "worker.before_commit",
    "store.commit.before_position",
    "worker.after_commit",
    "log.append.before_commit",
    "log.append.after_commit",
    "outbox.create.after_commit",
    "dispatch.after_attempt_row",
    "dispatch.after_send_before_mark",
    "roll_up.after_append_before_create",
    "frontier.after_fetch_before_done",
    "crawl.after_publish_before_done",
)
"""Every named point; the harness in tests/end_to_end/test_kills.py sweeps them all."""

POINTS_OF_HALVES = (
    "finder.before_store",
    "finder.after_store",
    "finder.after_publish",
    "grouper.before_commit",
    "grouper.after_commit",
)
"""Further points of the worker's two halves, which run apart on the cluster only."""

POINTS_ON_ELASTICSEARCH = (
    "store.commit.claimed",
    "store.commit.posts_stored",
    "store.commit.recorded",
    "store.commit.mentions_stored",
    "store.commit.merges_tried",
    "store.commit.merges_made",
    "store.commit.before_position",
)
"""Points between the writes of a commit that is one transaction on SQLite."""


def crash_point(name: str) -> None:
    """
    The process ends at once, without cleaning up, where HUIYIN_CRASH_AT names this point; else nothing happens.

    Where HUIYIN_STOP_AT names it the process stands still, once, until somebody sends SIGCONT.
    """
    if os.environ.get("HUIYIN_CRASH_AT") == name:
        os._exit(137)
    if os.environ.get("HUIYIN_STOP_AT") == name:
        del os.environ["HUIYIN_STOP_AT"]
        os.kill(os.getpid(), signal.SIGSTOP)
