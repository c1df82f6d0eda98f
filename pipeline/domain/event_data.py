"""How an event's data are read: each reader returns the type it names, or says which key of the log is wrong."""

from collections.abc import Mapping

from .errors import MalformedEvent
from .event import Value


def number(data: Mapping[str, Value], key: str, default: int = 0) -> int:
    """Return the integer under the key, the default where the key is absent."""
    value = data.get(key, default)
    if isinstance(value, int):
        return value
    raise _wrong(key, "an integer", value)


def moment(data: Mapping[str, Value], key: str) -> int | None:
    """Return the time (ms UTC) under the key, None where it is absent or null."""
    return None if data.get(key) is None else number(data, key)


def text(data: Mapping[str, Value], key: str, default: str = "") -> str:
    """Return the id or code under the key, the default where the key is absent or null."""
    value = data.get(key)
    if value is None:
        return default
    if isinstance(value, str):
        return value
    raise _wrong(key, "a string", value)


def texts(data: Mapping[str, Value], key: str) -> tuple[str, ...]:
    """Return the ids or codes under the key, none where it is absent."""
    value = data.get(key, [])
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(str(one) for one in value)
    raise _wrong(key, "a list of strings", value)


def table(data: Mapping[str, Value], key: str) -> dict[str, Value]:
    """Return the object under the key, an empty one where it is absent or null."""
    value = data.get(key)
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise _wrong(key, "an object", value)


def tables(data: Mapping[str, Value], key: str) -> tuple[dict[str, Value], ...]:
    """Return the objects of the list under the key, none where it is absent."""
    value = data.get(key, [])
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return tuple(one for one in value if isinstance(one, dict))
    raise _wrong(key, "a list of objects", value)


def groups_named(data: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the groups that an event's data name: one under `group`, or several under `groups`."""
    one, many = data.get("group"), data.get("groups")
    named = (one,) if isinstance(one, str) else ()
    return (*named, *(texts(data, "groups") if isinstance(many, list) else ()))


def _wrong(key: str, wanted: str, value: object) -> MalformedEvent:
    return MalformedEvent(f"event data `{key}` must be {wanted}, not {type(value).__name__}; run `huiyin verify`")
