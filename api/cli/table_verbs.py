"""The verbs of tables: what comes in as one, and what goes out as one."""

from .verb import CONFIG, Verb

INGEST = Verb(
    "ingest",
    "posts through intake: JSON Lines, a table of letters or 12345 orders, or a file of the crawling machine",
    "ingest",
    (
        (("file",), {"nargs": "?", "default": "-", "metavar": "FILE", "help": "JSON Lines or a table; - is stdin"}),
        CONFIG,
        (("--carried",), {"default": "", "metavar": "FILE", "help": "a file that `huiyin crawl --to` made"}),
        (("--keep",), {"action": "store_true", "help": "with --carried: leave the file where it is"}),
        (("--unit",), {"default": "", "metavar": "ID", "help": "a table: which unit, where there are several"}),
        (("--origin",), {"default": "", "metavar": "ORIGIN", "help": "a table: 12345工单 or 来信来访"}),
        (
            ("--mapping",),
            {
                "default": "",
                "metavar": "FILE",
                "help": 'a table: TOML, content = "诉求内容" …; else as confirmed',
            },
        ),
        (("--sheet",), {"default": "", "metavar": "NAME", "help": "a table: which sheet (default: the first filled)"}),
        (
            ("--as",),
            {"dest": "account", "default": "", "metavar": "ACCOUNT", "help": "a table: who records answers it tells"},
        ),
    ),
)
REPORT = Verb(
    "report",
    "a paper made from what is on record: ledger 台账 as .xlsx",
    "report",
    (
        (("kind",), {"choices": ("ledger",), "metavar": "KIND", "help": "ledger"}),
        CONFIG,
        (("--unit",), {"default": "", "metavar": "ID", "help": "which unit, where there are several"}),
        (("--since",), {"default": "", "metavar": "DAY", "help": "found from this day on (default: 1 January)"}),
        (("--until",), {"default": "", "metavar": "DAY", "help": "up to this day, which counts (default: today)"}),
        (
            ("--out",),
            {"default": "", "metavar": "FILE", "help": "where to write (default: ledger-UNIT-DAYS.xlsx)"},
        ),
    ),
)
