"""The clerk: what people ask for is read, masked, committed and carried out once; on stores in memory and on disk."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from api import bootstrap
from api.stores import Stores
from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.attachment import Attached
from pipeline.domain.bad_order import BadOrder
from pipeline.domain.errors import Refused
from pipeline.domain.event import commitment
from pipeline.domain.facts import CLOCKS_FROM, no_deadline
from pipeline.domain.group import incident_id
from pipeline.domain.moved import Moved
from pipeline.domain.order import Order
from pipeline.domain.read_order import nothing_known
from pipeline.domain.sheet import LONGEST_TEXT, UnitWords, said
from pipeline.workflow.clerk import Clerk
from pipeline.workflow.desk import Desk, Practice
from pipeline.workflow.memo_texts import memo_texts
from tests.builders import HeldClock
from tests.stored import MONDAY, UNIT, a_group, a_mention, a_post, work

PNG = b"\x89PNG\r\n\x1a\n"
INCIDENT = incident_id(UNIT, "g1")
WORDS = UnitWords(frozenset({"柳湾养老院"}), nothing_known)


class Chance:
    """Random bytes that are different each time, and the same in each test."""

    def __init__(self) -> None:
        self.drawn = 0

    def __call__(self, length: int) -> bytes:
        """Return the next bytes."""
        self.drawn += 1
        return self.drawn.to_bytes(length, "big")


@pytest.fixture(params=["memory", "sqlite"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    """Two groups, on stores of either kind."""
    clock = HeldClock(MONDAY)
    opened = (
        bootstrap.memory_stores(clock)
        if request.param == "memory"
        else replace(bootstrap.open_stores(bootstrap.Folder(tmp_path)), clock=clock)
    )
    with closing(opened):
        posts = [a_post(1), a_post(2, "青石镇的低保还没有发")]
        mentions = [a_mention(posts[0]), a_mention(posts[1], group="g2", order=1)]
        opened.posts.commit(work(posts, mentions, [a_group("g1"), a_group("g2")]))
        yield opened


@pytest.fixture
def clerk(stores: Stores) -> Clerk:
    """A clerk before these stores."""
    desk = Desk(stores.log, stores.posts, stores.clock, lambda _: Practice(DEFAULT_POLICY, no_deadline, CLOCKS_FROM))
    return Clerk(desk, stores.blobs, stores.records, Chance(), lambda _unit: WORDS)


def order(command: str, key: str = "k1", text: str = "", **fields: object) -> Order:
    """Return what the duty officer asks for."""
    return Order(UNIT, command, fields, "duty-1", frozenset({"duty"}), key, text)


def opened(clerk: Clerk) -> None:
    """The first group is an incident that the duty officer has acknowledged."""
    clerk.carry_out(order("open", "open", group="g1"))
    clerk.carry_out(order("acknowledge", "ack", incident=INCIDENT))


def head(clerk: Clerk) -> int:
    """Return how many batches there are."""
    return clerk.desk.log.head(UNIT)[0]


def test_an_order_becomes_a_batch_and_says_how_things_stand(clerk: Clerk) -> None:
    """Where it is in the log, which revision to name next, and which moves this person has."""
    opening = clerk.carry_out(order("open", "open", group="g1"))
    assert (opening.seq, opening.incident, opening.revision, opening.events) == (1, INCIDENT, 1, ("opened",))
    assert "acknowledge" in opening.moves
    assert "raise_level" not in opening.moves
    outcome = clerk.carry_out(
        replace(order("comment", "c", "已电话联系", incident=INCIDENT), roles=frozenset({"auditor", "reviewer"}))
    )
    assert (outcome.revision, outcome.events, outcome.repeated) == (2, ("commented",), False)
    assert outcome.moves == ("assess", "comment", "undo")


def test_a_group_that_was_set_aside_says_what_may_be_asked_next(clerk: Clerk) -> None:
    """It has no revision, and no incident."""
    outcome = clerk.carry_out(order("group_set_aside", group="g1"))
    assert (outcome.incident, outcome.revision) == (None, None)
    assert outcome.moves == ("open", "group_joined", "group_restored", "group_split")


def test_what_was_typed_is_masked_and_the_log_holds_a_commitment_of_it(clerk: Clerk) -> None:
    """Private names and numbers are gone; officials with their office and the unit's terms stay."""
    opened(clerk)
    typed = "当事人张伟，电话13812345678，住柳湾养老院。民政局副局长王建国签发"
    outcome = clerk.carry_out(order("record_claim", text=typed, incident=INCIDENT))
    memo = clerk.desk.log.memo(UNIT, outcome.memo or "")
    assert memo is not None
    assert memo.text == "当事人＊＊，电话＊＊＊＊＊＊＊＊＊＊＊，住柳湾养老院。民政局副局长王建国签发"
    assert (memo.incident, memo.public) == (INCIDENT, False)
    event = clerk.desk.log.read(UNIT, 2)[0].events[0]
    assert event.data["note"] == {"memo": memo.id, "commitment": commitment(memo.salt, memo.text)}
    assert event.data["claim"] == memo.id


def test_only_a_public_reply_may_be_quoted(clerk: Clerk) -> None:
    """What was found and done stays inside, also where the same screen says that the reply is public."""
    opened(clerk)
    clerk.carry_out(order("record_claim", "c", "低保未发", incident=INCIDENT))
    (claim,) = clerk.desk.state(UNIT).incidents[INCIDENT].claims
    clerk.carry_out(order("give_verdict", "v", "已核实", incident=INCIDENT, claim=claim.id, verdict="true"))
    clerk.carry_out(order("reply", "r", "https://www.yunxi.example/1", incident=INCIDENT, kind="public"))
    texts = memo_texts(clerk.desk.log, UNIT, INCIDENT)
    assert [(one.types, one.is_public) for one in texts] == [
        (("claim_recorded",), False),
        (("verdict_given", "verified"), False),
        (("replied",), True),
    ]


def test_the_same_key_again_is_answered_with_the_first_batch(clerk: Clerk) -> None:
    """After a double click or a broken connection nothing is done twice."""
    opened(clerk)
    asked = order("comment", text="已电话联系", incident=INCIDENT)
    first = clerk.carry_out(asked)
    again = clerk.carry_out(asked)
    assert again == replace(first, repeated=True)
    assert head(clerk) == first.seq


@pytest.mark.parametrize(
    "change",
    [
        {"text": "另一句话"},
        {"text": ""},
        {"command": "assess"},
        {"fields": {"incident": "other"}},
        {"attachments": (Attached("a.png", "image/png", PNG),)},
    ],
    ids=["text", "no text", "command", "fields", "file"],
)
def test_a_key_is_for_one_content(clerk: Clerk, change: dict[str, object]) -> None:
    """Another content under a known key is refused, before anything is decided or stored."""
    opened(clerk)
    asked = order("comment", text="已电话联系", incident=INCIDENT)
    clerk.carry_out(asked)
    seq = head(clerk)
    with pytest.raises(BadOrder) as error:
        clerk.carry_out(replace(asked, **change))  # type: ignore[arg-type]  # the fields of Order
    if change.get("text") == "":
        assert (error.value.code, error.value.problems[0].field) == ("ORD-101", "text")
    else:
        assert (error.value.code, error.value.problems[0].field) == ("ORD-103", "key")
    assert head(clerk) == seq
    assert clerk.blobs.get("0" * 64) is None


def test_a_key_is_its_accounts_own(clerk: Clerk) -> None:
    """Two officers whose pages drew the same key do two things."""
    opened(clerk)
    asked = order("comment", text="已电话联系", incident=INCIDENT)
    first = clerk.carry_out(asked)
    assert clerk.carry_out(replace(asked, account="duty-2")).seq == first.seq + 1


def test_a_refused_order_leaves_its_key_free(clerk: Clerk) -> None:
    """The form is mended and sent again under the same key."""
    opened(clerk)
    with pytest.raises(Refused):
        clerk.carry_out(order("close", incident=INCIDENT, disposition="resolved"))
    assert clerk.carry_out(order("close", text="非本县", incident=INCIDENT, disposition="irrelevant")).seq == 3


def test_all_problems_are_named_at_once(clerk: Clerk) -> None:
    """Fields, text, files, key and revision; nothing was done."""
    bad = replace(
        order("group_set_aside", "", "字" * (LONGEST_TEXT + 1), how="wrong"),
        attachments=(Attached("a.exe", "application/x-msdownload", b"MZ"),),
        expected_revision=3,
    )
    with pytest.raises(BadOrder) as error:
        clerk.carry_out(bad)
    found = {problem.field for problem in error.value.problems}
    assert found == {"group", "how", "text", "attachment 1", "key", "expected_revision"}
    assert (error.value.code, head(clerk)) == ("ORD-101", 0)
    with pytest.raises(BadOrder, match="needs a reason or a text"):
        clerk.carry_out(order("comment", text=" \n ", incident=INCIDENT))


def test_who_comes_late_is_told_what_the_others_did(clerk: Clerk) -> None:
    """The refusal names the winner's steps: type, actor, time."""
    opened(clerk)
    mine = replace(order("comment", text="已联系", incident=INCIDENT), expected_revision=2)
    theirs = replace(order("set_level", "k2", "影响较大", incident=INCIDENT, level="3"), account="duty-2")
    clerk.carry_out(theirs)
    with pytest.raises(Moved) as refusal:
        clerk.carry_out(mine)
    (step,) = refusal.value.since
    assert (step.type, step.actor, step.at) == ("level_changed", "account:duty-2", MONDAY)
    assert (refusal.value.code, refusal.value.revision) == ("INC-409", 3)
    assert clerk.carry_out(replace(mine, expected_revision=3)).revision == 4


def test_growth_never_makes_an_officer_lose(clerk: Clerk, stores: Stores) -> None:
    """New posts came while he typed; the revision is that of his screen, and his step stands."""
    opened(clerk)
    more = [a_post(number, f"低保第{number}个月没有发") for number in range(3, 7)]
    mentions = [a_mention(post, order=number) for number, post in enumerate(more, start=2)]
    stores.posts.commit(work(more, mentions, [a_group("g1", posts=5, posters=5)], to=2))
    asked = replace(order("comment", text="已联系", incident=INCIDENT), expected_revision=2)
    assert clerk.carry_out(asked).revision == 3


def test_a_refusal_names_only_the_moves_that_this_person_may_make(clerk: Clerk) -> None:
    """The legal moves, without those of other roles."""
    opened(clerk)
    with pytest.raises(Refused) as refusal:
        clerk.carry_out(order("acknowledge", "again", incident=INCIDENT))
    assert {"comment", "give_verdict"} <= set(refusal.value.allowed)
    assert {"raise_level", "add_lines"}.isdisjoint(refusal.value.allowed)
    reviewer = replace(order("acknowledge", "other", incident=INCIDENT), roles=frozenset({"reviewer"}))
    with pytest.raises(Refused) as refusal:
        clerk.carry_out(reviewer)
    assert refusal.value.code == "INC-403"


def test_files_lie_by_their_content_under_a_masked_name(clerk: Clerk) -> None:
    """The note's commitment covers them too."""
    opened(clerk)
    files = (Attached("张伟.png", "image/png", PNG + b"1"), Attached("现场.png", "image/png", PNG + b"2"))
    outcome = clerk.carry_out(replace(order("comment", text="见附件", incident=INCIDENT), attachments=files))
    (text,) = memo_texts(clerk.desk.log, UNIT, INCIDENT)
    assert [(one.name, one.type) for one in text.files] == [("＊＊.png", "image/png"), ("现场.png", "image/png")]
    assert [clerk.blobs.get(one.blob) for one in text.files] == [files[0].data, files[1].data]
    memo = clerk.desk.log.memo(UNIT, outcome.memo or "")
    assert memo is not None
    noted = clerk.desk.log.read(UNIT, 2)[0].events[0].data["note"]
    expected = commitment(memo.salt, said("见附件", [(one.name, one.blob) for one in text.files]))
    assert noted == {"memo": memo.id, "commitment": expected}


def test_a_file_alone_is_a_note(clerk: Clerk) -> None:
    """A scanned instruction needs no text beside it."""
    opened(clerk)
    scan = (Attached("批示.png", "image/png", PNG),)
    clerk.carry_out(replace(order("leader_note", incident=INCIDENT), attachments=scan))
    (text,) = memo_texts(clerk.desk.log, UNIT, INCIDENT)
    assert (text.text, [one.name for one in text.files]) == ("", ["批示.png"])


def test_a_refused_order_keeps_no_file(clerk: Clerk) -> None:
    """What is not legal is refused before anything is stored."""
    files = (Attached("a.png", "image/png", PNG),)
    with pytest.raises(Refused):
        clerk.carry_out(replace(order("comment", text="x", incident="none"), attachments=files))
    with pytest.raises(BadOrder):
        clerk.carry_out(replace(order("comment", text="x"), attachments=files))
    opened(clerk)
    blob = clerk.carry_out(replace(order("comment", text="x", incident=INCIDENT), attachments=files))
    (text,) = memo_texts(clerk.desk.log, UNIT, blob.incident or "")
    assert text.files[0].blob


def test_one_key_takes_the_last_step_back(clerk: Clerk) -> None:
    """A group set aside by a slip is free again; the page could say so before."""
    clerk.carry_out(order("group_set_aside", group="g1"))
    can = clerk.undoable(UNIT, "duty-1")
    assert can is not None
    assert (can.seq, can.means, can.groups) == (1, ("group_restored",), ("g1",))
    outcome = clerk.carry_out(order("undo", "k2", seq=can.seq))
    assert (outcome.events, outcome.incident) == (("group_restored",), None)
    assert outcome.moves == ("open", "group_set_aside", "group_joined", "group_split")
    assert clerk.undoable(UNIT, "duty-2") is None


def test_a_text_is_kept_when_its_step_is_taken_back_and_says_so(clerk: Clerk) -> None:
    """The log keeps both; the page shows the text as taken back."""
    opened(clerk)
    clerk.carry_out(order("comment", "c", "写错了", incident=INCIDENT))
    clerk.carry_out(order("undo", "u", incident=INCIDENT))
    (text,) = memo_texts(clerk.desk.log, UNIT, INCIDENT)
    assert (text.text, text.taken_back, text.types) == ("写错了", True, ("commented",))


def test_what_was_erased_is_shown_as_erased(clerk: Clerk, stores: Stores) -> None:
    """Text and file are gone; that there was something stays, and the key still answers."""
    opened(clerk)
    asked = replace(
        order("comment", text="将被删除的话", incident=INCIDENT), attachments=(Attached("a.png", "image/png", PNG),)
    )
    first = clerk.carry_out(asked)
    batch = stores.log.read(UNIT, 2)[0]
    stores.log.erase_memos(UNIT, frozenset(batch.memos), MONDAY)
    (text,) = memo_texts(stores.log, UNIT, INCIDENT)
    assert (text.text, text.erased, text.is_public) == ("", True, False)
    assert [(one.blob, one.name, one.erased) for one in text.files] == [("", "", True)]
    assert clerk.carry_out(asked).seq == first.seq


def test_texts_of_a_group_go_with_the_incident_that_it_becomes(clerk: Clerk) -> None:
    """So that erasing the incident reaches them."""
    outcome = clerk.carry_out(order("open", text="来电人反映", group="g1"))
    memo = clerk.desk.log.memo(UNIT, outcome.memo or "")
    assert memo is not None
    assert memo.incident == INCIDENT
    aside = clerk.carry_out(order("group_set_aside", "k2", "外县", group="g2"))
    memo = clerk.desk.log.memo(UNIT, aside.memo or "")
    assert memo is not None
    assert memo.incident == ""


def test_a_twin_that_was_a_moment_faster_is_answered_not_doubled(clerk: Clerk, stores: Stores) -> None:
    """The same order came in two processes: one batch, and the slower one says that it was repeated."""
    opened(clerk)
    asked = order("comment", text="已联系", incident=INCIDENT)
    faster = replace(clerk, draw=Chance(), desk=Desk(stores.log, stores.posts, stores.clock, clerk.desk.practice))

    class Hurried(Desk):
        """A desk before which the twin slips in, after the order was tried out."""

        def execute(self, *args: object, **kwargs: object) -> object:  # type: ignore[override]  # passes them on
            faster.carry_out(asked)
            return super().execute(*args, **kwargs)  # type: ignore[arg-type]  # as they came

    slower = replace(clerk, desk=Hurried(stores.log, stores.posts, stores.clock, clerk.desk.practice))
    outcome = slower.carry_out(asked)
    assert (outcome.repeated, outcome.seq, head(clerk)) == (True, 3, 3)
