"""
The console script. Each verb is a module of this package, imported only when it is called, so that help stays fast.

Exit codes: 0 everything was done, 1 some of the input was bad, 2 nothing was done.
"""

import argparse
import importlib
import logging
import sys
from collections.abc import Sequence

from .verb import Verb
from .verbs import VERBS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="surrogateescape" if stream is sys.stdin else "backslashreplace")
    parsed = _parser().parse_args(arguments)
    if parsed.verb is None:
        _parser().print_help()
        return 2
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger().handlers[0].addFilter(_is_ours_or_serious)
    return _run(VERBS[parsed.verb], parsed)


def _is_ours_or_serious(record: logging.LogRecord) -> bool:
    """Libraries speak only where something is wrong; Scrapy sets its own level and would greet at every round."""
    ours = record.name.partition(".")[0] in ("api", "classifier", "crawlers", "pipeline")
    return ours or record.levelno >= logging.WARNING


def _run(verb: Verb, parsed: argparse.Namespace) -> int:
    from pipeline.domain.errors import HuiyinError

    try:
        module = importlib.import_module(f"api.cli.{verb.module}")
        return int(module.run(parsed))
    except HuiyinError as refusal:
        print(f"huiyin {verb.name}: {refusal}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; there is nobody to tell
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="huiyin",
        description="Huiyin 回音: hear what citizens say in public about your services, and answer.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    for verb in VERBS.values():
        sub = verbs.add_parser(verb.name, help=verb.help, description=verb.help)
        for names, options in verb.arguments:
            sub.add_argument(*names, **options)
    return parser
