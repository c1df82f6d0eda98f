"""Plain fields become typed commands, or a list of everything that is wrong with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.bad_order import BadOrder
from pipeline.domain.command import Command, GroupSetAside, NeedContacted, NeedOutcome, Open
from pipeline.domain.incident_command import AnswerLine, Close, Settle, Snooze
from pipeline.domain.order_form import FieldKind
from pipeline.domain.read_order import Asking, command_of, form_of, plain_bytes, plain_of, read_fields
from pipeline.domain.roles import ROLES
from pipeline.domain.seen import Seen
from tests.command_samples import SAMPLES
from tests.matters import DUTY, NOON, OTHER, a_note

ASKING = Asking("c", DUTY, a_note(), (), 3)
OF_NO_INCIDENT: list[Command] = [
    Open(command_id="c", actor=DUTY, group="g1", members=("p1", "p2")),
    GroupSetAside(command_id="c", actor=DUTY, group="g1", how="filed", seen=Seen(posts=2, reasons=("grave",))),
    NeedContacted(command_id="c", actor=DUTY, post="p1"),
    NeedOutcome(command_id="c", actor=DUTY, post="p1", outcome="helped"),
]
ASKED = [SAMPLES[name]("i1") for name in SAMPLES if name in ROLES] + OF_NO_INCIDENT


def read(name: str, **plain: object) -> Command:
    """Return the command that the fields make, which must be right."""
    form = form_of(name)
    values, problems = read_fields(form, plain)
    assert problems == []
    return command_of(form, values, ASKING)


def wrong(name: str, **plain: object) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the problems by field: the sentence and the allowed values."""
    _, problems = read_fields(form_of(name), plain)
    return {problem.field: (problem.sentence, problem.allowed) for problem in problems}


@pytest.mark.parametrize("command", ASKED, ids=lambda command: command.name)
def test_plain_fields_make_the_command_that_they_came_from(command: Command) -> None:
    """There and back, for every command of a person."""
    again = read(command.name, **plain_of(command))
    assert plain_bytes(again) == plain_bytes(command)
    assert type(again) is type(command)


def test_who_asks_and_with_what_stands_beside_the_fields() -> None:
    """Nobody can name another actor, note or id in a field."""
    command = read("close", incident="i1", disposition="filed")
    assert isinstance(command, Close)
    assert (command.command_id, command.actor, command.note, command.expected_revision) == ("c", DUTY, a_note(), 3)
    assert "no such field" in wrong("close", incident="i1", disposition="filed", actor="account:x")["actor"][0]


def test_everything_that_is_wrong_is_said_at_once_with_what_is_allowed() -> None:
    """A person mends a form once, not field by field."""
    problems = wrong("settle", disposition="solved", second="张主任", offline="maybe", offlin="x")
    assert problems.keys() == {"incident", "disposition", "second", "offline", "offlin"}
    assert problems["disposition"][1] == ("resolved", "clarified", "filed", "irrelevant")
    assert "已解决" in problems["disposition"][0]
    assert "never a name" in problems["second"][0]
    assert problems["offline"][1] == ("true", "false")


def test_an_unknown_command_names_the_near_ones() -> None:
    """What machines alone may ask for is unknown here."""
    with pytest.raises(BadOrder) as error:
        form_of("setle")
    assert (error.value.code, error.value.problems[0].allowed[0]) == ("ORD-102", "settle")
    with pytest.raises(BadOrder):
        form_of("raise_level")


@pytest.mark.parametrize(
    ("given_time", "at"),
    [
        ("2026-09-22T12:53:20+00:00", 1_790_081_600_000),
        ("2026-09-22T20:53:20+08:00", 1_790_081_600_000),
        ("2026-09-22T12:53:20Z", 1_790_081_600_000),
        (1_790_081_600_000, 1_790_081_600_000),
        (" 1790081600000 ", 1_790_081_600_000),
    ],
)
def test_a_time_is_iso_with_an_offset_or_milliseconds(given_time: object, at: int) -> None:
    """Both say the same moment."""
    command = read("snooze", incident="i1", until=given_time)
    assert isinstance(command, Snooze)
    assert command.until == at


@pytest.mark.parametrize("given_time", ["2026-09-22T12:53", "tomorrow", 1_790_081_600, True, [], 1.5, "9" * 16])
def test_a_time_without_offset_or_in_seconds_is_not_guessed(given_time: object) -> None:
    """The sentence says how to write it."""
    assert "until" in wrong("snooze", incident="i1", until=given_time)


def test_a_list_is_a_list_or_one_text() -> None:
    """As an API body or a form gives it; a value named twice counts once."""
    assert plain_of(read("split", incident="i1", groups=["g1", "g2"]))["groups"] == ["g1", "g2"]
    assert plain_of(read("split", incident="i1", groups="g1, g2\ng1"))["groups"] == ["g1", "g2"]
    assert "groups" in wrong("split", incident="i1", groups=7)
    assert "at most" in wrong("split", incident="i1", groups=[f"g{number}" for number in range(501)])["groups"][0]


def test_an_account_is_given_with_or_without_its_word() -> None:
    """The page lists accounts, the log names actors."""
    assert plain_of(read("assign_owner", incident="i1", to="duty-2"))["to"] == OTHER
    assert plain_of(read("assign_owner", incident="i1", to=OTHER))["to"] == OTHER


def test_only_known_ids_may_be_named_where_they_are_known() -> None:
    """The problem lists them."""

    def known(kind: FieldKind) -> frozenset[str] | None:
        return frozenset({"duty-1"}) if kind is FieldKind.ACCOUNT else None

    _, problems = read_fields(form_of("assign_owner"), {"incident": "i1", "to": "duty-9"}, known)
    assert [(problem.field, problem.allowed) for problem in problems] == [("to", ("duty-1",))]
    assert read_fields(form_of("assign_owner"), {"incident": "i1", "to": "duty-1"}, known)[1] == []


def test_an_empty_field_means_what_the_command_says_without_it() -> None:
    """A form sends every field, filled in or not."""
    command = read("settle", incident="i1", disposition="filed", verdict="", reply="", how=" ", second="", offline="")
    assert isinstance(command, Settle)
    assert (command.verdict, command.reply, command.how, command.second, command.offline) == (
        None,
        "answered",
        "phone",
        None,
        False,
    )
    line = read("answer_line", incident="i1", post="p", how="phone", answered_at=None)
    assert isinstance(line, AnswerLine)
    assert line.answered_at is None


@pytest.mark.parametrize("seen", ['{"posts":"two"}', {"posts": -1}, {"likes": 1}, "[", 7, {"reasons": ["张伟"]}])
def test_counts_that_the_page_did_not_give_are_refused(seen: object) -> None:
    """What was seen is kept in the log; it holds numbers and codes only."""
    assert "seen" in wrong("open", group="g1", seen=seen)


def test_counts_come_back_as_the_page_gave_them() -> None:
    """As an object, or as its JSON text in a hidden field."""
    for given_seen in ({"posts": 2}, '{"posts": 2}'):
        command = read("open", group="g1", seen=given_seen)
        assert isinstance(command, Open)
        assert command.seen == Seen(posts=2)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@given(name=st.sampled_from(sorted(ROLES)), data=st.data())
def test_whatever_a_body_holds_is_read_or_said_to_be_wrong(name: str, data: st.DataObject) -> None:
    """No body makes the reader fail, and what it reads holds neither text nor name."""
    form = form_of(name)
    plain = {one.name: data.draw(JSON | st.just(str(NOON)) | st.sampled_from(["i1", "true"])) for one in form.fields}
    values, problems = read_fields(form, plain)
    if not problems:
        assert plain_bytes(command_of(form, values, ASKING)).isascii()
