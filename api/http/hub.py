"""
The hub of the live feed: one look at the stores for all listeners of a unit, each frame encoded once, or twice where it
holds what is kept for the leader.

A listener who falls behind, or whose cursor is too old, is told to begin anew (`reset`) instead of being given half.
Nothing is looked at while nobody listens.
"""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from fastapi.concurrency import run_in_threadpool

from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.workflow.live import Live, LivePlace, Tiding, place_from
from pipeline.workflow.visibility import NOBODY, READS, Roles

log = logging.getLogger(__name__)

EVERY_SECONDS = 0.2
"""How often the stores are looked at while somebody listens."""
SILENCE_SECONDS = 15.0
"""After so long without a frame a comment is sent, so that proxies keep the line open."""
WAITING_FRAMES = 256
"""Frames that wait for one slow listener; then he begins anew."""
MOST_OF_ONE = 125
"""Lines that one account may hold, a quarter of all: many screens, and dead lines of a bad network."""
PING = b": still here\n\n"
RETRY = b"retry: 1000\n\n"


class Frame(NamedTuple):
    """A tiding as bytes: for roles that read what is kept for the leader, and for all. Mostly they are the same."""

    whole: bytes
    for_all: bytes


@dataclass(slots=True, eq=False)
class Listener:
    """
    One open line, whose it is, and whether he hears what is kept for the leader.

    `lost` is set when more came than he took.
    """

    account: str
    hears_all: bool
    frames: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(WAITING_FRAMES))
    lost: bool = False

    def hand(self, frame: bytes) -> None:
        """The frame waits for him, or he has lost the thread."""
        try:
            self.frames.put_nowait(frame)
        except asyncio.QueueFull:
            self.lost = True


@dataclass(slots=True)
class _Channel:
    """What is heard of one unit: up to which place, and by whom."""

    place: LivePlace
    listeners: set[Listener] = field(default_factory=set)


@dataclass(slots=True)
class Hub:
    """All open lines of this process, at most `most`. Used from the event loop alone; only the looks leave it."""

    live: Live
    most: int = 500
    _channels: dict[str, _Channel] = field(default_factory=dict)
    _looking: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> int:
        """How many lines are open, for /metrics."""
        return sum(len(channel.listeners) for channel in self._channels.values())

    def lines_of(self, account: str) -> int:
        """Return how many lines of an account are open."""
        return sum(one.account == account for channel in self._channels.values() for one in channel.listeners)

    async def frames(
        self, unit: str, cursor: str | None, account: str, roles: Roles = NOBODY
    ) -> AsyncGenerator[bytes, None]:
        """Yield frames to an account for ever, as its roles hear them: what was missed behind the cursor, then on."""
        place = _place_or_none(cursor)
        channel = await self._channel(unit)
        with self._listening(channel, Listener(account, bool(roles & READS))) as listener:
            yield RETRY
            for frame in await self._missed(unit, place, channel.place) if cursor else [_hello(channel.place)]:
                yield frame.whole if listener.hears_all else frame.for_all
            async for said in _spoken(listener):
                yield said
            yield _reset(channel.place).whole

    async def _missed(self, unit: str, place: LivePlace | None, until: LivePlace) -> Sequence[Frame]:
        """Return what lies between the listener's place and the channel's; what comes later is handed to him."""
        tidings = None
        if place is not None and place.seq <= until.seq and place.change <= until.change:
            tidings = await run_in_threadpool(self.live.behind, unit, place, until)
        if tidings is None:
            return [_reset(until)]
        return [frame_of(tiding) for tiding in tidings]

    async def _channel(self, unit: str) -> _Channel:
        if unit not in self._channels:
            place = await run_in_threadpool(self.live.now, unit)
            self._channels.setdefault(unit, _Channel(place))
        return self._channels[unit]

    @contextmanager
    def _listening(self, channel: _Channel, listener: Listener) -> Iterator[Listener]:
        channel.listeners.add(listener)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look())
        try:
            yield listener
        finally:
            channel.listeners.discard(listener)

    async def _look(self) -> None:
        """Look at the stores while somebody listens; a store that cannot be read is looked at again."""
        is_told = False
        while self.listeners:
            try:
                for unit in list(self._channels):
                    await self._look_at(unit)
                is_told = False
            except StoreUnavailable as refusal:
                if not is_told:
                    log.warning("hub.store_unavailable: %s", refusal)
                is_told = True
            await asyncio.sleep(EVERY_SECONDS)
        self._channels.clear()

    async def _look_at(self, unit: str) -> None:
        channel = self._channels[unit]
        if not channel.listeners:
            del self._channels[unit]
            return
        tidings = await run_in_threadpool(self.live.behind, unit, channel.place)
        if tidings is None:
            channel.place = await run_in_threadpool(self.live.now, unit)
            _tell(channel, [_reset(channel.place)])
        elif tidings:
            channel.place = tidings[-1].place
            _tell(channel, [frame_of(tiding) for tiding in tidings])


def frame_of(tiding: Tiding) -> Frame:
    """Return a tiding as bytes of text/event-stream. Who hears nothing of it gets its id alone: his place moves."""
    whole = _encoded(tiding, tiding.data)
    if tiding.for_all is tiding.data:
        return Frame(whole, whole)
    return Frame(
        whole, f"id: {tiding.place}\n\n".encode() if tiding.for_all is None else _encoded(tiding, tiding.for_all)
    )


def _encoded(tiding: Tiding, told: Mapping[str, object]) -> bytes:
    """JSON has no line break of its own, so one data line holds it."""
    data = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return f"id: {tiding.place}\nevent: {tiding.kind}\ndata: {data}\n\n".encode()


async def _spoken(listener: Listener) -> AsyncIterator[bytes]:
    while not listener.lost:
        try:
            yield await asyncio.wait_for(listener.frames.get(), SILENCE_SECONDS)
        except TimeoutError:
            yield PING


def _tell(channel: _Channel, frames: Sequence[Frame]) -> None:
    whole, for_all = (b"".join(form) for form in zip(*frames, strict=True))
    for listener in list(channel.listeners):
        listener.hand(whole if listener.hears_all else for_all)


def _hello(place: LivePlace) -> Frame:
    return _alike(f"id: {place}\nevent: hello\ndata: {{}}\n\n")


def _reset(place: LivePlace) -> Frame:
    return _alike(f"id: {place}\nevent: reset\ndata: {{}}\n\n")


def _alike(said: str) -> Frame:
    return Frame(said.encode(), said.encode())


def _place_or_none(cursor: str | None) -> LivePlace | None:
    try:
        return place_from(cursor) if cursor else None
    except BadInput:
        return None
