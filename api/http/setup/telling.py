"""The fifth step as one form: working hours, the mail server, and who is told; what holds is saved one by one."""

from collections.abc import Mapping
from typing import Any

from api.accounts.limits import TooMany
from api.http.setting.form import Held, SettingForm, Typed, one
from api.http.setting.hours import HOURS
from api.http.setting.recipients import RecipientsForm
from api.http.setting.saving import Attempt, Tried, look_at, record_of, save
from api.http.setting.sent import Sent
from api.notify.channels import given_channels, is_mail_address
from api.notify.mail_trial import Trial

from .frame import Asked
from .mail import MailView, is_typed, mail_shown, read_typed, save_mail, tried

FORMS = ("calendar", "recipients")


def recipients_form(asked: Asked) -> RecipientsForm:
    """
    Return the form of the recipients with this installation's accounts and channels.

    Who is no leader is not proposed as one: a leader is told of complaints about staff before anybody decided.
    """
    people = asked.service.people.accounts.every()
    accounts = {one.id: one.name for one in people if one.sees(asked.unit) and not one.is_disabled}
    channels = [name for name in given_channels(asked.service.mail.config) if name != "mail"]
    mine = asked.who.roles & {"duty", "leader"}
    return RecipientsForm(accounts, asked.who.account, mine, ("mail", *channels))


def telling_shown(
    asked: Asked,
    typed: Typed | None = None,
    found: Mapping[str, Tried] | None = None,
    mail: MailView | None = None,
    told: str = "",
) -> dict[str, Any]:
    """Return what the page shows: what was typed, else what holds, each with what is wrong with it."""
    held, words, recipients = asked.held, asked.words, recipients_form(asked)
    values: dict[str, Any] = {"told": [told] if told else [], "accounts": recipients.accounts}
    for form in _forms(recipients):
        outcome = (found or {}).get(form.key, Tried())
        shown = typed if typed is not None else form.typed_of(held, words)
        record = record_of(asked.service, asked.unit, form.key)
        values[form.key] = form.view(shown, held, outcome.problems, words)
        values[f"{form.key}_revision"] = record.revision if record else 0
        values["told"] += [*outcome.told, *([words("setup.moved")] if outcome.moved else [])]
    values["mail"] = mail or mail_shown(asked.service, typed)
    wrong = [*(outcome.problems for outcome in (found or {}).values()), values["mail"].problems]
    return {**values, "has_problems": any(wrong)}


def save_telling(asked: Asked, sent: Sent) -> dict[str, Any] | None:
    """All three hold; or the page's values with every problem, and then none of them was changed."""
    held, words, forms = asked.held, asked.words, _forms(recipients_form(asked))
    attempts = {form.key: _attempt(asked, form, sent) for form in forms}
    found = {key: look_at(asked.service, held, attempt, words) for key, attempt in attempts.items()}
    wants_mail = _wants_mail(asked, sent.typed)
    read = read_typed(asked.service, sent.typed, words) if wants_mail else None
    problems = read.problems if read else {}
    if problems or not all(outcome.is_well for outcome in found.values()):
        return telling_shown(asked, sent.typed, found, mail_shown(asked.service, sent.typed, problems))
    said = save_mail(asked.service, read, _revision(sent, "mail"), asked.who.actor, words) if read else ""
    if said:
        return telling_shown(asked, sent.typed, found, told=said)
    found = {key: _save_changed(asked, held, attempt) for key, attempt in attempts.items()}
    return None if all(outcome.is_well for outcome in found.values()) else telling_shown(asked, sent.typed, found)


def try_letter(asked: Asked, sent: Sent) -> tuple[dict[str, Any], int]:
    """The mail server holds as it was typed and was asked to take a letter; returns the page's values and status."""
    words, typed, service = asked.words, sent.typed, asked.service
    problems: dict[str, str] = {}
    if _wants_mail(asked, typed):
        read = read_typed(service, typed, words)
        problems |= read.problems
        if not problems and (said := save_mail(service, read, _revision(sent, "mail"), asked.who.actor, words)):
            return telling_shown(asked, typed, told=said), 409
    to = one(typed, "mail_test_to") or one(typed, "mail_sender")
    if not is_mail_address(to):
        problems["test_to"] = words("setup_mail.bad_test_to")
    if problems:
        return telling_shown(asked, typed, mail=mail_shown(service, typed, problems)), 422
    try:
        trial: Trial | None = tried(service, asked.who.account, to, words)
    except TooMany as refusal:
        return telling_shown(asked, typed, told=words("setup_mail.too_often", seconds=refusal.retry_after)), 429
    if trial is None:
        return telling_shown(asked, typed, told=words("setup_mail.none")), 422
    return telling_shown(asked, typed, mail=mail_shown(service, typed, trial=trial)), 200


def _forms(recipients: RecipientsForm) -> tuple[SettingForm, SettingForm]:
    return (HOURS, recipients)


def _attempt(asked: Asked, form: SettingForm, sent: Sent) -> Attempt:
    reason = asked.words("setup.reason")
    return Attempt(form, sent.typed, _revision(sent, form.key), asked.who.account, reason)


def _save_changed(asked: Asked, held: Held, attempt: Attempt) -> Tried:
    """What ships already is not written as if somebody had set it."""
    outcome = look_at(asked.service, held, attempt, asked.words)
    if not outcome.is_well or outcome.table == held.table(attempt.form.key):
        return outcome
    return save(asked.service, held, attempt, asked.words)


def _revision(sent: Sent, key: str) -> int:
    said = one(sent.typed, f"{key}_revision")
    return int(said) if said.isdecimal() and len(said) < 10 else -1


def _wants_mail(asked: Asked, typed: Typed) -> bool:
    """Whether the mail server was typed, and may be: an empty section and the operator's own are left alone."""
    return is_typed(typed) and not asked.service.mail.is_operators and not asked.service.is_demo
