"""The composition root: from the operator's file to stores, door, worker. The only package that chooses adapters."""

from api.kept_terms import kept_terms

from .carrying import carry_key, known_carry_key, pack_carried, take_carried, trust_carrier
from .certificate import known_certificate, own_certificate
from .clerk import kept_terms_of, open_clerk
from .digest import open_editor
from .folder import Folder, clock_of, folder_of, place_of, set_pace, system_clock
from .intake import PrivateAddresses, open_door, private_addresses
from .keeping import back_up_now, open_eraser, open_housekeeper, restore_from, restore_snapshot, snapshots_of
from .keys import adopt_keys, lasting_keys, prove_keys, this_machine
from .nightly import keep_backup, rehearse
from .offices import open_office_letters, reply_key
from .ports import at_one_moment, memory_stores, open_stores, schema_versions, verify_installation
from .servers import check_secrets, look_at_servers
from .sources import open_source_desk, open_trier
from .telling import send_practice_of
from .work import (
    of_unit,
    open_classifier,
    open_desk,
    open_halves,
    open_rehearsed_worker,
    open_worker,
    practice_of,
    settings_of,
)

__all__ = [
    "Folder",
    "PrivateAddresses",
    "adopt_keys",
    "at_one_moment",
    "back_up_now",
    "carry_key",
    "check_secrets",
    "clock_of",
    "folder_of",
    "keep_backup",
    "kept_terms",
    "kept_terms_of",
    "known_carry_key",
    "known_certificate",
    "lasting_keys",
    "look_at_servers",
    "memory_stores",
    "of_unit",
    "open_classifier",
    "open_clerk",
    "open_desk",
    "open_door",
    "open_editor",
    "open_eraser",
    "open_halves",
    "open_housekeeper",
    "open_office_letters",
    "open_rehearsed_worker",
    "open_source_desk",
    "open_stores",
    "open_trier",
    "open_worker",
    "own_certificate",
    "pack_carried",
    "place_of",
    "practice_of",
    "private_addresses",
    "prove_keys",
    "rehearse",
    "reply_key",
    "restore_from",
    "restore_snapshot",
    "schema_versions",
    "send_practice_of",
    "set_pace",
    "settings_of",
    "snapshots_of",
    "system_clock",
    "take_carried",
    "this_machine",
    "trust_carrier",
    "verify_installation",
]
