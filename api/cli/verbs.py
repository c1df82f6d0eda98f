"""The verbs as data: name, sentence, arguments, and the module that runs each. Importing this imports nothing else."""

import argparse
from collections.abc import Mapping, Sequence

from .data_verbs import BACKUP, KEYS, RESTORE
from .table_verbs import INGEST, REPORT
from .verb import CHILD, CONFIG, FILE, FIRST_CONFIG, JSON, RULES, WHO, Verb

_VERBS: Sequence[Verb] = (
    Verb(
        "demo",
        "a living fictional county in this terminal: real spiders, real pipeline, no account, no network",
        "demo",
        (
            (("--seed",), {"type": int, "default": 7, "help": "which county (default 7)"}),
            (("--seconds",), {"type": float, "default": 0.0, "help": "stop by itself after so long (default: never)"}),
            (("--data",), {"default": "", "metavar": "DIR", "help": "keep the data here (default: a fresh folder)"}),
            (("--per-second",), {"type": float, "default": 1.0, "help": "new posts a second (default 1)"}),
            (("--until-alert",), {"action": "store_true", "help": "stop after the first alert"}),
            (("--no-browser",), {"action": "store_true", "help": "print the page's address, and open no window"}),
            (
                ("--pause",),
                {"action": "store_true", "help": "the story waits between scenes: Enter, or 下一幕 on the page"},
            ),
            (("--speed",), {"type": int, "default": 60, "help": "how fast the story's clock runs (default 60)"}),
            (("--kafka",), {"default": "", "metavar": "HOST:PORT", "help": "with --elasticsearch: live on a cluster"}),
            (("--elasticsearch",), {"default": "", "metavar": "URL", "help": "with --kafka: live on a cluster"}),
        ),
    ),
    Verb("run", "the main job: crawl on schedule, process, alert, serve", "run", (FIRST_CONFIG,)),
    Verb("serve", "the web service and the clock, as a process of its own", "serve", (CONFIG, CHILD)),
    Verb(
        "crawl",
        "crawl what is due, as a process of its own",
        "crawl",
        (
            CONFIG,
            CHILD,
            (("--round",), {"metavar": "SOURCE", "help": "crawl this one source now, once, and report"}),
            (
                ("--to",),
                {
                    "metavar": "FILE",
                    "help": "crawl what is due, once, and pack what came into a signed file to be carried",
                },
            ),
        ),
    ),
    Verb("work", "process what was crawled, as a process of its own", "work", (CONFIG, CHILD)),
    Verb("schedule", "the clock alone, as a process of its own", "schedule", (CONFIG, CHILD)),
    KEYS,
    Verb(
        "carry",
        "two machines: key makes this one's pairing file, trust takes another's, list says which files came",
        "carry",
        (
            (("action",), {"choices": ("key", "trust", "forget", "list")}),
            (
                ("what",),
                {"nargs": "?", "default": "", "metavar": "FILE|MACHINE", "help": "a pairing file, or a machine"},
            ),
            CONFIG,
            (("--to",), {"default": "", "metavar": "FILE", "help": "with key: write the pairing file here"}),
            (("--renew",), {"action": "store_true", "help": "with key: a new key; the old one is known no more"}),
            JSON,
        ),
    ),
    INGEST,
    Verb(
        "extract",
        "one saved HTML page to title, text, time, address and replies",
        "extract",
        (
            (("file",), {"nargs": "?", "default": "-", "metavar": "FILE", "help": "a saved HTML page; - is stdin"}),
            (("--url",), {"required": True, "help": "the address of the page"}),
            (
                ("--fetched-at",),
                {"default": "", "metavar": "TIME", "help": "when it was saved: 昨天 is counted from it"},
            ),
        ),
    ),
    Verb(
        "source",
        "try an address, which writes nothing; add, list, pause, resume or remove a source",
        "source",
        (
            (("action",), {"choices": ("try", "add", "list", "pause", "resume", "remove")}),
            (
                ("target",),
                {"nargs": "?", "default": "", "metavar": "URL|SOURCE", "help": "an address, or a source's id"},
            ),
            CONFIG,
            JSON,
            (
                ("--name",),
                {"default": "", "metavar": "TEXT", "help": "add: how pages call it (default: its own title)"},
            ),
            (
                ("--publisher",),
                {"default": "", "metavar": "TEXT", "help": "add: whose site it is (default: as its title says)"},
            ),
            (("--why",), {"default": "", "metavar": "TEXT", "help": "add: why it is watched"}),
            (("--owner",), {"default": "", "metavar": "POST", "help": "add: the post or office that answers for it"}),
            (("--purpose",), {"default": "", "metavar": "TEXT", "help": "add: the impact note's purpose"}),
            (("--origin",), {"default": "", "metavar": "ORIGIN", "help": "add: 监测发现, 网民留言, 媒体 …"}),
            (("--place",), {"default": "", "metavar": "PLACE", "help": "add: its place in deploy/sources"}),
            (("--wide",), {"action": "store_true", "help": "add: it speaks of more than the unit's area"}),
            *WHO,
        ),
    ),
    Verb("match", "posts to posts with the hits of watch rules", "match", (FILE, RULES)),
    Verb(
        "classify",
        "posts to opinions of the classifier",
        "classify",
        (
            FILE,
            (("--scores",), {"action": "store_true", "help": "add the probability of every label"}),
            (("--heads",), {"default": "", "metavar": "a,b", "help": "only these heads"}),
        ),
    ),
    Verb("dedupe", "posts to what each is a repost of, in stream order", "dedupe", (FILE, RULES)),
    Verb(
        "group",
        "posts to the group of each, in stream order, under the id of the incident that it may become (as in alerts)",
        "group",
        (FILE, RULES),
    ),
    Verb(
        "alerts",
        "posts to the alerts that the stream would have raised; `incident` is the id that group prints",
        "alerts",
        (FILE, RULES),
    ),
    Verb(
        "replay",
        "rebuild groups and projections from what is stored; with --rules: what changed rules would have found",
        "replay",
        (
            CONFIG,
            (("--rules",), {"metavar": "FILE", "help": "a dry run of these rules over stored posts; changes nothing"}),
            (
                ("--apply",),
                {
                    "action": "store_true",
                    "help": "let the unit's rules look back: what they meet is grouped and found, and never alerts",
                },
            ),
            (("--since",), {"default": "", "metavar": "TIME", "help": "only posts collected since (ISO 8601)"}),
            JSON,
        ),
    ),
    Verb(
        "check", "check the operator's file, a settings folder, or rules; nothing is changed", "check", (CONFIG, RULES)
    ),
    Verb(
        "doctor",
        "is this installation well, can it reach what it needs, and what needs a person",
        "doctor",
        (CONFIG, JSON, (("--offline",), {"action": "store_true", "help": "ask no server whether it can be reached"})),
    ),
    Verb("verify", "recompute the chain of the log and compare every projection", "verify", (CONFIG, JSON)),
    Verb(
        "erase",
        "erase posts, memos or an incident everywhere, with a receipt",
        "erase",
        (
            CONFIG,
            (("--post",), {"action": "append", "default": [], "metavar": "ID", "help": "a post's id; may be repeated"}),
            (("--memo",), {"action": "append", "default": [], "metavar": "ID", "help": "a memo's id; may be repeated"}),
            (("--incident",), {"default": "", "metavar": "ID", "help": "everything of one incident"}),
            *WHO,
        ),
    ),
    BACKUP,
    RESTORE,
    Verb(
        "notices",
        "who was told of what and why not; release or drop what is held",
        "notices",
        (
            CONFIG,
            (("--incident",), {"default": "", "metavar": "ID", "help": "everything that was told of this one"}),
            (
                ("--release",),
                {"action": "append", "default": [], "metavar": "ID", "help": "let a held notice go; all for all"},
            ),
            (
                ("--drop",),
                {
                    "action": "append",
                    "default": [],
                    "metavar": "ID",
                    "help": "a held notice never goes; all for all",
                },
            ),
            *WHO,
            JSON,
        ),
    ),
    Verb(
        "digest",
        "the weekly digest as HTML or text; without --week the last one, or a preview of the running week",
        "digest",
        (
            CONFIG,
            (("--unit",), {"default": "", "metavar": "ID", "help": "which unit, where there are several"}),
            (("--week",), {"default": "", "metavar": "2026-W47", "help": "an ISO week"}),
            (("--text",), {"action": "store_true", "help": "the plain text instead of the HTML"}),
            (("--out",), {"default": "", "metavar": "FILE", "help": "write the HTML there"}),
            (("--send",), {"action": "store_true", "help": "close the week if it has ended, and send it now, once"}),
        ),
    ),
    Verb(
        "incident",
        "list, show ID, or a command of people by its name: open, acknowledge, settle …; without words it names all",
        "incident",
        (
            (
                ("words",),
                {"nargs": argparse.REMAINDER, "metavar": "...", "help": "COMMAND ID --field VALUE --as ACCOUNT"},
            ),
        ),
    ),
    Verb(
        "user",
        "accounts: who may come in, with which roles, in which units",
        "user",
        (
            (
                ("action",),
                {
                    "choices": (
                        *("list", "add", "link", "password", "disable", "enable", "logout", "roles", "token"),
                        "replace",
                    )
                },
            ),
            (("name",), {"nargs": "?", "default": "", "metavar": "NAME", "help": "the account's id"}),
            (("new",), {"nargs": "?", "default": "", "metavar": "NEW", "help": "replace: who takes NAME's place"}),
            CONFIG,
            (("--roles",), {"default": "", "metavar": "a,b", "help": "monitor, duty, reviewer, leader, liaison, …"}),
            (("--units",), {"default": "", "metavar": "a,b", "help": "ids of units, or * for all"}),
            (("--display",), {"default": "", "metavar": "TEXT", "help": "how pages call the account"}),
            (("--days",), {"type": int, "default": 90, "help": "how long a token holds (default 90)"}),
            (("--revoke",), {"default": "", "metavar": "ID", "help": "end this token"}),
            JSON,
            *WHO,
        ),
    ),
    REPORT,
    Verb(
        "statement",
        "what is watched, how, for how long, and how to object: a page that the unit may publish; nothing is published",
        "statement",
        (
            CONFIG,
            (("--out",), {"required": True, "metavar": "DIR", "help": "the folder of page and JSON"}),
            (
                ("--unit",),
                {"default": "", "metavar": "ID", "help": "which unit (default: each in a folder of its own)"},
            ),
        ),
    ),
    Verb("apply", "make the settings of a folder hold", "apply", (CONFIG, (("folder",), {"metavar": "DIR"}), *WHO)),
    Verb(
        "export-settings",
        "write the settings into a folder",
        "export_settings",
        (CONFIG, (("folder",), {"metavar": "DIR"})),
    ),
)

VERBS: Mapping[str, Verb] = {verb.name: verb for verb in _VERBS}
