"""Examples of what the API answers, for OpenAPI: values of the types that the routes return, all of them invented."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pipeline.domain.bad_order import Problem as FieldProblem

from .problem import Told
from .shown.count import Count, Coverage
from .shown.course import StepShown, TimelineShown
from .shown.entry import EntryShown
from .shown.letter import LetterShown, LettersShown
from .shown.outcome import LastStepShown, OutcomeShown, UndoableShown
from .shown.post import HeadlineShown, PostShown
from .shown.row import DueShown, GroupShown, QueueShown, RowShown, RowsShown
from .shown.unit import DayShown, FoundShown, GroupsShown, NeedShown, NeedsShown, OverviewShown

UNIT, INCIDENT, GROUP = "yunxi-mz", "5f2c0a9d1b7e4c3f8a6d0e21", "0b6a54f1d2c34e7a9f108b3c"
POST_ID = "9f86d081884c7d659a2feaa0c55ad015"
COVERAGE = Coverage(9, 12, is_whole=False, says="9 of 12 sources alive", dead=["县论坛", "市民留言板", "镇公众号"])
UNKNOWN = Count(None, "unknown")
ONE = Count(1, "1")
HEADLINE = HeadlineShown(
    post=POST_ID,
    text="青石镇的低保金还没有发",
    withheld="",
    source="yunxi-forum",
    origin="监测发现",
    is_internal=False,
    said_at="2026-11-23T01:20:00Z",
    collected_at="2026-11-23T01:25:10Z",
)
DUE = DueShown(at="2026-11-23T03:30:00Z", what="acknowledge", subject="", warn_at="2026-11-23T03:00:00Z")
ROW = RowShown(
    key=f"incident:{INCIDENT}",
    unit=UNIT,
    group=GROUP,
    incident=INCIDENT,
    state="discovered",
    level=3,
    reason="new_matter",
    headline=HEADLINE,
    line="社会救助",
    place="青石镇",
    posts=4,
    posters=3,
    reposts=1,
    revision=1,
    owner=None,
    due=DUE,
    opened_at="2026-11-23T01:30:00Z",
    last_at="2026-11-23T01:20:00Z",
)
POST = PostShown(
    id=POST_ID,
    version="3c9d1f0a7be24a55",
    source="yunxi-forum",
    origin="监测发现",
    kind="post",
    visibility="public",
    title="",
    text="青石镇的低保金还没有发，打电话＊＊＊＊＊＊＊没人接",
    withheld="",
    published_at="2026-11-23T01:20:00Z",
    collected_at="2026-11-23T01:25:10Z",
    occurred_at="2026-11-23T01:20:00Z",
    due_at=None,
    ref=None,
    address="https://forum.example/t/1",
    has_original=True,
    counts={"replies": 3},
)
OUTCOME = OutcomeShown(
    unit=UNIT,
    seq=42,
    at="2026-11-23T01:31:00Z",
    events=["acknowledged"],
    incident=INCIDENT,
    revision=2,
    moves=["unacknowledge", "record_claim", "comment", "undo"],
    memo=None,
    repeated=False,
)
GROUP_ROW = GroupShown(
    id=GROUP,
    unit=UNIT,
    incident=INCIDENT,
    is_todo=True,
    reason="ours",
    line="社会救助",
    place="青石镇",
    about=True,
    is_grave=False,
    is_addressed=False,
    posts=4,
    reposts=1,
    posters=3,
    sources=2,
    needs=0,
    first_at="2026-11-23T01:20:00Z",
    last_at="2026-11-23T01:20:00Z",
    linked=None,
    mark=None,
)
NEED = NeedShown(
    post=POST,
    place="青石镇",
    line="社会救助",
    group=GROUP,
    contact_due_at="2026-11-24T01:25:10Z",
    is_late=False,
    contacted_at=None,
    contacts=0,
    outcome="",
    ended_at=None,
    moves=["need_contacted", "need_outcome"],
)
OVERVIEW = OverviewShown(
    at="2026-11-23T02:00:00Z",
    pushes=ONE,
    todos=Count(12, "12"),
    needs=UNKNOWN,
    late_needs=Count(0, "0"),
    open_by_state={"discovered": ONE, "verifying": Count(2, "2")},
    open_by_level={"3": ONE, "4": Count(2, "2")},
    overdue=Count(0, "0"),
    days=[DayShown("2026-11-22", Count(31, "31")), DayShown("2026-11-23", UNKNOWN)],
    coverage=COVERAGE,
)
STEP = StepShown(
    2, 2, "acknowledged", "2026-11-23T01:31:00Z", "account:duty-1", {"owner": "account:duty-1"}, None, False
)
LAST = UndoableShown(
    seq=42,
    at="2026-11-23T01:31:00Z",
    until="2026-11-23T01:41:00Z",
    types=["acknowledged"],
    incidents=[INCIDENT],
    groups=[],
    needs=[],
    means=["undone"],
    instead="",
    notices=0,
)
ENTRY = EntryShown(POST_ID, None, ["nickname"], f"/api/v1/units/{UNIT}/entries/{POST_ID}")
LETTER = LetterShown(
    ref="YX000001",
    post=POST_ID,
    incident=INCIDENT,
    origin="12345工单",
    words="青石镇的低保金什么时候发",
    withheld="",
    received_at="2026-11-23T01:20:00Z",
    due_at="2026-11-30T15:59:00Z",
    outcome="",
    how="",
    ended_at=None,
    is_done=False,
    is_overdue=False,
)

ANSWERS: Mapping[tuple[str, str], Any] = {
    ("get", "/queue"): QueueShown([ROW], "todo:1795397000000.0b6a54f1d2c34e7a9f108b3c", ONE, Count(0, "0"), COVERAGE),
    ("get", "/work"): RowsShown([ROW], None, COVERAGE),
    ("get", "/incidents"): RowsShown([ROW], None, COVERAGE),
    ("get", "/incidents/{incident}/timeline"): TimelineShown(INCIDENT, 2, [STEP]),
    ("get", "/groups"): GroupsShown([GROUP_ROW], None, COVERAGE),
    ("get", "/needs"): NeedsShown([NEED], ONE, UNKNOWN, COVERAGE),
    ("get", "/letters"): LettersShown([LETTER], None, 31, 28, 1, 2, 1, 27, COVERAGE),
    ("get", "/posts/search"): FoundShown("低保", [POST], ONE, COVERAGE),
    ("get", "/overview"): OVERVIEW,
    ("get", "/undoable"): LastStepShown(LAST),
    ("post", "/entries"): ENTRY,
    ("get", "/entries/{post}"): ENTRY,
}
"""(method, path below the unit) → an answer."""
PROBLEMS: Mapping[int, Told] = {
    401: Told(401, "HTP-401", "nobody is signed in, or the session has ended; sign in, then repeat"),
    404: Told(404, "HTP-404", "unit linxi-mz is not there; look at the list that you came from"),
    409: Told(
        status=409,
        code="INC-201",
        detail="acknowledge is not legal in state verifying; choose another step",
        next_step="choose another step",
        allowed=("give_verdict", "comment", "undo"),
    ),
    422: Told(
        status=422,
        code="ORD-101",
        detail="set_level: 1 problem(s); nothing was done.",
        errors=(FieldProblem("level", "choose one of 1（Ⅰ级 红）、2（Ⅱ级 橙）", ("1", "2", "3", "4")),),
    ),
}


def answer_to(method: str, path: str) -> object | None:
    """Return an example of an answer as JSON; None where none is kept. Every command is answered with an outcome."""
    below = path.removeprefix("/api/v1/units/{unit}")
    found = ANSWERS.get((method, below)) or (OUTCOME if method == "post" and path != below else None)
    return None if found is None else asdict(found)
