"""The five steps of 开始设置: each shows the form that also stands under 设置, saves it, and leads to the next."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.accounts.principal import Principal
from api.http.desk.reader import reader_of
from api.http.gate import needs
from api.http.service import TheService
from api.http.setting.form import SettingForm, lines, one
from api.http.setting.places import PLACES
from api.http.setting.rules import RULES
from api.http.setting.saving import Attempt, Tried, record_of, save
from api.http.setting.sent import Sent, TheForm
from api.http.setting.told import author_said
from api.http.setting.unit import UNIT
from api.http.setup.contact import contact_shown, save_contact
from api.http.setup.frame import Asked, done_with, step_page
from api.http.setup.telling import save_telling, telling_shown, try_letter
from api.http.source_asked import Asked as SourcesAsked
from pipeline.domain.pasted_places import Pasted, read_pasted

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("change_settings")]
SHOWN_LEFT_OUT = 12
NOTHING_TRIED = Tried()
TRY = "try"
"""What the button sends that only tries words on sample text."""


@router.get("/u/{unit}/setup/unit")
def unit_step(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """① who the unit is."""
    return _form_page(Asked(request, service, unit, who), "unit", UNIT)


@router.post("/u/{unit}/setup/unit")
def save_unit(request: Request, service: TheService, unit: str, who: Who, sent: TheForm) -> Response:
    """The unit's profile holds."""
    return _saved(Asked(request, service, unit, who), "unit", UNIT, sent)


@router.get("/u/{unit}/setup/places")
def places_step(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """② its places: a field to paste into, and what is known already."""
    return _form_page(Asked(request, service, unit, who), "places", PLACES)


@router.post("/u/{unit}/setup/places/read")
def read_places_pasted(
    request: Request, service: TheService, unit: str, who: Who, pasted: Annotated[str, Form()] = ""
) -> Response:
    """What was pasted is shown as it would be saved, with what was left out and why; nothing is saved."""
    asked = Asked(request, service, unit, who)
    held = asked.held
    found = read_pasted(pasted, held.own.profile.county)
    names = tuple(dict.fromkeys((*held.own.places, *found.taken)))
    sent = Sent({"places": [lines(names)]}, {"revision": str(_revision(asked, "places"))})
    values, _ = _form_values(asked, PLACES, sent, NOTHING_TRIED)
    return step_page(asked, "places", {**values, "found": found, "pasted": pasted, **_left_out(found)})


@router.post("/u/{unit}/setup/places")
def save_places(request: Request, service: TheService, unit: str, who: Who, sent: TheForm) -> Response:
    """The places hold."""
    return _saved(Asked(request, service, unit, who), "places", PLACES, sent)


@router.get("/u/{unit}/setup/words")
def words_step(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """③ the words that ship, one list per business line, as they hold; they can be changed here."""
    return _form_page(Asked(request, service, unit, who), "words", RULES)


@router.post("/u/{unit}/setup/words")
def save_words(request: Request, service: TheService, unit: str, who: Who, sent: TheForm) -> Response:
    """The lists hold; the button beside the sample text only shows what they would find in it."""
    asked = Asked(request, service, unit, who)
    if sent.around.get("action") == TRY:
        return _form_page(asked, "words", RULES, sent)
    return _saved(asked, "words", RULES, sent)


@router.get("/u/{unit}/setup/sources")
def sources_step(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """④ what is read, and whom the crawler names."""
    asked = Asked(request, service, unit, who)
    return step_page(asked, "sources", _sources(asked))


@router.post("/u/{unit}/setup/sources")
def save_sources(request: Request, service: TheService, unit: str, who: Who, sent: TheForm) -> Response:
    """The contact holds, and what is enabled is read from now on; the page says so."""
    asked, contact = Asked(request, service, unit, who), one(sent.typed, "contact")
    problem = save_contact(service, contact, sent.revision, who.actor, asked.words)
    values = _sources(asked, contact if problem else None, problem)
    return step_page(asked, "sources", {**values, "is_saved": not problem}, status=422 if problem else 200)


@router.get("/u/{unit}/setup/telling")
def telling_step(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """⑤ working hours, the mail server, and who is told."""
    asked = Asked(request, service, unit, who)
    return step_page(asked, "telling", telling_shown(asked))


@router.post("/u/{unit}/setup/telling")
def save_who_is_told(request: Request, service: TheService, unit: str, who: Who, sent: TheForm) -> Response:
    """Hours, mail server and recipients hold; or what is wrong stands beside each, and the rest is kept as typed."""
    asked = Asked(request, service, unit, who)
    values = save_telling(asked, sent)
    return step_page(asked, "telling", values, status=422) if values else done_with(asked, "telling")


@router.post("/u/{unit}/setup/telling/letter")
def send_a_letter(request: Request, service: TheService, unit: str, who: Who, sent: TheForm) -> Response:
    """The mail server holds as it was typed, a letter went to it, and its answer is shown."""
    asked = Asked(request, service, unit, who)
    values, status = try_letter(asked, sent)
    return step_page(asked, "telling", values, status=status)


def _sources(asked: Asked, typed: str | None = None, problem: str = "") -> Mapping[str, Any]:
    """Return what the fourth step shows; adding a source comes back to it."""
    sources = SourcesAsked(asked.request, asked.unit, asked.who)
    return {
        "contact": contact_shown(asked.service, typed, problem),
        "lines": asked.service.sources(),
        "is_saved": False,
        **sources.adding(),
        **sources.places(),
        "back": f"/u/{asked.unit}/setup/sources",
    }


def _left_out(found: Pasted) -> Mapping[str, Any]:
    """Return what was left out, by reason: how many, and some of them."""
    by_reason: dict[str, list[str]] = {}
    for one_left in found.left_out:
        by_reason.setdefault(one_left.why.value, []).append(one_left.text)
    return {
        "left_out": [
            (why, len(texts), [text for text in dict.fromkeys(texts) if text][:SHOWN_LEFT_OUT])
            for why, texts in by_reason.items()
        ]
    }


def _revision(asked: Asked, key: str) -> int:
    record = record_of(asked.service, asked.unit, key)
    return record.revision if record else 0


def _saved(asked: Asked, step: str, form: SettingForm, sent: Sent) -> Response:
    """The setting holds and the next step comes; or the page comes again with what was typed."""
    attempt = Attempt(form, sent.typed, sent.revision, asked.who.account, asked.words("setup.reason"))
    tried = save(asked.service, asked.held, attempt, asked.words)
    return done_with(asked, step) if tried.change else _form_page(asked, step, form, sent, tried)


def _form_page(
    asked: Asked, step: str, form: SettingForm, sent: Sent | None = None, tried: Tried = NOTHING_TRIED
) -> Response:
    return step_page(asked, step, *_form_values(asked, form, sent, tried))


def _form_values(asked: Asked, form: SettingForm, sent: Sent | None, tried: Tried) -> tuple[dict[str, Any], int]:
    """Return what the page of a form shows, and its status."""
    held, words = asked.held, asked.words
    typed = sent.typed if sent else form.typed_of(held, words)
    reader = reader_of(asked.request, asked.service, asked.who, asked.unit)
    values: dict[str, Any] = {
        "form": form.view(typed, held, tried.problems, words),
        "template": form.template,
        "tried": tried,
        "moved_by": author_said(reader, tried.now.author) if tried.now else "",
        "revision": tried.now.revision if tried.now else _revision(asked, form.key),
        "places": held.own.places,
        "typed_places": one(typed, "places") if form is PLACES else "",
        "found": None,
        "pasted": "",
        "left_out": (),
        "is_new": False,
    }
    return values, 409 if tried.moved else 422 if not tried.is_well else 200
