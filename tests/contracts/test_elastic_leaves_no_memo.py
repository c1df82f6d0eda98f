"""Memos, attachments and tokens that were erased are in no file of Elasticsearch, and what nobody asked for stays."""

import base64
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.adapters.elastic.blobs import ElasticBlobs
from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.expunge import expunge
from pipeline.adapters.elastic.families import FAMILIES
from pipeline.adapters.elastic.log import ElasticIncidentLog
from pipeline.adapters.elastic.tokens import ElasticPosterTokens
from pipeline.domain.event import GENESIS, Batch, Memo
from pipeline.domain.post import Token
from tests.contracts.test_crash_points_of_elastic import the_opening
from tests.elastic_house import ElasticHouse
from tests.servers import refuse
from tests.stored import UNIT

OLD, NEW = "p000001", "p000002"


class Later:
    """Notes of which indices bytes are to leave, so that one proof serves all."""

    def __init__(self) -> None:
        self.indices: list[str] = []

    def __call__(self, _elastic: Elastic, indices: Sequence[str]) -> None:
        """The indices are noted."""
        self.indices += indices


def a_secret(seed: int) -> str:
    """Return characters that stand nowhere else, and that no compression shortens."""
    chance = random.Random(seed)
    return "".join(chr(chance.randrange(0x3400, 0x4DB0)) for _ in range(16))


def pieces(secret: str) -> list[bytes]:
    """Return the secret four characters at a time: a block of the store may end in the middle of one, not of all."""
    return [secret[start : start + 4].encode() for start in range(0, len(secret), 4)]


def files_with(elastic: Elastic, *wanted: bytes) -> list[bool]:
    """Return for each whether any file of the server holds it."""
    nodes = elastic.wire.ask("GET", ["_nodes", "stats", "fs"]).body["nodes"].values()
    folders = {Path(data["path"]) for node in nodes for data in node["fs"]["data"]}
    if not all(folder.is_dir() for folder in folders):
        refuse("Elasticsearch keeps its files on another machine")
    for _ in range(100):
        try:
            return _found_in(folders, wanted)
        except FileNotFoundError:  # a merge has taken a file away, and what it held stands in one not yet looked at
            continue
    raise AssertionError("files of the server come and go too fast to be looked at")


def _found_in(folders: Iterable[Path], wanted: Sequence[bytes]) -> list[bool]:
    found = [False] * len(wanted)
    for path in [path for folder in folders for path in folder.rglob("*") if path.is_file()]:
        data = path.read_bytes()
        found = [known or each in data for known, each in zip(found, wanted, strict=True)]
    return found


def test_no_file_of_the_server_holds_what_was_erased(elastic_house: ElasticHouse) -> None:
    """Words, an attachment's bytes, the ids beside tokens: there before, gone after, and their neighbours stand."""
    elastic, later = elastic_house.open(), Later()
    words, kept, mark = a_secret(1), a_secret(2), f"post-{random.Random(3).randbytes(12).hex()}"
    photo = random.Random(4).randbytes(3_000)
    log, blobs = ElasticIncidentLog(elastic, expunging=later), ElasticBlobs(elastic, expunging=later)
    tokens = ElasticPosterTokens(elastic, expunging=later)
    log.append(
        Batch(UNIT, 1, GENESIS, "c1", (the_opening(UNIT),), (), ("m1", "m2")), [_memo("m1", words), _memo("m2", kept)]
    )
    blob_id = blobs.put(photo)
    tokens.add({mark: (Token(OLD, 1), Token(NEW, 2)), "other": (Token(NEW, 3),)})
    planted = (*pieces(words), base64.b64encode(photo)[900:930], mark.encode())
    assert all(files_with(elastic, *planted[-2:]))
    assert any(files_with(elastic, *pieces(words)))

    assert log.erase_memos(UNIT, frozenset({"m1"}), 9) == 1
    assert blobs.remove(blob_id)
    assert (tokens.forget(NEW), tokens.erase(frozenset({mark}))) == (1, 1)
    expunge(elastic, later.indices)
    assert not any(files_with(elastic, *planted))
    assert any(files_with(elastic, *pieces(kept)))
    assert log.memo(UNIT, "m2") == _memo("m2", kept)


def _memo(name: str, text: str) -> Memo:
    return Memo(UNIT, name, "", text, salt="salt")


def test_tokens_stand_in_no_search_structure_and_in_no_snapshot() -> None:
    """Whoever searches an index of tokens finds nothing by their numbers; backups take what a family allows."""
    (family,) = (each for each in FAMILIES if each.name == "tokens")
    assert not family.in_snapshots
    assert all(not field["index"] and not field["doc_values"] for field in family.fields.values())
    assert all(each.in_snapshots for each in FAMILIES if each is not family)
