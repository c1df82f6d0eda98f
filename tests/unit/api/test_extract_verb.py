"""The verb `extract`: one page in, one masked JSON object out."""

import json
from pathlib import Path

import pytest

from api.cli import main

PAGE = """<html><head><title>高龄补贴没有到账_云汐论坛</title></head><body><h1>高龄补贴没有到账</h1><p>昨天 08:41</p>
<div class="text"><p>我叫柳明远，家住云汐县，母亲的高龄补贴三月起没有到账，我的电话是13800001111。</p></div>
</body></html>"""


def test_a_page_is_printed_masked_on_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The time is counted from the moment that the reader gives."""
    file = tmp_path / "page.html"
    file.write_bytes(PAGE.encode("gb18030"))
    arguments = ["extract", "--url", "http://bbs.yunxi.example/t/7.html?spm=1", str(file)]

    assert main([*arguments, "--fetched-at", "2026-03-06T12:00:00+08:00"]) == 0

    row = json.loads(capsys.readouterr().out)
    assert list(row) == ["title", "text", "published_at", "canonical_url", "replies"]
    assert row["title"] == "高龄补贴没有到账"
    assert row["published_at"] == "2026-03-05T00:41:00Z"
    assert row["canonical_url"] == "http://bbs.yunxi.example/t/7.html"
    assert "柳明远" not in row["text"]
    assert "13800001111" not in row["text"]
    assert "高龄补贴三月起没有到账" in row["text"]


@pytest.mark.parametrize(
    ("body", "extra", "code"),
    [
        (b"%PDF-1.7", [], "INP-212"),
        (b'{"a": 1}', [], "INP-213"),
        (b"", [], "INP-211"),
        (PAGE.encode(), ["--fetched-at", "gestern"], "INP-210"),
    ],
)
def test_what_is_no_page_is_a_sentence_with_a_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], body: bytes, extra: list[str], code: str
) -> None:
    """Exit 2: nothing was done."""
    file = tmp_path / "page.html"
    file.write_bytes(body)

    assert main(["extract", "--url", "http://x.example/", str(file), *extra]) == 2
    assert code in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence says what to do."""
    assert main(["extract", "--url", "http://x.example/", "no-such-page.html"]) == 2
    assert "no-such-page.html: cannot be read" in capsys.readouterr().err
