"""Pages for people: one module per subject, one router each. A new page is named here."""

from . import account, home, overview, palette, preview, queue

PAGES = (account.router, home.router, queue.router, preview.router, palette.router, overview.router)
