"""`huiyin ingest LIST.xlsx` and `huiyin report ledger`: the page's rules in a terminal."""

from pathlib import Path

import pytest

from api import bootstrap
from api.accounts.account import new_account
from api.accounts.people import people_of
from api.cli import main
from api.letters.letter import source_of
from classifier.absent import AbsentClassifier
from pipeline.domain.identity import key_of_native_id
from pipeline.domain.post import Origin
from tests.end_to_end.kill_harness import install, installed
from tests.letter_house import HEADINGS, NAME, PHONE, row
from tests.stored import UNIT
from tests.workbooks import cells_of, workbook

COLUMNS = """ref = "工单编号"\nreceived_at = "受理时间"\ncontent = "诉求内容"\ndue_at = "办理期限"
answer = "办理结果"\nanswered_at = "答复时间"\nhow = "答复方式"\norigin = "12345工单"\n"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An installation with a duty officer, and a mapping file beside it."""
    made = install(tmp_path)
    here = installed(made)
    people_of(here.stores.records, here.stores.clock).accounts.add(
        new_account("duty-1", "", ["duty"], [UNIT]), author="t"
    )
    here.stores.close()
    (tmp_path / "columns.toml").write_text(COLUMNS, encoding="utf-8")
    return made


def ingest(config: Path, data: bytes, *more: str, name: str = "12345.xlsx") -> int:
    file = config.parent / name
    file.write_bytes(data)
    mapping = () if "--mapping" in more else ("--mapping", str(config.parent / "columns.toml"))
    return main(["ingest", str(file), "--config", str(config), *mapping, *more])


def worked(config: Path) -> None:
    """What is on the bus was worked."""
    here = installed(config)
    desk = bootstrap.open_desk(here.stores, here.settings)
    worker = bootstrap.open_worker(here.stores, here.settings, desk, AbsentClassifier("a test"))
    while worker.step().read:
        pass
    here.stores.close()


def test_a_list_is_taken_and_its_bad_rows_are_named(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0 all taken, 1 some bad, 2 none; the same list again changes nothing."""
    assert ingest(config, workbook([HEADINGS, row(1), row("")])) == 1
    assert ":3: No number." in capsys.readouterr().err
    worked(config)

    assert ingest(config, workbook([HEADINGS, row(1)])) == 0
    assert "0 new, 0 with a new text, 0 answered, 1 unchanged, 0 refused" in capsys.readouterr().err
    assert ingest(config, workbook([HEADINGS, row("")])) == 2


def test_a_text_table_in_gb18030_is_taken_by_the_same_rules(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As Windows programs save it."""
    lines = ["\t".join(HEADINGS), "\t".join(row(1)), "\t".join(row(2))]

    assert ingest(config, "\r\n".join(lines).encode("gb18030"), name="12345.tsv") == 0
    assert "2 new" in capsys.readouterr().err


def test_an_answer_is_recorded_as_the_account_that_is_named(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --as nobody records it, and the letter waits on."""
    ingest(config, workbook([HEADINGS, row(1, received="2026-11-20")]))
    worked(config)
    newer = workbook([HEADINGS, row(1, received="2026-11-20", answered="2026-11-21")])

    assert ingest(config, newer) == 0
    assert "1 unchanged" in capsys.readouterr().err
    assert ingest(config, newer, "--as", "duty-1") == 0
    assert "1 answered" in capsys.readouterr().err


def test_columns_that_nobody_confirmed_are_proposed(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The refusal holds the mapping file to begin with."""
    file = config.parent / "list.xlsx"
    file.write_bytes(workbook([HEADINGS, row(1)]))

    assert main(["ingest", str(file), "--config", str(config)]) == 2
    told = capsys.readouterr().err
    assert 'content = "诉求内容"' in told
    assert "LTR-108" in told


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ('content = "没有这栏"', "LTR-105"),
        ('content = "联系电话"', "LTR-103"),
        ('ref = "工单编号"', "LTR-101"),
        ("who = 1", "LTR-104"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(
    config: Path, mapping: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is read by it, above all no column about people."""
    (config.parent / "bad.toml").write_text(mapping, encoding="utf-8")

    assert ingest(config, workbook([HEADINGS, row(1)]), "--mapping", str(config.parent / "bad.toml")) == 2
    assert code in capsys.readouterr().err


def test_no_byte_of_the_data_folder_holds_who_wrote(config: Path) -> None:
    """Neither the columns about people nor what the words repeat of them."""
    ingest(config, workbook([HEADINGS, *(row(number) for number in range(30))]))
    worked(config)
    planted = [text.encode(encoding) for text in (NAME, PHONE) for encoding in ("utf-8", "utf-16-le")]

    files = [path for path in config.parent.rglob("*") if path.is_file() and path.suffix not in (".xlsx", ".toml")]
    assert len(files) > 3
    assert [path.name for path in files if any(secret in path.read_bytes() for secret in planted)] == []


def test_the_ledger_is_written_from_the_data(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its freshness, readable by its owner alone; a day that is none is refused."""
    ingest(config, workbook([HEADINGS, row(1, received="2026-11-20", answered="2026-11-21")]))
    worked(config)
    out = config.parent / "ledger.xlsx"

    assert main(["report", "ledger", "--config", str(config), "--since", "2020-01-01", "--out", str(out)]) == 0
    assert "数据截至" in capsys.readouterr().out
    assert "YX000001" in str(cells_of(out.read_bytes()))
    assert oct(out.stat().st_mode & 0o777) == "0o600"
    assert main(["report", "ledger", "--config", str(config), "--since", "昨天"]) == 2


def test_what_was_imported_verifies_and_can_be_rebuilt_and_erased(config: Path) -> None:
    """The rows are what log and mentions say, before and after words of a letter are gone."""
    ingest(config, workbook([HEADINGS, row(1), row(2, received="2026-08-03"), row(3, answered="2026-11-23 08:50")]))
    worked(config)
    assert main(["verify", "--config", str(config)]) == 0
    assert main(["replay", "--config", str(config)]) == 0

    post = key_of_native_id(source_of(Origin.HOTLINE, UNIT), "YX000003")
    assert main(["erase", "--config", str(config), "--post", post]) == 0
    assert main(["verify", "--config", str(config)]) == 0
