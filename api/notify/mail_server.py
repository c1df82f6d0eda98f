"""
Which mail server holds now: the operator's file wins whole, else what was typed in the console.

A password that was typed lies in a file of its own (0600) in the data folder, which no backup holds, together with the
server and the account that it was typed for: with another server or account it is not used, so that nobody who changes
the server's name is given the password.
"""

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

from api.config import Config
from api.outward import way_to
from api.secret_files import write_secret
from api.settings.installation import MailSetting, mail_set
from pipeline.ports import Records

from .mail import MailServer
from .secret import secret_of

PASSWORD_FILE = "mail-password.json"  # noqa: S105 - the name of the file, not what is in it
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class MailDesk:
    """Finds and keeps how the unit's mail server is reached."""

    config: Config
    records: Records

    @property
    def is_operators(self) -> bool:
        """Whether the operator's file names the server, so that the console cannot."""
        return bool(self.config.mail.host)

    def server(self) -> MailServer | None:
        """Return the server that holds now, with its password; None where there is no mail."""
        if self.is_operators:
            return server_of_file(self.config)
        found = mail_set(self.records)
        return self.server_for(found) if found else None

    def server_for(self, wanted: MailSetting, password: str = "") -> MailServer:
        """Return a server of the console, with this password or the one that is kept for it."""
        return MailServer(
            host=wanted.host,
            port=wanted.port,
            sender=wanted.sender,
            security=wanted.security,
            user=wanted.user,
            password=password or self._kept(wanted),
            way=way_to(wanted.host, self.config.network),
            timeout=PATIENCE_SECONDS,
        )

    def has_password(self, wanted: MailSetting) -> bool:
        """Whether a password is kept for this server and account."""
        return bool(self._kept(wanted))

    def keep_password(self, wanted: MailSetting, password: str) -> None:
        """The password is kept for this server and account alone."""
        write_secret(self._path, json.dumps({**_whose(wanted), "password": password}))

    def forget_password(self) -> None:
        """No password is kept."""
        self._path.unlink(missing_ok=True)

    @property
    def _path(self) -> Path:
        return Path(self.config.data.secrets or self.config.data.folder) / PASSWORD_FILE

    def _kept(self, wanted: MailSetting) -> str:
        with contextlib.suppress(OSError, ValueError):
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if isinstance(kept, dict) and {name: kept.get(name) for name in ("host", "user")} == _whose(wanted):
                return str(kept.get("password", ""))
        return ""


def server_of_file(config: Config) -> MailServer:
    """Return the server that the operator's file names."""
    mail = config.mail
    return MailServer(
        host=mail.host,
        port=mail.port,
        sender=mail.sender,
        security=mail.security,
        user=mail.user,
        password=secret_of("HUIYIN_MAIL_PASSWORD", mail.password_file),
        ca_file=mail.ca_file,
        timeout=mail.timeout_seconds,
        way=way_to(mail.host, config.network, mail.proxy, mail.ca_file),
    )


def _whose(wanted: MailSetting) -> dict[str, str]:
    return {"host": wanted.host, "user": wanted.user}
