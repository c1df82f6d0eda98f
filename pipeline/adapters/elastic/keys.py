"""Ids of documents, made of the parts of a key."""

import hashlib

_LONGEST = 400
"""Bytes; Elasticsearch takes 512."""


def doc_id(*parts: str) -> str:
    """Return the id: the parts with bars between, for a person who looks it up; a hash where it would be too long."""
    told = "|".join(part.replace("%", "%25").replace("|", "%7C") for part in parts)
    raw = told.encode("utf-8", "surrogatepass")
    return told if len(raw) <= _LONGEST else f"sha256:{hashlib.sha256(raw).hexdigest()}"
