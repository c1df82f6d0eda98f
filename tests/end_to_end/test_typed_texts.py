"""What people type and attach: no byte of any file holds a private name or number, not even of what was refused."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from api import bootstrap
from api.cli.installation import Installation
from pipeline.domain.attachment import Attached
from pipeline.domain.bad_order import BadOrder
from pipeline.domain.order import Order
from pipeline.domain.post import RawPost
from pipeline.workflow.clerk import Clerk
from pipeline.workflow.erase import Wanted
from pipeline.workflow.memo_texts import memo_texts
from pipeline.workflow.verify import verify
from tests.end_to_end.kill_harness import install, installed

UNIT = "yunxi-mz"
PLANTED = ("13812345678", "11010119900307451X", "陶桂芝", "yxq-4711-key")
TYPED = "当事人陶桂芝，电话13812345678，身份证号11010119900307451X；民政局副局长王建平签发"
FILE = Attached("陶桂芝 13812345678.png", "image/png", b"\x89PNG\r\n\x1a\nthe picture")


def a_clerk(folder: Path) -> tuple[Installation, Clerk, str]:
    """An installation with one matter in the queue, the clerk before it, and the matter's group."""
    here = installed(install(folder))
    desk = bootstrap.open_desk(here.stores, here.settings)
    worker = bootstrap.open_worker(here.stores, here.settings, desk, bootstrap.open_classifier())
    raw = RawPost(source="forum", text="请问云汐县低保怎么申请，材料交到哪里？", native_id="1")
    bootstrap.open_door(here.folder, here.stores, here.settings).admit([raw])
    worker.load()
    while worker.step().read:
        pass
    (view,) = here.stores.posts.groups(UNIT, todo_only=False, cursor=None, limit=5).rows
    return here, bootstrap.open_clerk(here.stores, here.settings, desk), view.row.id


def order(command: str, key: str, **fields: object) -> Order:
    """Return what the duty officer asks for, with a private text and file."""
    roles = frozenset({"duty"})
    return Order(UNIT, command, fields, "duty-1", roles, f"{PLANTED[3]}-{key}", TYPED, (FILE,))


def holds_planted(folder: Path) -> list[tuple[str, str]]:
    """Return what stands in the bytes or the name of which file."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    said = [(path.name, path.name.encode() + path.read_bytes()) for path in files]
    return [(name, planted) for name, data in said for planted in PLANTED if planted.encode() in data]


def test_no_byte_of_any_file_holds_what_was_masked(tmp_path: Path) -> None:
    """Log, memos, records, names of files and keys; the official who signed is named, and the log verifies."""
    here, clerk, group = a_clerk(tmp_path)
    with closing(here.stores):
        incident = clerk.carry_out(order("open", "open", group=group)).incident or ""
        clerk.carry_out(order("acknowledge", "ack", incident=incident))
        clerk.carry_out(order("record_claim", "claim", incident=incident))
        clerk.carry_out(order("comment", "comment", incident=incident))
        with pytest.raises(BadOrder):
            clerk.carry_out(order("settle", "settle", incident=incident, disposition="陶桂芝"))
        with pytest.raises(BadOrder):
            clerk.carry_out(replace(order("comment", "comment", incident=incident), text=f"{TYPED}。"))
        texts = memo_texts(here.stores.log, UNIT, incident)
        assert "副局长王建平签发" in texts[-1].text
        assert texts[-1].files[0].name == "＊＊＊ ＊＊＊＊＊＊＊＊＊＊＊.png"
        assert verify(here.stores.log, here.stores.posts, [UNIT]).problems == ()
        assert holds_planted(tmp_path) == []
    assert holds_planted(tmp_path) == []


def test_typed_texts_and_files_are_erased_with_their_incident(tmp_path: Path) -> None:
    """Text, name and content are in no byte any more; the page says that there was something."""
    here, clerk, group = a_clerk(tmp_path)
    with closing(here.stores):
        incident = clerk.carry_out(order("open", "open", group=group)).incident or ""
        (text,) = memo_texts(here.stores.log, UNIT, incident)
        assert any(b"the picture" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        bootstrap.open_eraser(here.config, here.stores).erase(Wanted(incidents=frozenset({incident})))
        (gone,) = memo_texts(here.stores.log, UNIT, incident)
        assert (gone.erased, gone.text, gone.files[0].erased) == (True, "", True)
        needles = [b"the picture", "王建平签发".encode(), text.files[0].name.encode()]
        found = [
            path.name for path in tmp_path.rglob("*") if path.is_file() for one in needles if one in path.read_bytes()
        ]
        assert found == []
