"""Keys of orders long done, and attachments that nobody names, are gone; what is named or young stays."""

import pytest

from api import bootstrap
from api.stores import Stores
from pipeline.domain.command import Note, Open
from pipeline.domain.event import Memo, commitment
from pipeline.ports import Record
from pipeline.workflow.clerk import ORDER
from pipeline.workflow.leftovers import ORDERS_KEPT, forget_orders, sweep_attachments
from tests.builders import MONDAY, HeldClock
from tests.stored import UNIT, a_group, a_mention, a_post, work

LATER = 1 << 60


@pytest.fixture
def stores() -> Stores:
    """Stores in memory."""
    return bootstrap.memory_stores(HeldClock())


def test_only_attachments_that_no_memo_names_are_swept(stores: Stores) -> None:
    """One was cut off between its file and its batch; the one that stands in the log stays."""
    post = a_post(1)
    stores.posts.commit(work([post], [a_mention(post)], [a_group("g1", lead=post.id)]))
    named, unnamed = stores.blobs.put(b"photo"), stores.blobs.put(b"cut off")
    memo = Memo(UNIT, "m1", "", "照片", "salt", attachment=named)
    note = Note("m1", commitment(memo.salt, memo.text))
    desk = bootstrap.open_desk(stores, bootstrap.settings_of(stores))
    command = Open(command_id="o", actor="account:a", group="g1", note=note)
    desk.execute(UNIT, command, roles=frozenset({"duty"}), memos=[memo])

    assert sweep_attachments(stores.blobs, stores.log, [UNIT], before=1) == 0
    assert sweep_attachments(stores.blobs, stores.log, [UNIT], before=LATER) == 1
    assert (stores.blobs.get(named), stores.blobs.get(unnamed)) == (b"photo", None)


def test_keys_of_orders_are_kept_for_thirty_days(stores: Stores) -> None:
    """Of every unit; the younger ones stay."""
    for number, at in enumerate((MONDAY - ORDERS_KEPT - 1, MONDAY - ORDERS_KEPT, MONDAY)):
        stores.records.put(Record(ORDER, f"unit-{number}", f"k{number}", 0, '"d"', at, "account:a", "open"), expect=0)

    assert forget_orders(stores.records, MONDAY - ORDERS_KEPT) == 1
    assert [record.key for record in stores.records.list(ORDER)] == ["k1", "k2"]
