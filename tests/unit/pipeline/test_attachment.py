"""Files that people attach: a fixed list of types, at most 10 MB, under a masked name."""

import pytest

from pipeline.domain.attachment import LARGEST, TYPES, Attached, masked_name, problem_of, type_of_name

PNG = TYPES["image/png"][1] + b"picture"


def named(name: str, keep: frozenset[str] = frozenset()) -> str:
    """Return the name under which a picture of this name is kept."""
    return masked_name(Attached(name, "image/png", PNG), keep)


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_of_the_list_is_kept_and_found_again_by_its_name(kind: str) -> None:
    """The ending is that of the type, whatever the name said."""
    start = b"RIFF\x00\x00\x00\x00WEBP" if kind == "image/webp" else TYPES[kind][1]
    file = Attached("现场.exe", f"{kind.upper()}; charset=x", start + b"rest")
    assert problem_of(file, 1) is None
    assert type_of_name(masked_name(file, frozenset())) == kind


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (Attached("a.exe", "application/x-msdownload", b"MZ"), "is not kept"),
        (Attached("a.svg", "image/svg+xml", b"<svg/>"), "is not kept"),
        (Attached("a", "", b"x"), "type unknown"),
        (Attached("a.txt", "text/plain", b"13812345678"), "pasted into the text"),
        (Attached("a.png", "image/png", b"<script>"), "not those of a file of type image/png"),
        (Attached("a.webp", "image/webp", b"RIFF....WAVE"), "not those of"),
        (Attached("a.png", "image/png", b""), "empty"),
        (Attached("a.png", "image/png", PNG + b"0" * LARGEST), "10 MB"),
    ],
)
def test_what_is_not_kept_is_refused_with_a_sentence(file: Attached, said: str) -> None:
    """Named by its place in the form, never by its name."""
    problem = problem_of(file, 2)
    assert problem is not None
    assert said in problem.sentence
    assert problem.field == "attachment 2"


def test_ten_megabytes_are_kept_and_a_byte_more_is_not() -> None:
    """MECHANICS §4."""
    assert problem_of(Attached("a.png", "image/png", PNG + b"0" * (LARGEST - len(PNG))), 1) is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("张伟.jpg", "＊＊.png"),
        ("李秀英低保申请13812345678.PNG", "＊＊＊低保申请＊＊＊＊＊＊＊＊＊＊＊.png"),
        ("张伟 李秀英 合影", "＊＊ ＊＊＊ 合影.png"),
        ("zhangwei@example.com.png", "＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊.png"),
        (r"C:\用户\王建国\现场照片.png", "现场照片.png"),
        ("照片/王建国/现场照片.png", "现场照片.png"),
        ("王建国局长批示.png", "王建国局长批示.png"),
        ("..", "附件.png"),
        ("\x00\n<b>.png", "b.png"),
    ],
)
def test_a_name_of_a_file_is_masked_like_a_name(given: str, kept: str) -> None:
    """People name files after persons; folders name them too."""
    assert named(given) == kept


def test_terms_of_the_unit_stay_in_a_name() -> None:
    """As in any text."""
    assert named("高云汐低保公示.png") == "＊＊＊低保公示.png"
    assert named("高云汐低保公示.png", frozenset({"高云汐低保"})) == "高云汐低保公示.png"
