"""The letter of a digest: one view in two forms, nothing to fetch, nothing that runs, and ids behind what it says."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from api.notify.digest_letter import MOST_BYTES, Letter, card_lines, letter_of
from api.notify.digest_look import MAIL_STYLE, PAGE_STYLE, STYLES
from api.notify.editor import Editor, site_of
from pipeline.domain.command import Open
from pipeline.domain.digest import Digest, Quote
from pipeline.domain.for_leader import Asked, LeaderItem
from pipeline.domain.next_due import NextDue
from pipeline.workflow.week_close import WeekCoverage
from tests.builders import HOUR, MONDAY, UNIT, a_post
from tests.digest_house import WEEK, DigestHouse

HOSTILE = "养老院<script>a(1)</script><img src=x onerror=a(2)>\u202e\x00{{ 7*7 }}"


def a_digest(text: str = "云汐县城关镇养老院停水三天没人管") -> tuple[Editor, Digest]:
    """Return the editor, and a digest of a week with one matter, a plea and a thank-you."""
    house = DigestHouse()
    house.covers = WeekCoverage(1, 2, {"forum": MONDAY}, ((MONDAY, MONDAY + 9 * HOUR),))
    house.at(MONDAY + 4 * HOUR)
    thanks = a_post(3, "感谢敬老院的护工", at=MONDAY + 3 * HOUR)
    rows = house.works(a_post(1, text), a_post(2, "求助：父亲住不起养老院", at=MONDAY + HOUR), thanks)
    lead = a_post(1, text).id
    group = next(row.id for row in rows if row.lead == lead)
    house.does(Open(command_id="open", actor="account:zhiban", group=group))
    house.closes()
    return house.editor, house.editor.digests.of_week(UNIT, WEEK.name)


class Elements(HTMLParser):
    """Every element of a page, and every address in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what stands in the element."""
        self.names.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def test_channels_that_cannot_be_seen_are_named_in_every_digest() -> None:
    """In the mail's HTML and plain text, and in the view of the page: silence there is no good news."""
    editor, digest = a_digest()
    letter = editor.letter(digest)
    named = "看不到的渠道：抖音、快手、微信群、视频号、小红书"

    assert named in letter.html
    assert named in letter.text
    assert any(named in said.text for said in editor.view(digest).coverage)  # of which the page is made too


def test_what_a_post_says_is_text_and_nothing_else() -> None:
    """Neither an element nor an address nor a template of it comes to life; marks that turn the text are visible."""
    editor, digest = a_digest(HOSTILE)
    letter = editor.letter(digest)
    found = Elements(letter.html)
    assert {"script", "img", "iframe", "form", "link", "a"}.isdisjoint(found.names)
    assert not [name for name, _ in found.attributes if name.startswith("on") or name in ("src", "href", "background")]
    assert "&lt;script&gt;" in letter.html
    assert "{{ 7*7 }}" in letter.text
    assert not re.search(r"[\x00-\x08\u202a-\u202e]", letter.html + letter.text + letter.subject)


def test_html_and_plain_text_say_the_same() -> None:
    """Whoever reads text alone misses no number and no sentence."""
    editor, digest = a_digest()
    view, letter = editor.view(digest), editor.letter(digest)
    said = [one.text for one in (*view.sentences, view.needs, *view.praise, *view.due, *view.coverage)]
    said += [line for row in view.matters for line in row.lines] + [
        f"{one.label} {one.value.text}" for one in view.numbers
    ]
    said += [row.matter for row in view.decide] + list(view.evidence)
    assert [one for one in said if one not in letter.text] == []
    assert "<" not in letter.text


def test_every_number_and_sentence_that_counts_carries_the_ids_behind_it() -> None:
    """What carries none counts nothing, or speaks of the program itself."""
    editor, digest = a_digest()
    view = editor.view(digest)
    (incident,) = digest.count.new
    assert view.numbers[0].value.ids == view.sentences[0].ids == (incident,)
    assert [row.value.text for row in view.numbers if not row.value.ids] == ["0"] * 4
    assert view.needs.ids == digest.cut.needs
    assert view.praise[0].ids == digest.cut.praise
    assert f'data-ids="{incident}' in editor.letter(digest).html


def test_the_subject_says_how_many_matters_wait() -> None:
    """And says so where none does: the letter comes all the same."""
    editor, digest = a_digest()
    assert editor.letter(digest).subject.endswith("没有待您决定的事项")
    items = [(LeaderItem(f"i{n}", 2, (Asked.GRAVE,), None), Quote("")) for n in range(3)]
    asked = replace(digest, leader=tuple(items))
    assert editor.letter(asked).subject == "云汐县民政局舆情周报 2026年第48周：3件待您决定"


def test_what_is_overdue_is_said_once_with_its_time() -> None:
    """Not as a word and again as the time that went by; other reasons stay beside it."""
    editor, digest = a_digest()
    item = LeaderItem("i1", 2, (Asked.GRAVE, Asked.OVERDUE), NextDue(MONDAY + HOUR, "reply"))
    (row,) = editor.view(replace(digest, leader=((item, Quote("")),))).decide
    assert row.why == "Ⅰ、Ⅱ级未办结，已超期：回应 11月23日 11:13"


def test_what_falls_due_next_week_is_listed_with_its_hour() -> None:
    """And named by its number where no words of it may be quoted."""
    editor, digest = a_digest()
    (line,) = editor.view(digest).due
    (incident,) = digest.count.new
    assert line.ids == (incident,)
    assert re.fullmatch(r"11月30日 \d\d:\d\d 复查：养老服务 “云汐县城关镇养老院停水三天没人管”", line.text)
    unquoted = replace(digest, due=tuple(replace(one, quote=Quote("p")) for one in digest.due))
    assert editor.view(unquoted).due[0].text.endswith(f"编号 {incident[:8]}")


def test_a_week_full_of_everything_stays_below_what_mail_programs_cut_off() -> None:
    """Hundreds of matters, each with long words; the count of what is not listed is said."""
    editor, digest = a_digest()
    ids, quote = tuple(f"{n:024x}" for n in range(500)), Quote("p", "长" * 60, place="城关镇", line="养老服务")
    items = tuple((LeaderItem(one, 2, tuple(Asked), None), quote) for one in ids)
    numbers = tuple(replace(number, value=500, ids=ids) for number in digest.numbers)
    full = replace(
        digest,
        leader=items,
        numbers=numbers,
        matters=digest.matters * 5,
        due=(),
        due_in_all=500,
        found={name: replace(one, value=500, ids=ids) for name, one in digest.found.items()},
    )
    letter = editor.letter(full)
    assert len(letter.html.encode()) <= MOST_BYTES
    assert "另有480件未列出" in letter.html
    assert letter.text.count("等500个") == 10


def test_a_link_is_written_only_where_somebody_outside_can_follow_it() -> None:
    """Nothing in the letter needs it."""
    editor, digest = a_digest()
    there = replace(editor, site=site_of("https://yuqing.example.gov.cn/"))
    assert "https://yuqing.example.gov.cn/u/yunxi-mz/digest/2026-W48" in there.letter(digest).text
    assert "a" in Elements(there.letter(digest).html).names
    assert "http" not in editor.letter(digest).text


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://127.0.0.1:8420",
        "http://localhost",
        "https://[::1]/",
        "http://0.0.0.0",
        "http://a.localhost",
        "ftp://x",
        "x",
    ],
)
def test_an_address_of_this_machine_alone_is_no_link(address: str) -> None:
    """A leader's phone is another machine."""
    assert site_of(address) == ""


def test_a_short_message_carries_no_word_of_a_post_and_no_id() -> None:
    """A group robot's card is read by many."""
    editor, digest = a_digest()
    card = "\n".join(card_lines(editor.view(digest)))
    (incident,) = digest.count.new
    assert "新增事件 1" in card
    assert not any(word in card for word in ("停水", "护工", incident))


def test_a_digest_is_said_in_english_too() -> None:
    """No Chinese is left but names and quotes."""
    editor, digest = a_digest()
    text = editor.letter(digest, "en").text
    assert "Five numbers" in text
    ours = re.sub("云汐县民政局|养老服务|forum网|“[^”]*”", "", text)
    assert re.findall("[一-鿿]", ours) == []


def test_every_part_has_its_style_and_neither_sheet_fetches_anything() -> None:
    """A part without a style would fail when it is rendered; a sheet that fetches would tell who reads it."""
    editor, digest = a_digest()
    shown = Elements(editor.letter(digest).html)
    assert {value for name, value in shown.attributes if name == "class"} <= {f"d-{part}" for part in STYLES}
    assert not re.search(r"url\(|@import|http", MAIL_STYLE + PAGE_STYLE + "".join(STYLES.values()))
    assert isinstance(letter_of(editor.view(digest)), Letter)
