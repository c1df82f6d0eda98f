"""What is known of one request on its way through: filled in by the edge and the gate, read by the log."""

from dataclasses import dataclass

from fastapi import Request

from api.accounts.principal import Principal

KEY = "huiyin.passage"


@dataclass(slots=True)
class Passage:
    """
    One request. `client` is the address that asks, `host` the name that was asked for; `is_local` is known to be true.
    `who` is whoever the gate has recognised: a page about a problem shows him his navigation too.

    `set_session` is a new session's secret for the cookie, "" ends the cookie, None leaves it alone.
    """

    client: str
    host: str
    is_local: bool = False
    account: str = ""
    who: Principal | None = None
    set_session: str | None = None


def passage_of(request: Request) -> Passage:
    """Return what is known of this request."""
    passage: Passage = request.scope[KEY]
    return passage
