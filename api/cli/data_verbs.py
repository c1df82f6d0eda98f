"""The verbs that keep the data of an installation, and the keys that its machines share, as data."""

from .verb import CHILD, CONFIG, Verb

KEYS = Verb(
    "keys",
    "the key file that the machines of a cluster share: show compares this machine's, adopt takes it after a loss",
    "keys",
    ((("action",), {"choices": ("show", "adopt")}), CONFIG),
)

BACKUP = Verb(
    "backup",
    "copy what must survive, verified: into a new folder and to the second place, on a cluster into a snapshot",
    "backup",
    (CONFIG, CHILD),
)

RESTORE = Verb(
    "restore",
    "put a backup in place; every unsent notice is held",
    "restore",
    (
        CONFIG,
        (
            ("source",),
            {
                "nargs": "?",
                "default": "",
                "metavar": "BACKUP",
                "help": "a backup's folder; on a cluster a snapshot's name, without one all are listed",
            },
        ),
        (("--replace",), {"action": "store_true", "help": "replace the data that are there; they are gone then"}),
    ),
)
