"""How handling offices are reached: the mails to them, and the key from which the links in these are made."""

import hashlib
import hmac

from api.config import Config
from api.notify.editor import site_of
from api.offices.letter import OfficeLetters
from api.offices.links import LinkMaker, ReplyLinks
from api.stores import Stores
from pipeline.adapters.key_file import KeyFile
from pipeline.workflow.desk import Desk
from pipeline.workflow.settings import Settings

from .folder import Folder
from .telling import send_practice_of


def open_office_letters(
    folder: Folder, stores: Stores, settings: Settings, config: Config, desk: Desk
) -> OfficeLetters:
    """Return what writes the mails to handling offices; their links lead to the operator's public address."""

    def unit_name(unit: str) -> str:
        own = settings.units.get(unit)
        return own.profile.name if own else unit

    return OfficeLetters(
        stores=stores,
        state=desk.state,
        is_for_leader=desk.is_for_leader,
        practice=send_practice_of(settings),
        unit_name=unit_name,
        links=LinkMaker(ReplyLinks(stores.records, stores.clock), reply_key(folder)),
        site=site_of(config.web.public_url),
    )


def reply_key(folder: Folder) -> bytes:
    """Return the key of reply links: derived from the installation's, which lies in its key file and in no backup."""
    return hmac.new(KeyFile(folder.keys).address_key, b"huiyin: reply links of offices", hashlib.sha256).digest()
