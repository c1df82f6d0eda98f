"""What a digest rests on, in words: what could be seen and what not, gaps in running, and the evidence by id."""

from collections.abc import Iterator, Sequence

from pipeline.domain.digest import Digest
from pipeline.domain.post import Millis

from .phrases import Namer, Phrases, Said

MOST_IDS = 40
"""So many ids are written behind one number; the count says how many there are."""
MOST_DEAD = 8
HOUR: Millis = 3_600_000
LABELS = {"needs_found": "needs", "contacted": "needs_contacted"}


def coverage(say: Phrases, digest: Digest, names: Namer) -> Iterator[Said]:
    """Yield which sources were alive, which were not, when nothing ran, and what is never seen."""
    cut, t = digest.cut, say.t
    dead = tuple(sorted(cut.dead))
    if cut.all_sources:
        yield Said(t("digest.sources", all=cut.all_sources, alive=cut.alive_sources), dead)
    else:
        yield Said(t("digest.no_sources"))
    if dead:
        named = [_dead(say, names.source(source), cut.dead[source]) for source in dead[:MOST_DEAD]]
        more = t("digest.dead_more", count=len(dead)) if len(dead) > MOST_DEAD else ""
        yield Said(t("digest.dead", names=say.listed(*named, more)), dead)
    hours = round(sum(until - since for since, until in cut.gaps) / HOUR, 1)
    yield Said(t("digest.gaps", count=len(cut.gaps), hours=f"{hours:g}") if cut.gaps else t("digest.no_gaps"))
    yield Said(t("digest.cannot_see"))
    yield Said(t("checklist.unseen_named"))


def _dead(say: Phrases, name: str, since: Millis) -> str:
    return say.t("digest.dead_one", name=name, since=say.day(since)) if since else say.t("digest.dead_never", name=name)


def evidence(say: Phrases, digest: Digest) -> Iterator[str]:
    """Yield the part of the log that is told, with its hash, then the ids behind each number."""
    t, cut = say.t, digest.cut
    values = {"unit": digest.unit, "head": digest.head[:16]}
    if digest.first_seq > cut.until_seq:
        yield t("digest.evidence_empty", **values)
    elif digest.is_preview:
        yield t("digest.evidence_preview", **values, first=digest.first_seq, last=cut.until_seq)
    else:
        yield t("digest.evidence_log", **values, first=digest.first_seq, last=cut.until_seq, seq=cut.seq)
    found = digest.found
    for number in (
        *digest.numbers,
        found["answered"],
        found["open"],
        found["needs_found"],
        found["contacted"],
        found["praise"],
    ):
        name = t(f"digest.{LABELS.get(number.name, number.name)}")
        yield t("digest.evidence_ids", name=name, ids=_ids(say, number.ids, number.value or 0))


def _ids(say: Phrases, ids: Sequence[str], count: int) -> str:
    if not ids:
        return say.t("digest.evidence_none")
    listed, in_all = " ".join(ids[:MOST_IDS]), max(count, len(ids))
    return listed if in_all <= MOST_IDS else say.t("digest.evidence_more", ids=listed, count=in_all)
