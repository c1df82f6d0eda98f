"""Over weeks of kills, two schedulers, clock steps, days without power and a bad mail server: one digest each."""

from pathlib import Path

from tests.smtp_server import Mailbox, smtp_server
from tests.weeks_at_risk import LEADERS, WeeksAtRisk

WEEKS = 12


def test_every_recipient_gets_exactly_one_digest_for_every_week(tmp_path: Path) -> None:
    """One letter by its id each; what arrived twice is marked; made again it has the same bytes."""
    with smtp_server(Mailbox()) as mailbox:
        got = WeeksAtRisk(tmp_path, mailbox, seed=4).runs(WEEKS)
    assert got.wrong == []
    assert got.changed == []
    assert got.kills > 0
    assert got.faults.total() > got.faults["none"]
    assert got.repeats <= got.marked <= got.kills + got.faults["silence"]
    assert got.states == {"delivered": WEEKS * len(LEADERS)}
