"""Pages for people: one module per subject, one router each. A new page is named here."""

from . import (
    account,
    commands,
    digest,
    enter,
    home,
    incident,
    needs,
    original,
    overview,
    palette,
    preview,
    queue,
    search,
    settings,
    settle,
    watched,
)

PAGES = (
    account.router,
    home.router,
    queue.router,
    preview.router,
    palette.router,
    overview.router,
    incident.router,
    commands.router,
    digest.router,
    enter.router,
    needs.router,
    original.router,
    search.router,
    settings.router,
    settle.router,
    watched.router,
)
