"""
设置: everything that the unit may change, in plain words. Each setting has a page: its form, its history, and undo.

Words, places and the unit are tried on stored posts before they are saved; what was typed is kept whatever happens.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.principal import Principal
from api.http.desk.reader import Reader, reader_of
from api.http.gate import needs
from api.http.page import render
from api.http.problem import missing
from api.http.service import TheService, service_of
from api.http.setting.catalogue import FORMS, PRIVATE, form_of
from api.http.setting.form import Held, SettingForm
from api.http.setting.plain_problem import plain_problems
from api.http.setting.saving import MOST_REASON, Attempt, Tried, held_of, look_at, mark_of_table, record_of, save
from api.http.setting.sent import Sent, TheForm
from api.http.setting.told import author_said, in_words, pasts, row_of
from api.http.setting.trying import Trial, trial_of
from api.settings.change import Change, Moved, Undone, Wanted, change_setting, undo_change
from api.settings.history import differences
from pipeline.domain.errors import BadInput

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("read_settings")]
Changer = Annotated[Principal, needs("change_settings")]
DONE = ("saved", "undone", "reset")


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of one setting: who looks, what holds, its form, and what was typed."""

    request: Request
    reader: Reader
    held: Held
    form: SettingForm
    sent: Sent


@router.get("/u/{unit}/settings")
def every(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """All settings with what holds now."""
    reader, held = reader_of(request, service, who, unit), held_of(service, unit)
    rows = [row_of(reader, held, form, record_of(service, unit, form.key)) for form in FORMS]
    values = {**reader.values(), "rows": rows, "may_change": who.may("change_settings")}
    return render(request, "settings.html", values, who=who)


@router.get("/u/{unit}/settings/{key}")
def one_setting(request: Request, service: TheService, unit: str, key: str, who: Who) -> Response:
    """The form of one setting with what holds now, and its history."""
    as_text = request.query_params.get("as") == "text"
    return _page(_as_it_stands(request, reader_of(request, service, who, unit), key, as_text=as_text), Tried())


@router.post("/u/{unit}/settings/{key}")
def change(request: Request, unit: str, key: str, who: Changer, sent: TheForm) -> Response:
    """What was typed holds; or what it would do, or what is wrong with it, is shown with it."""
    service = service_of(request)
    reader, held, form = (
        reader_of(request, service, who, unit),
        held_of(service, unit),
        _form(key, as_text=sent.is_text),
    )
    shown = Shown(request, reader, held, form, sent)
    attempt = Attempt(form, sent.typed, sent.revision, who.account, sent.reason)
    tried = look_at(service, held, attempt, reader.words)
    if sent.is_try:
        return _page(shown, Tried(table=tried.table, problems=tried.problems))
    if tried.is_well and form.is_tried and sent.looked != mark_of_table(tried.table):
        return _page(shown, tried, trial_of(reader, held, key, tried.table))
    if tried.is_well:
        tried = save(service, held, attempt, reader.words)
    return _saved(shown, "saved") if tried.change else _page(shown, tried)


@router.post("/u/{unit}/settings/{key}/undo")
def undo(request: Request, unit: str, key: str, who: Changer, sent: TheForm) -> Response:
    """The setting is again what it was before the newest revision."""
    shown = _as_it_stands(request, reader_of(request, service_of(request), who, unit), key, as_text=False)
    service = shown.reader.service
    records, clock, why = service.stores.records, service.clock, _why(shown, sent, "undo_why")
    undone = Undone(unit, key, sent.revision)
    return _taken_back(shown, "undone", lambda: undo_change(records, clock, undone, author=who.actor, reason=why))


@router.post("/u/{unit}/settings/{key}/reset")
def reset(request: Request, unit: str, key: str, who: Changer, sent: TheForm) -> Response:
    """What ships holds again."""
    shown = _as_it_stands(request, reader_of(request, service_of(request), who, unit), key, as_text=False)
    service = shown.reader.service
    records, clock, why = service.stores.records, service.clock, _why(shown, sent, "reset_why")
    wanted = Wanted(unit, key, None, sent.revision)
    return _taken_back(shown, "reset", lambda: change_setting(records, clock, wanted, author=who.actor, reason=why))


def _why(shown: Shown, sent: Sent, otherwise: str) -> str:
    return sent.reason[:MOST_REASON] or shown.reader.words(f"setting.{otherwise}")


def _taken_back(shown: Shown, done: str, take_back: Callable[[], Change]) -> Response:
    words = shown.reader.words
    try:
        take_back()
    except Moved as refusal:
        return _page(shown, Tried(moved=True, now=refusal.now))
    except BadInput as refusal:
        return _page(shown, Tried(told=plain_problems(refusal, words)))
    return _saved(shown, done)


def _saved(shown: Shown, done: str) -> Response:
    as_text = "&as=text" if shown.sent.is_text else ""
    return RedirectResponse(f"/u/{shown.reader.unit}/settings/{shown.form.key}?done={done}{as_text}", 303)


def _form(key: str, *, as_text: bool) -> SettingForm:
    form = form_of(key, as_text=as_text)
    if form is None:
        raise missing(f"setting {key[:40]}")
    return form


def _as_it_stands(request: Request, reader: Reader, key: str, *, as_text: bool) -> Shown:
    """Return the page of a setting with what holds in its fields."""
    form, held = _form(key, as_text=as_text), held_of(reader.service, reader.unit)
    record = record_of(reader.service, reader.unit, key)
    around = {"revision": str(record.revision if record else 0), "as": "text" if as_text else ""}
    return Shown(request, reader, held, form, Sent(form.typed_of(held, reader.words), around))


def _page(shown: Shown, tried: Tried, trial: Trial | None = None) -> Response:
    reader, key, words = shown.reader, shown.form.key, shown.reader.words
    record = record_of(reader.service, reader.unit, key)
    may_change = reader.who.may("change_settings")
    done = shown.request.query_params.get("done", "")
    values = {
        **reader.values(),
        "key": key,
        "template": shown.form.template,
        "form": shown.form.view(shown.sent.typed, shown.held, tried.problems, words),
        "row": row_of(reader, shown.held, shown.form, record),
        "past": pasts(reader, key) if may_change or key not in PRIVATE else (),
        "revision": record.revision if record else 0,
        "sent": shown.sent,
        "tried": tried,
        "trial": trial,
        "mark": mark_of_table(tried.table) if trial else "",
        "changes": _changes(shown, tried) if trial or tried.moved else (),
        "moved_by": author_said(reader, tried.now.author) if tried.now else "",
        "others": _others(shown, tried),
        "may_change": may_change,
        "is_private": key in PRIVATE and not may_change,
        "is_tried": shown.form.is_tried,
        "done": done if done in DONE and tried == Tried() else "",
        "most_reason": MOST_REASON,
    }
    status = 409 if tried.moved else 422 if not tried.is_well else 200
    return render(shown.request, "setting.html", values, who=reader.who, status=status)


def _changes(shown: Shown, tried: Tried) -> Sequence[object]:
    """Return what saving would change of what holds now."""
    if tried.problems:
        return ()
    key = shown.form.key
    return in_words(differences(key, shown.held.table(key), tried.table), shown.reader.words)


def _others(shown: Shown, tried: Tried) -> Sequence[object]:
    """Return what others changed since the page was opened, in words."""
    if not tried.moved:
        return ()
    seen = shown.sent.revision
    return [one for one in pasts(shown.reader, shown.form.key) if one.revision > seen]
