"""
Conditional GET: a page that has not changed since it was published to intake costs one short answer.

A validator is kept only once the page's posts are through the door, under a keyed or plain hash of the address; it
holds no address. It names the stream that the posts went to: with another stream the page is read again.
"""

import json
from collections.abc import Mapping

from scrapy.http import Response

from pipeline.domain.post import Millis
from pipeline.ports import Record

from .round import Round
from .visit import PageKind, Visit

KIND = "validator"
_HOUR: Millis = 3_600_000


def condition(here: Round, visit: Visit) -> Mapping[str, str]:
    """
    Return the headers that ask for a page only if it has changed.

    Only a feed and a list's first page are asked so: a thread's unchanged page would hide the pages behind it. A list
    is read in full once within the time after which its threads are looked at again.
    """
    if visit.kind is PageKind.THREAD or visit.walk:
        return {}
    record = here.deps.records.get(KIND, "", here.addresses.key_of(visit.source, visit.address))
    known = json.loads(record.value) if record else {}
    if known.get("epoch") != here.deps.epoch:
        return {}
    thread = here.manifests[visit.source].thread
    if thread is not None and here.now() - known["at"] >= thread.revisit_hours * _HOUR:
        return {}
    named = {"If-None-Match": known["etag"], "If-Modified-Since": known["modified"]}
    return {name: value for name, value in named.items() if value}


def validators_of(response: Response) -> Mapping[str, str]:
    """Return what the page says of its version; nothing where it says nothing."""
    etag, modified = (_header(response, name) for name in (b"ETag", b"Last-Modified"))
    return {"etag": etag, "modified": modified} if etag or modified else {}


def validator_record(here: Round, visit: Visit, validators: Mapping[str, str]) -> Record:
    """Return the record under which a page's validators are kept."""
    value = json.dumps({**validators, "epoch": here.deps.epoch, "at": here.now()}, sort_keys=True)
    key = here.addresses.key_of(visit.source, visit.address)
    return Record(
        kind=KIND, unit="", key=key, revision=0, value=value, at=here.now(), author="crawler", reason="page read"
    )


def _header(response: Response, name: bytes) -> str:
    said = response.headers.get(name)
    return said.decode("latin-1") if said else ""
