"""The mail server as a form: what is typed, what follows from the sender's address, saving, and a letter as a trial."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.accounts.limits import MINUTE, Limit
from api.http.service import Service
from api.http.setting.form import Typed, one
from api.notify.channels import is_mail_address
from api.notify.mail import MailServer
from api.notify.mail_trial import Trial, try_mail
from api.settings.change import Moved, Wanted, change_setting
from api.settings.installation import MAIL, SECURITIES, MailSetting, is_host, is_this_machine, mail_set
from api.words import Words
from pipeline.workflow.settings import SETTING

TRIALS = Limit("mail-trial", 20, 60 * MINUTE)
"""How many letters an account may try in an hour: a form is no way to knock at every door of a network."""
USUAL_PORTS: Mapping[str, int] = {"tls": 465, "starttls": 587, "none": 25}
SERVERS: Mapping[str, str] = {
    "163.com": "smtp.163.com",
    "126.com": "smtp.126.com",
    "yeah.net": "smtp.yeah.net",
    "qq.com": "smtp.qq.com",
    "foxmail.com": "smtp.qq.com",
    "139.com": "smtp.139.com",
    "189.cn": "smtp.189.cn",
    "sina.com": "smtp.sina.com",
    "aliyun.com": "smtp.aliyun.com",
}
"""Where large providers take mail, all over TLS at 465; of other domains `smtp.DOMAIN` is proposed."""
LONGEST_PASSWORD = 200


@dataclass(frozen=True, slots=True)
class MailView:
    """The form as the page shows it. `is_written` where the operator's file names the server; never a password."""

    fields: Mapping[str, str]
    problems: Mapping[str, str]
    is_written: bool
    has_password: bool
    revision: int
    is_set: bool
    trial: Trial | None = None


@dataclass(frozen=True, slots=True)
class MailTyped:
    """What was typed, read: the setting where it can be one, and what is wrong, by field."""

    setting: MailSetting | None
    password: str = field(repr=False)
    problems: Mapping[str, str] = field(default_factory=dict)


NAMES = ("sender", "host", "port", "security", "user", "test_to")


def is_typed(typed: Typed) -> bool:
    """Whether anything of the mail server was typed at all; an empty section is left alone."""
    return any(one(typed, f"mail_{name}") for name in ("sender", "host", "password"))


def read_typed(service: Service, typed: Typed, words: Words) -> MailTyped:
    """Return the mail server that was typed; what was left out follows from the sender's address."""
    said = completed({name: one(typed, f"mail_{name}") for name in NAMES})
    password = (typed.get("mail_password") or [""])[0]
    problems = dict(_problems(said, words))
    setting = None
    if not problems:
        setting = MailSetting(said["host"], int(said["port"]), said["security"], said["sender"], said["user"])
        if setting.user and not password and not service.mail.has_password(setting):
            problems["password"] = words("setup_mail.no_password")
    if len(password) > LONGEST_PASSWORD or not (password.isprintable() and password.isascii()):
        problems["password"] = words("setup_mail.bad_password")
    return MailTyped(None if problems else setting, password, problems)


def completed(said: Mapping[str, str]) -> dict[str, str]:
    """Return the fields with what follows from the others: server, port and account of a usual provider."""
    domain = said["sender"].rpartition("@")[2].lower()
    security = said["security"] or "tls"
    return {
        **said,
        "host": said["host"] or (SERVERS.get(domain) or f"smtp.{domain}" if domain else ""),
        "security": security,
        "port": said["port"] or str(USUAL_PORTS.get(security, 465)),
        "user": said["user"] or (said["sender"] if security != "none" else ""),
    }


def _problems(said: Mapping[str, str], words: Words) -> Mapping[str, str]:
    found = {}
    if not is_mail_address(said["sender"]):
        found["sender"] = words("setup_mail.bad_sender")
    elif not is_host(said["host"]):
        found["host"] = words("setup_mail.bad_host")
    if not (said["port"].isdecimal() and len(said["port"]) < 6 and 0 < int(said["port"]) < 65_536):
        found["port"] = words("setup_mail.bad_port")
    if said["security"] not in SECURITIES:
        found["security"] = words("problem.choice")
    elif said["security"] == "none" and not is_this_machine(said["host"]):
        found["security"] = words("setup_mail.not_plain")
    return found


def mail_shown(
    service: Service, typed: Typed | None = None, problems: Mapping[str, str] | None = None, trial: Trial | None = None
) -> MailView:
    """Return what the form shows: what was typed, else what holds; after a trial what holds, for it was saved."""
    record, held = service.stores.records.get(SETTING, "", MAIL), mail_set(service.stores.records)
    fields = dict.fromkeys(NAMES, "")
    if held is not None:
        fields |= {"sender": held.sender, "host": held.host, "port": str(held.port)}
        fields |= {"security": held.security, "user": held.user}
    if typed is not None and (trial is None or held is None):
        fields = {name: one(typed, f"mail_{name}") for name in NAMES}
    elif typed is not None:
        fields["test_to"] = one(typed, "mail_test_to")
    server = service.mail.server()
    return MailView(
        fields=fields,
        problems=problems or {},
        is_written=service.mail.is_operators,
        has_password=held is not None and service.mail.has_password(held),
        revision=record.revision if record else 0,
        is_set=server is not None,
        trial=trial,
    )


def save_mail(service: Service, read: MailTyped, revision: int, author: str, words: Words) -> str:
    """The server holds for every process with its next letter; returns what is wrong, "" where it holds."""
    setting = read.setting
    if setting is None or service.mail.is_operators or service.is_demo:
        return words("setup_mail.written")
    table = {"host": setting.host, "port": setting.port, "security": setting.security, "sender": setting.sender}
    table |= {"user": setting.user} if setting.user else {}
    wanted = Wanted("", MAIL, table, revision)
    try:
        change_setting(service.stores.records, service.clock, wanted, author=author, reason=words("setup.reason"))
    except Moved:
        return words("setup.moved")
    if read.password:
        service.mail.keep_password(setting, read.password)
    return ""


def tried(service: Service, account: str, to: str, words: Words) -> Trial | None:
    """Return what the server that holds says to a letter; None where there is no server. Raises TooMany (ACC-429)."""
    server: MailServer | None = None if service.is_demo else service.mail.server()
    if server is None:
        return None
    service.people.limits.take(TRIALS, account)
    text = (words("setup_mail.subject"), words("setup_mail.body"))
    return try_mail(server, to, text, service.clock.now())
