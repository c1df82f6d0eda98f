"""
Which partition of a topic carries a key: the rule of Kafka's default partitioner, so that every adapter agrees.

murmur2 (Austin Appleby, public domain) with Kafka's seed over the key's UTF-8 bytes, the sign bit dropped, modulo the
number of partitions. Source: KIP-480 and org.apache.kafka.common.utils.Utils.murmur2, whose published test values
stand in tests/unit/pipeline/test_partition.py.
"""

_SEED = 0x9747B28C
_M = 0x5BD1E995
_SHIFT = 24
_WORD = 4
_ALL = 0xFFFFFFFF
_POSITIVE = 0x7FFFFFFF


def partition_of(key: str, partitions: int) -> int:
    """Return the partition of the key, from 0; raise ValueError where there is no partition at all."""
    if partitions < 1:
        raise ValueError("a topic has at least one partition")
    return (murmur2(key.encode()) & _POSITIVE) % partitions


def murmur2(data: bytes) -> int:
    """Return the hash of the bytes, unsigned, 32 bits."""
    mixed = (_SEED ^ len(data)) & _ALL
    whole = len(data) - len(data) % _WORD
    for start in range(0, whole, _WORD):
        word = int.from_bytes(data[start : start + _WORD], "little") * _M & _ALL
        word = (word ^ word >> _SHIFT) * _M & _ALL
        mixed = mixed * _M & _ALL ^ word
    if rest := data[whole:]:
        mixed = (mixed ^ int.from_bytes(rest, "little")) * _M & _ALL
    mixed = (mixed ^ mixed >> 13) * _M & _ALL
    return mixed ^ mixed >> 15
