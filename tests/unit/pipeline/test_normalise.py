"""One form for all spellings, with the way back to the stored text."""

import unicodedata

import pytest

from pipeline.stages.normalise import BARRIER, normalise


@pytest.mark.parametrize(
    "spelling",
    [
        "民政局",
        "民/政/局",
        "民.政_局",
        "民 政　局",
        "民\u200b政\ufeff局",
        "民😂政❤️局",
        "民、政·局",
        "【民政】《局》",
        "民*政&局",
    ],
)
def test_spellings_that_hide_a_word_have_the_same_form(spelling: str) -> None:
    """Separators, zero-width characters and emoji inside a word do not hide it."""
    assert normalise(spelling).text == "民政局"


@pytest.mark.parametrize(
    ("spelling", "form"),
    [
        ("社會救濟", "社会救济"),
        ("ＡＢＣ１２３", "abc123"),
        ("Ⅻ㎏", "xiikg"),
        ("殯葬、婚姻", "殡葬婚姻"),
        ("Café", "cafe"),
    ],
)
def test_wide_traditional_and_large_letters_have_the_plain_form(spelling: str, form: str) -> None:
    """Full width, Traditional characters, capitals and accents are spellings of the same."""
    assert normalise(spelling).text == form


@pytest.mark.parametrize("mark", list("。！？!?；;，,：:…\n—[]＊"))
def test_marks_that_end_a_clause_stay_as_barriers(mark: str) -> None:
    """A word does not reach over the end of a clause, nor over a mask."""
    assert normalise(f"民政{mark}局").text == f"民政{BARRIER}局"


def test_a_mask_is_a_barrier_although_a_plain_asterisk_is_a_separator() -> None:
    """NFKC would turn ＊ into *, and *, dropped, would join what the mask parted."""
    assert normalise("救＊＊助").text == f"救{BARRIER}{BARRIER}助"
    assert normalise("救**助").text == "救助"


def test_offsets_lead_back_to_the_stored_characters() -> None:
    """Each character of the form knows the stored one that it came from, also where one became several."""
    form = normalise("【民.政㎏】")
    assert form.text == "民政kg"
    assert form.offsets == (1, 3, 4, 4)


def test_the_form_of_every_form_is_itself() -> None:
    """Over all of Unicode's first two planes, so that no spelling needs a second pass."""
    forms = "".join(normalise(chr(code)).text for code in range(0x20000))
    assert normalise(forms).text == forms


def test_simplified_text_is_not_changed_by_the_table_of_traditional_characters() -> None:
    """Every character of GB 2312 keeps its form, but six that today's standard writes otherwise."""
    simplified = bytes(b for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF) for b in (row, cell))
    characters = simplified.decode("gb2312", errors="ignore")
    changed = [c for c in characters if normalise(c).text != c and c not in "菸後徵夥於麽"]
    assert len(characters) > 6700
    assert changed == []


def test_no_mark_survives_without_its_letter() -> None:
    """Combining marks are dropped, so a decorated word has the form of the plain one."""
    assert normalise("".join(c + "\u0336" for c in "低保")).text == "低保"
    assert normalise(unicodedata.normalize("NFD", "é")).text == normalise("é").text
