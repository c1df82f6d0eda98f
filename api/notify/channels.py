"""Which channels the operator's file gives, and what is wrong with them and with recipients who use others."""

from collections.abc import Iterator, Sequence
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import urlsplit

from api.config import Config
from api.config import Mail as MailSection
from api.config import Webhook as WebhookSection
from api.config import Wecom as WecomSection
from api.outward import context_of, way_to
from pipeline.domain.errors import BadInput
from pipeline.domain.unit_settings import Recipient
from pipeline.ports import Channel, Clock

from .journal import Journal
from .mail import Mail
from .mail_server import server_of_file
from .post_json import Endpoint
from .secret import secret_of
from .webhook import Webhook
from .wecom import Wecom

KNOWN = ("journal", "mail", "webhook", "wecom")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def open_channels(config: Config, clock: Clock) -> Sequence[Channel]:
    """Return the channels that the file gives. Raises BadInput with every problem of their sections."""
    problems = list(channel_problems(config))
    if problems:
        raise BadInput("\n".join(["the channels cannot be used; nothing was started.", *problems]), code="CFG-140")
    given = given_channels(config)
    channels: list[Channel] = []
    if "journal" in given:
        channels.append(Journal(Path(config.notify.journal)))
    if "mail" in given:
        channels.append(Mail(server_of_file(config), clock))
    if "webhook" in given:
        hook = config.webhook
        secret = secret_of("HUIYIN_WEBHOOK_SECRET", hook.secret_file)
        channels.append(Webhook(_endpoint(config, hook), secret, clock))
    if "wecom" in given:
        robot = config.wecom
        key = secret_of("HUIYIN_WECOM_KEY", robot.key_file)
        channels.append(Wecom(_endpoint(config, robot), key))
    return channels


def given_channels(config: Config, *, has_mail: bool = False) -> Sequence[str]:
    """Return the names of the channels whose sections are filled in; `has_mail`: the console names a mail server."""
    filled = (config.notify.journal, config.mail.host or has_mail, config.webhook.url, config.wecom.url)
    return [name for name, value in zip(KNOWN, filled, strict=True) if value]


def channel_problems(config: Config) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong in the sections of channels that are filled in."""
    given = given_channels(config)
    if "mail" in given:
        yield from _mail_problems(config)
    for name, section, variable, file in (
        ("webhook", config.webhook, "HUIYIN_WEBHOOK_SECRET", config.webhook.secret_file),
        ("wecom", config.wecom, "HUIYIN_WECOM_KEY", config.wecom.key_file),
    ):
        if name in given:
            yield from _address_problems(name, section.url)
            yield from _secret_problems(name, variable, file, is_needed=True)
            yield from _way_problems(name, config, section)


def check_channels(config: Config, recipients: Sequence[Recipient]) -> str:
    """Return what is set up; raise BadInput with every problem of the sections and of those who are to be told."""
    problems = [*channel_problems(config), *recipient_problems(recipients, config)]
    if problems:
        raise BadInput("\n".join(["some notices would reach nobody:", *problems]), code="CFG-140")
    return f"{len(recipients)} recipients over {', '.join(given_channels(config)) or 'no channel'}"


def recipient_problems(recipients: Sequence[Recipient], config: Config, *, has_mail: bool = False) -> Iterator[str]:
    """Yield a sentence for each recipient whom no channel of the file, and no mail of the console, can reach."""
    given = given_channels(config, has_mail=has_mail)
    for number, one in enumerate(recipients, start=1):
        named = f"recipient {number} ({one.account})"
        if one.channel not in KNOWN:
            yield f"{named}: no such channel {one.channel!r}; known: {', '.join(KNOWN)} [CFG-141]"
        elif one.channel not in given:
            section = "[notify] journal" if one.channel == "journal" else f"[{one.channel}]"
            yield f"{named}: {one.channel} is not set up; fill in {section} of the operator's file [CFG-141]"
        elif one.channel == "mail" and not is_mail_address(one.to):
            yield f'{named}: to: expected a mail address such as "duty@your-unit.example", got {one.to!r} [CFG-142]'


def is_mail_address(text: str) -> bool:
    """Whether mail can be sent to the text, as far as its form says."""
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError):
        return False
    return bool((address.username and "." in address.domain) or address.domain == "localhost") and text.isascii()


def _mail_problems(config: Config) -> Iterator[str]:
    mail = config.mail
    if not is_mail_address(mail.sender):
        yield f'[mail] sender: expected an address such as "huiyin@your-unit.example", got {mail.sender!r} [CFG-140]'
    if mail.security == "none" and mail.host not in LOOPBACK:
        yield '[mail] security: "none" is for a server on this machine only; write "tls" or "starttls" [CFG-140]'
    yield from _secret_problems("mail", "HUIYIN_MAIL_PASSWORD", mail.password_file, is_needed=bool(mail.user))
    yield from _way_problems("mail", config, mail)


def _endpoint(config: Config, section: WebhookSection | WecomSection) -> Endpoint:
    way = way_to(urlsplit(section.url).hostname or "", config.network, section.proxy, section.ca_file)
    return Endpoint(section.url, timeout=section.timeout_seconds, way=way)


def _address_problems(name: str, url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        yield f"[{name}] url: expected an address that begins with https:// [CFG-140]"
    elif not parts.hostname or (name == "wecom" and parts.query):
        yield f"[{name}] url: expected an address with a host and, for wecom, without the key [CFG-140]"


def _secret_problems(name: str, variable: str, file: str, *, is_needed: bool) -> Iterator[str]:
    try:
        if is_needed and not secret_of(variable, file):
            yield f"[{name}]: its secret is missing; set {variable}, or name a file that holds it [CFG-143]"
    except BadInput as refusal:
        yield f"[{name}] {refusal}"


def _way_problems(name: str, config: Config, section: MailSection | WebhookSection | WecomSection) -> Iterator[str]:
    try:
        way_to("", config.network, section.proxy)
        context_of(section.ca_file or config.network.ca_file)
    except BadInput as refusal:
        yield f"[{name}] {refusal}"
