"""Mask key material in recorded bytes, at equal length, with the digit 0, so that a record still parses and replays.

A key *reference* (``:64:logon:name``) is no secret and stays.
"""

import re

MASK = b"0"

# Each names the bytes to mask in its only group.
SECRETS = tuple(
    re.compile(pattern, re.DOTALL | re.IGNORECASE)
    for pattern in (
        rb"\bkey\s+set\s+([0-9a-f]+)(?![^\s\0])",  # a message to dm-crypt
        rb"crypt\0.{10}\S+ ([0-9a-f]+) \d",  # dm-crypt's second parameter, after dm_target_spec.target_type
        rb"\bcrypt \S+ ([0-9a-f]+) \d",  # the same in a table as text
        rb"\b(?:internal_hash|journal_crypt|journal_mac):[^:\s\0]+:([0-9a-f]+)",  # dm-integrity
    )
)

Span = tuple[int, int]


def secrets(data: bytes) -> list[Span]:
    """Where key material stands: (offset, length), in order."""
    return sorted({(found.start(1), len(found[1])) for pattern in SECRETS for found in pattern.finditer(data)})


def masked(data: bytes, spans: list[Span]) -> bytes:
    """The same bytes with each span overwritten."""
    copy = bytearray(data)
    for offset, length in spans:
        copy[offset : offset + length] = MASK * length
    return bytes(copy)


def redact(data: bytes) -> bytes:
    """The same bytes with all key material overwritten."""
    return masked(data, secrets(data))
