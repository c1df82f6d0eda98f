"""
Incidents as bytes and back: what a projection stores. Equal incidents give equal bytes, so a rebuild can be compared.

The form follows the fields' declared types. Fields that stand at their default are left out, so an incident stored
before a field existed reads the same.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from .errors import MalformedEvent
from .incident import Incident

_Read: TypeAlias = Callable[[Any], Any]


def bytes_of_incident(incident: Incident) -> bytes:
    """Return the incident as UTF-8 JSON with sorted keys and no spaces."""
    return json.dumps(_plain(incident), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def incident_from_bytes(data: bytes) -> Incident:
    """Return the incident that `bytes_of_incident` wrote; raise MalformedEvent where the bytes hold none."""
    try:
        incident: Incident = _reader(Incident)(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise MalformedEvent(f"a stored incident cannot be read ({cause}); rebuild it with `huiyin replay`") from cause
    return incident


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        given = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: _plain(inner) for field, inner in given if inner != _default(field)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted((_plain(inner) for inner in value), key=lambda plain: json.dumps(plain, ensure_ascii=False))
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return value


def _default(field: Field[Any]) -> object:
    return field.default_factory() if field.default_factory is not MISSING else field.default


@cache
def _reader(kind: Any) -> _Read:  # noqa: ANN401  # a declared type is a class, a union or a generic alias
    """Return the function that makes a value of the declared type out of plain JSON."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _optional(_reader(next(choice for choice in inner if choice is not NoneType)))
    if origin is tuple:
        return _sequence(tuple, inner[:1] * 2) if inner[-1] is ... else _row(tuple(map(_reader, inner)))
    if origin is frozenset:
        return _sequence(frozenset, inner)
    if origin is not None:
        read = _reader(inner[1])
        return lambda plain: {key: read(value) for key, value in plain.items()}
    return _record(kind) if is_dataclass(kind) else _scalar(kind)


def _optional(read: _Read) -> _Read:
    return lambda plain: None if plain is None else read(plain)


def _sequence(make: Callable[[Any], Any], inner: tuple[Any, ...]) -> _Read:
    read = _reader(inner[0])
    return lambda plain: make(read(value) for value in plain)


def _row(reads: tuple[_Read, ...]) -> _Read:
    return lambda plain: tuple(read(value) for read, value in zip(reads, plain, strict=True))


def _record(kind: Any) -> _Read:  # noqa: ANN401  # see _reader
    hints = get_type_hints(kind)

    def read(plain: Any) -> Any:  # noqa: ANN401  # plain JSON
        return kind(**{name: _reader(hints[name])(value) for name, value in plain.items()})

    return read


def _scalar(kind: type) -> _Read:
    if issubclass(kind, Enum):
        return kind
    return lambda plain: plain
