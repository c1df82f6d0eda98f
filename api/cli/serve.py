"""`huiyin serve`: the web service, and the clock where no `huiyin schedule` keeps it."""

import argparse
import threading
from collections.abc import Mapping
from functools import partial

from api import bootstrap
from api.accounts.people import people_of
from api.cli.installation import Installation, open_installation
from api.cli.service import first_address, greet, web_certificate, web_service
from api.lease import holder_name
from api.lifeline import stop_of
from api.nightly import Nightly
from api.notify.editor import Editor
from api.notify.live_channels import open_live_channels
from api.offices.links import ReplyLinks
from api.replacement import Replacing
from api.serving import Clockwork, dispatcher_of, follow_settings, keep_time
from api.web import answering
from pipeline.domain.week import Week
from pipeline.workflow.housekeeping import Housekeeper


def run(arguments: argparse.Namespace) -> int:
    """
    Serve until the parent ends; alone in a terminal it says first where it is opened, and by whom.

    On the cluster several serve behind one address, and `huiyin schedule` keeps the clock.
    """
    here = open_installation(arguments)
    service, certificate = web_service(here), web_certificate(here)
    stop = stop_of(follows=arguments.follow_parent)
    with answering(service, certificate):
        if not arguments.follow_parent:
            first = "" if here.folder.cluster else first_address(here, service.entrance)
            print(*greet(here, service.entrance, first), sep="\n", flush=True)
        if here.folder.cluster:
            follow_settings(here.settings, stop)
        else:
            keep_time(clockwork_of(here), stop, nightly_of(here, stop))
    return 0


def clockwork_of(here: Installation) -> Clockwork:
    """Return what the clock does each second in this installation."""
    desk = bootstrap.open_desk(here.stores, here.settings)
    practice = bootstrap.send_practice_of(here.settings)
    editor = bootstrap.open_editor(here.stores, here.settings, here.config, desk)
    replacing = Replacing(here.stores, desk, people_of(here.stores.records, here.stores.clock))
    return Clockwork(
        stores=here.stores,
        settings=here.settings,
        config=here.config,
        dispatcher=dispatcher_of(
            here.stores,
            open_live_channels(here.config, here.stores),
            practice,
            desk,
            editor,
            letters=bootstrap.open_office_letters(here.folder, here.stores, here.settings, here.config, desk),
        ),
        remind=lambda: desk.remind() + replacing.mend(),
        due_check=desk.due_check,
        close_week=partial(close_week, here, editor),
        tidy=partial(_tidy, here, bootstrap.open_housekeeper(here.config, here.stores)),
        holder=holder_name("clock"),
    )


def nightly_of(here: Installation, stop: threading.Event) -> Nightly:
    """Return what makes the backup of each night."""
    return Nightly(
        records=here.stores.records,
        clock=here.stores.clock,
        holder=holder_name("backup"),
        arguments=("backup", "--config", str(here.path)),
        stop=stop,
    )


def close_week(here: Installation, editor: Editor, week: Week) -> int:
    """The week is closed for every unit; returns for how many that was new."""
    units = sorted({*here.settings.units, *here.stores.log.units()})
    return sum(editor.digests.closer.close(unit, week) is not None for unit in units)


def _tidy(here: Installation, housekeeper: Housekeeper) -> Mapping[str, int]:
    """What is over age is gone, of posts and of people's doors; returns how much of each."""
    people = people_of(here.stores.records, here.stores.clock)
    links = ReplyLinks(here.stores.records, here.stores.clock)
    return {**housekeeper.tidy(), **people.tidy(here.settings.units), "reply_links": links.forget_ended()}
