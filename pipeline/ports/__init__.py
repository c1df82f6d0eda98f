"""
What the pipeline asks of the world, in one place. Adapters implement these; `api.bootstrap` alone chooses them.

Every write is durable when the call returns, or raises StoreUnavailable and has written nothing. One behaviour suite
per port (tests/contracts/) runs over every adapter.
"""

from .beside import Blobs, Classifier, Clock, PosterTokens
from .bus import DeadLetter, Delivered, DeliveredFound, MentionBus, Position, PostBus
from .door import Admitted, Door
from .log import IncidentLog
from .outbox import Attempt, Channel, Delivery, Message, Outbox, Send
from .records import Record, Records
from .store import ErasureReceipt, GroupView, Head, Page, PostStore, StoredPost, Work

__all__ = [
    "Admitted",
    "Attempt",
    "Blobs",
    "Channel",
    "Classifier",
    "Clock",
    "DeadLetter",
    "Delivered",
    "DeliveredFound",
    "Delivery",
    "Door",
    "ErasureReceipt",
    "GroupView",
    "Head",
    "IncidentLog",
    "MentionBus",
    "Message",
    "Outbox",
    "Page",
    "Position",
    "PostBus",
    "PostStore",
    "PosterTokens",
    "Record",
    "Records",
    "Send",
    "StoredPost",
    "Work",
]
