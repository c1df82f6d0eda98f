"""Sources as pages call them."""

import json
from collections.abc import Mapping

from api.source_name import short_name
from pipeline.ports import Records
from pipeline.workflow.settings import SOURCE, in_force


def names_of_sources(records: Records) -> Mapping[str, str]:
    """Return id → name of every source that is set; one that is not set is called by its id."""
    return {
        record.key.removeprefix(SOURCE): short_name(json.loads(record.value).get("name") or record.key)
        for record in in_force(records, "", SOURCE)
    }
