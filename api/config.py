"""
What the machine's operator decides: one TOML file, read once. What people change in daily work is a setting instead.

Unknown keys are errors, all problems are reported at once with line and suggestion, and secrets come from files.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails

from pipeline.domain.errors import BadInput

from .cluster_config import Elasticsearch, Kafka, Problem, Profile, contradictions
from .section import Port, Section


class Data(Section):
    """
    Where everything is kept, and where backups lie with the list of what was erased beside them.

    `second_backups` is a folder on another disk that is there already; each night's backup is copied into it.
    `secrets` holds keys and the typed mail password, "" the same as `folder`; the machines of a cluster share it.
    """

    folder: str = "data"
    secrets: str = ""
    backups: str = "backups"
    second_backups: str = ""


class Web(Section):
    """
    Where the service listens; never beyond this machine unless the operator says so, and never there without TLS.

    `proxies` are the addresses whose word is taken on who asks and how; `public_url` is what people type.
    """

    host: str = "127.0.0.1"
    port: Port = 8765
    tls: Literal["off", "self-made", "given"] = "off"
    certificate: str = ""
    certificate_key: str = ""
    names: Annotated[tuple[str, ...], Field(strict=False)] = ()
    proxies: Annotated[tuple[str, ...], Field(strict=False)] = ()
    public_url: str = ""


class Crawl(Section):
    """
    Who the crawler says it is: `product/version (+contact)`. Without a contact nothing is crawled.

    `every_seconds` 0 means as each source's manifest says; another number holds for all sources, for a rehearsal.
    `elsewhere`: another machine crawls, and its files are carried here; nothing is fetched by this one.
    """

    product: str = "Huiyin"
    contact: str = ""
    round_seconds: Annotated[int, Field(ge=5, le=3_600)] = 300
    every_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    elsewhere: bool = False


class Network(Section):
    """
    How the crawler reaches the outside.

    `local_hosts` are sources of the house that have no public address (`portal.yunxi.example`, `127.0.0.1:8000`);
    without being named here no address of the unit's own network is ever asked.
    """

    proxy: str = ""
    no_proxy: Annotated[tuple[str, ...], Field(strict=False)] = ("127.0.0.1", "localhost")
    ca_file: str = ""
    local_hosts: Annotated[tuple[str, ...], Field(strict=False)] = ()


class Notify(Section):
    """Channels that need the operator's hand. The journal is a file with one line per notice."""

    journal: str = ""


class Mail(Section):
    """
    The unit's mail server; without a host there is no mail. `security`: tls (465), starttls (587) or none.

    The password comes from the environment (HUIYIN_MAIL_PASSWORD) or from `password_file`, never from this file.
    """

    host: str = ""
    port: Port = 465
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str = ""
    password_file: str = ""
    sender: str = ""
    ca_file: str = ""
    proxy: str = ""
    timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 10


class Webhook(Section):
    """A system of the unit that is fed by notices; HUIYIN_WEBHOOK_SECRET or `secret_file` signs what it gets."""

    url: str = ""
    secret_file: str = ""
    ca_file: str = ""
    proxy: str = ""
    timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 10


class Wecom(Section):
    """The robot of a 企业微信 group; its key comes from HUIYIN_WECOM_KEY or `key_file`."""

    url: str = ""
    key_file: str = ""
    ca_file: str = ""
    proxy: str = ""
    timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 10


class Log(Section):
    """How much is written to the log."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class Config(Section):
    """
    The whole file. `settings` names a folder whose settings are applied when the data are new.

    `profile`: where everything is kept: in files of this machine, or in a Kafka and an Elasticsearch.
    """

    profile: Profile = "embedded"
    settings: str = ""
    data: Data = Data()
    web: Web = Web()
    crawl: Crawl = Crawl()
    network: Network = Network()
    notify: Notify = Notify()
    mail: Mail = Mail()
    webhook: Webhook = Webhook()
    wecom: Wecom = Wecom()
    kafka: Kafka = Kafka()
    elasticsearch: Elasticsearch = Elasticsearch()
    log: Log = Log()


_PATHS: Mapping[str, tuple[str, ...]] = {
    "data": ("folder", "secrets", "backups", "second_backups"),
    "notify": ("journal",),
    "network": ("ca_file",),
    "web": ("certificate", "certificate_key"),
    "mail": ("password_file", "ca_file"),
    "webhook": ("secret_file", "ca_file"),
    "wecom": ("key_file", "ca_file"),
    "kafka": ("password_file", "ca_file"),
    "elasticsearch": ("password_file", "api_key_file", "ca_file"),
}
"""Section → its keys that are paths, relative to the file."""


def read_config(path: Path) -> Config:
    """
    Return the configuration of a file.

    Raises:
        BadInput: the file cannot be read, is no TOML, or has problems; the sentence lists every one with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except FileNotFoundError as cause:
        sentence = f"{path}: there is no such file; name yours with --config, or make one"
        recipe = (
            "copy deploy/config.example.toml to huiyin.toml and deploy/settings.example beside it, fill in `contact`"
        )
        raise BadInput(f"{sentence}: {recipe}, then run `huiyin check`", code="CFG-001") from cause
    except OSError as cause:
        sentence = f"{path}: cannot be read ({cause.strerror}); name a file with --config"
        raise BadInput(sentence, code="CFG-001") from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise BadInput(f"{path}: is no TOML ({cause}); nothing was started", code="CFG-002") from cause
    for key, names in _PATHS.items():
        if isinstance(values.setdefault(key, {}), dict):
            _resolve(values[key], names, path.parent)
    _resolve(values, ("settings",), path.parent)
    found, against_itself = _validated(values), list(contradictions(values))
    if isinstance(found, Config) and not against_itself:
        return found
    problems = [] if isinstance(found, Config) else found
    raise BadInput(describe(path.name, text, problems, against_itself), code="CFG-100") from None


def _validated(values: dict[str, object]) -> Config | list[ErrorDetails]:
    try:
        return Config.model_validate(values)
    except ValidationError as cause:
        return cause.errors()


def _resolve(section: dict[str, object], names: Iterable[str], folder: Path) -> None:
    """Paths in the file, and the paths that hold where it names none, are relative to the file."""
    shipped = {"folder": Data().folder, "backups": Data().backups}
    for name in names:
        value = section.get(name, shipped.get(name))
        if isinstance(value, str) and value:
            section[name] = str(folder / value)


def describe(name: str, text: str, problems: Iterable[ErrorDetails], more: Iterable[Problem] = ()) -> str:
    """Return one sentence per problem, with line, cause and suggestion; a secret's value is never echoed."""
    lines = [_problem(name, text, problem) for problem in problems]
    lines += [f"{name}:{_line_of(text, list(keys))}  {'.'.join(keys)}: {says}" for keys, says in more]
    count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
    return "\n".join([f"{name} has {count}; nothing was started.", *(f"  {line}" for line in lines)])


def _problem(name: str, text: str, problem: ErrorDetails) -> str:
    keys = [str(part) for part in problem["loc"] if isinstance(part, str)]
    where = f"{name}:{_line_of(text, keys)}  {'.'.join(keys)}"
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(keys[-1], _names(keys[:-1]), n=1, cutoff=0.6)
        hint = f" Did you mean {near[0]}?" if near else f" Known here: {', '.join(sorted(_names(keys[:-1])))}."
        return f"{where}: no such setting.{hint} [CFG-101]"
    shown = "" if _is_secret(keys) else f", got {problem['input']!r}"
    return f"{where}: {problem['msg'].lower()}{shown}. [CFG-104]"


def _is_secret(keys: list[str]) -> bool:
    return bool(keys) and any(word in keys[-1] for word in ("password", "secret", "key", "token"))


def _names(section: list[str]) -> list[str]:
    model: type[BaseModel] = Config
    for part in section:
        field = model.model_fields.get(part)
        inner = field.annotation if field else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)


def _line_of(text: str, keys: list[str]) -> int:
    """Return the line on which a key stands; of a key that is missing, that of its section's header."""
    section, key = ".".join(keys[:-1]), keys[-1] if keys else ""
    current, header = "", 1
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.split("#", 1)[0].strip()
        if bare.startswith("["):
            current = bare.strip("[]").strip()
            if current == ".".join(keys):
                return number
            header = number if current == section else header
        elif current == section and bare.split("=", 1)[0].strip().strip('"') == key:
            return number
    return header
