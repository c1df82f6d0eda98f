"""Many documents by id in one request; a shard that cannot say what it holds is asked again, never taken for empty."""

from collections.abc import Callable, Iterable, Sequence

from .patience import Patience
from .refusals import no_elasticsearch, overloaded
from .wire import Json, Wire

_PAGE = 1_000
_NO_INDEX = "index_not_found_exception"


class Many:
    """Reads of one installation; `name` is of an index with its prefix."""

    def __init__(self, wire: Wire, *, name: Callable[[str], str]) -> None:
        self._wire = wire
        self._name = name

    def read(self, wanted: Iterable[tuple[str, str]]) -> list[Json]:
        """Return what the server says of each document that there is; an index that is missing has none."""
        keys = list(dict.fromkeys(wanted))
        return [item for start in range(0, len(keys), _PAGE) for item in self._read(keys[start : start + _PAGE])]

    def _read(self, keys: Sequence[tuple[str, str]]) -> list[Json]:
        docs = [{"_index": self._name(index), "_id": doc_id} for index, doc_id in keys]
        patience = Patience(self._wire.settings.patience_seconds)
        while True:
            items = self._wire.ask("POST", ["_mget"], {"docs": docs}).body.get("docs", ())
            if len(items) != len(docs):
                raise no_elasticsearch("Elasticsearch", f"{len(items)} answers to {len(docs)} ids")
            silent = [item for item in items if "error" in item and item["error"].get("type") != _NO_INDEX]
            if not silent:
                return [item for item in items if item.get("found")]
            said = str(silent[0]["error"].get("reason"))[:300]
            patience.pause(
                overloaded("Elasticsearch", f"{len(silent)} of {len(docs)} documents cannot be read: {said}")
            )
