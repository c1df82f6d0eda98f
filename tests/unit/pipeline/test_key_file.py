"""One 0600 file of secrets, shared by processes; a period's key is drawn once and destroyed at its end."""

import json
import multiprocessing
import os
from pathlib import Path

import pytest

from pipeline.adapters.key_file import KeyFile
from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.domain.poster_token import STEP, ends_at, periods_at

NOW = 1_790_000_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A place where no key file is yet."""
    return tmp_path / "secrets" / "keys.json"


def test_the_file_is_made_at_first_use_and_only_its_owner_reads_it(path: Path) -> None:
    """Another process then finds the same secrets."""
    first, second = KeyFile(path), KeyFile(path)
    assert first.sealing_key == second.sealing_key
    assert first.address_key == second.address_key != first.sealing_key
    assert first.periods(NOW) == second.periods(NOW)
    assert [key.period for key in first.periods(NOW)] == list(periods_at(NOW))
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_is_destroyed_at_its_periods_end_and_never_drawn_again(path: Path) -> None:
    """Not in the file, not in the process, and not for a process whose clock is behind."""
    keys = KeyFile(path)
    older, newer = keys.periods(NOW)
    end = ends_at(older.period)
    assert keys.destroy_ended(end - 1) == 0
    assert keys.periods(end)[0] == newer
    assert older.key.hex() not in path.read_text(encoding="utf-8")
    assert KeyFile(path).periods(end - 1) == (newer,)


def test_destroying_needs_no_post_to_come_in(path: Path) -> None:
    """The ticker calls it; a quiet month keeps no key alive."""
    keys = KeyFile(path)
    ended = keys.periods(NOW)
    assert keys.destroy_ended(NOW + 3 * STEP) == 2
    assert not {key.period for key in ended} & set(json.loads(path.read_text(encoding="utf-8"))["periods"])


def _keys_of_a_process(path: Path, answers: "multiprocessing.Queue[list[tuple[str, bytes]]]") -> None:
    answers.put([(key.period, key.key) for key in KeyFile(path).periods(NOW)])


def test_processes_that_start_together_agree(path: Path) -> None:
    """Crawl, work and serve use the file at once; none draws a key of its own."""
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[list[tuple[str, bytes]]] = context.Queue()
    processes = [context.Process(target=_keys_of_a_process, args=(path, answers)) for _ in range(3)]
    for process in processes:
        process.start()
    seen = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(timeout=60)
    assert seen[0] == seen[1] == seen[2]


def test_the_lock_of_a_dead_process_is_taken_away(path: Path) -> None:
    """A kill between lock and write must not stop the service for good."""
    path.parent.mkdir(parents=True)
    path.with_name("keys.json.lock").touch()
    path.with_name("keys.json.new").write_text("half", encoding="utf-8")
    assert len(KeyFile(path).periods(NOW)) == 2
    assert not path.with_name("keys.json.lock").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"sealing_key": "zz"}'])
def test_a_damaged_file_is_never_replaced_in_silence(path: Path, content: str) -> None:
    """New keys would close every sealed address for ever; a person decides."""
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(StoreUnavailable, match="damaged"):
        KeyFile(path).periods(NOW)
    assert path.read_text(encoding="utf-8") == content


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in lists, not in modes")
def test_a_file_that_others_may_read_is_refused(path: Path) -> None:
    """The sentence names the command that mends it."""
    KeyFile(path).periods(NOW)
    path.chmod(0o644)
    with pytest.raises(BadInput, match=r"chmod 600.*CFG-501"):
        KeyFile(path).periods(NOW)


def test_secrets_never_show_in_a_repr(path: Path) -> None:
    """A log line of the object says nothing."""
    keys = KeyFile(path)
    shown = f"{keys!r} {keys._secrets()!r} {keys.periods(NOW)!r}"
    assert keys.sealing_key.hex() not in shown
    assert repr(keys.sealing_key) not in shown
