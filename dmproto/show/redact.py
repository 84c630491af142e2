"""Secrets in a message: where they stand, and the message without them.

Overwritten at equal length, so that a record still parses and replays: hexadecimal keys with the digit 0, other text
with x. Secret are the key of a crypt line, of its `key set` message and of the keyed hashes and ciphers of an integrity
line; and whatever else is sent with DM_SECURE_DATA_FLAG, unless it is a line of a type known to hold no secret. A
reference into the keyring (`:32:logon:name`) is none, and neither is the `-` of an empty key.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from dmproto.errors import Refusal
from dmproto.model.words import BACKSLASH, SPACE
from dmproto.show.places import places
from dmproto.wire.checks import TEXT_ERRORS, text_of
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import DeviceMessage, TargetMsg, TargetSpec
from dmproto.wire.limits import HEADER_SIZE
from dmproto.wire.shape import Span

HEX: Final = frozenset(b"0123456789abcdefABCDEF")

Places = list[tuple[int, int]]
"""(offset, length) of each run of overwritten bytes, in order."""

Mask = bytes | bytearray
"""As long as what it hides: at each place the byte to be written over it, or 0 where it stays."""

_X: Final = bytes([0]) + b"x" * 255
"""`bytes.translate` with it writes x over all but NUL."""


class Word(NamedTuple):
    """A word as the kernel makes it of a text: its bytes without backslashes, and where each stands."""

    raw: bytes
    at: tuple[int, ...]

    def hide(self, mask: bytearray, start: int = 0) -> None:
        """Hide the word from this byte on, unless that is a reference or an empty key."""
        secret = self.raw[start:]
        if secret[:1] == b":" or secret == b"-":
            return
        over = ord("0") if HEX.issuperset(secret) else ord("x")
        for at in self.at[start:]:
            mask[at] = over


def words(raw: bytes) -> list[Word]:
    """The words of a text, split as the kernel splits them."""
    found: list[list[tuple[int, int]]] = [[]]
    index = 0
    while index < len(raw):
        if raw[index] == BACKSLASH and index + 1 < len(raw):
            index += 1
        elif raw[index] in SPACE:
            found.append([])
            index += 1
            continue
        found[-1].append((raw[index], index))
        index += 1
    return [Word(bytes(byte for byte, _ in word), tuple(at for _, at in word)) for word in found if word]


def _crypt(found: list[Word], mask: bytearray) -> None:
    for word in found[1:2]:
        word.hide(mask)


_KEYED: Final = re.compile(rb"(?:internal_hash|journal_crypt|journal_mac|meta_mac):[^:]*:", re.IGNORECASE)


def _integrity(found: list[Word], mask: bytearray) -> None:
    for word in found:
        keyed = _KEYED.match(word.raw)
        if keyed:
            word.hide(mask, keyed.end())


def _no_secret(found: list[Word], mask: bytearray) -> None:
    pass


LINES: Final[dict[str, Callable[[list[Word], bytearray], None]]] = {
    "crypt": _crypt,
    "integrity": _integrity,
    # cryptsetup loads these with DM_SECURE_DATA_FLAG; a root hash or a sector is no secret
    "error": _no_secret,
    "linear": _no_secret,
    "verity": _no_secret,
    "zero": _no_secret,
}
"""The target types whose lines are known: what hides their secrets. Of others all is secret that is sent as such."""


def line_mask(target_type: str, raw: bytes, secure: bool) -> Mask:
    """What hides the secrets of a target's line; `secure` where it was sent with DM_SECURE_DATA_FLAG."""
    known = LINES.get(target_type)
    if known is None:
        return raw.translate(_X) if secure else bytes(len(raw))
    mask = bytearray(len(raw))
    known(words(raw), mask)
    return mask


def message_mask(raw: bytes, secure: bool) -> Mask:
    """What hides the secrets of a message to a target."""
    found = words(raw)
    verb = [word.raw.lower() for word in found[:2]]
    if verb == [b"key", b"set"]:
        mask = bytearray(len(raw))
        for word in found[2:]:
            word.hide(mask)
        return mask
    return raw.translate(_X) if secure and verb != [b"key", b"wipe"] else bytes(len(raw))


def redact(value: Any) -> tuple[Any, Places]:
    """A message without its secrets, and where in its bytes they stood.

    Args:
        value: a `Request`, a `Reply` or a `DeviceMessage`. The payload of a direct message is private to its target:
            nothing is known of it, and nothing is overwritten.
    """
    redacted, masks = _redacted(value)
    return redacted, [run for at, mask in masks for run in _runs(mask, at)]


def _redacted(value: Any) -> tuple[Any, list[tuple[int, Mask]]]:
    """The message without its secrets, and each mask with the offset it was laid at."""
    if isinstance(value, DeviceMessage) or value.header is None or not value.payload:
        return value, []
    payload, secure = value.payload, is_secure(value)
    at = {span.path: span.offset for span in places(value)}
    masks: list[tuple[int, Mask]] = []
    redacted: Any = payload
    if isinstance(payload, bytes):
        masks.append((at["payload"], payload.translate(_X) if secure else bytes(len(payload))))
        redacted = overwritten(payload, masks[0][1])
    elif isinstance(payload, TargetMsg):
        text, mask = _text(payload.message, message_mask, secure)
        masks.append((at["payload.message"], mask))
        redacted = msgspec.structs.replace(payload, message=text)
    elif isinstance(payload, tuple) and isinstance(payload[0], TargetSpec):
        records = []
        for index, record in enumerate(payload):
            text, mask = _text(record.parameters, functools.partial(line_mask, record.target_type), secure)
            masks.append((at[f"payload[{index}].parameters"], mask))
            records.append(msgspec.structs.replace(record, parameters=text))
        redacted = tuple(records)
    return (msgspec.structs.replace(value, payload=redacted) if any(any(mask) for _, mask in masks) else value), masks


def is_secure(value: Any) -> bool:
    """Whether a message has DM_SECURE_DATA_FLAG."""
    header = getattr(value, "header", None)
    return header is not None and bool(header.flags & DmFlag.SECURE_DATA)


def _text(text: str, mask_of: Callable[[bytes, bool], Mask], secure: bool) -> tuple[str, Mask]:
    raw = text.encode("utf-8", TEXT_ERRORS)
    mask = mask_of(raw, secure)
    return text_of(overwritten(raw, mask)), mask


def overwritten(raw: bytes, mask: Mask) -> bytes:
    """Bytes with a mask over them."""
    return bytes(over or byte for byte, over in zip(raw, mask, strict=True)) if any(mask) else raw


def _runs(mask: Mask, by: int = 0) -> Places:
    return [(found.start() + by, found.end() - found.start()) for found in re.finditer(rb"[^\0]+", mask)]


_STRAYS: Final = tuple(
    re.compile(pattern, re.DOTALL | re.IGNORECASE)
    for pattern in (
        rb"\bkey\s+set\s+([0-9a-f]+)",
        rb"\bcrypt\0.{10}\s*[^\s\0]+\s+([0-9a-f]+)",
        rb"\bcrypt\s+[^\s\0]+\s+([0-9a-f]+)",
        rb"\b(?:internal_hash|journal_crypt|journal_mac|meta_mac):[^:\s\0]*:([0-9a-f]+)",
    )
)
"""Keys in memory or in a text whose structure is not known; each has its only group round the key."""


def stray_mask(raw: bytes, spans: Sequence[Span] = (), *, secure: bool = False, known: Iterable[bytes] = ()) -> Mask:
    """What hides the secrets in the bytes that belong to no field: what an earlier message left there.

    Args:
        raw: the bytes.
        spans: the fields, whose bytes are not looked at.
        secure: whether the message has DM_SECURE_DATA_FLAG: nothing behind the header is then shown.
        known: secrets to look for, as those of the request whose reply this is.
    """
    mask = bytearray(len(raw))
    if secure:
        mask[HEADER_SIZE:] = raw[HEADER_SIZE:].translate(_X)
    for secret in filter(None, known):
        at = raw.find(secret)
        while at >= 0:
            mask[at : at + len(secret)] = secret.translate(_X)
            at = raw.find(secret, at + len(secret))
    for pattern in _STRAYS:
        for found in pattern.finditer(raw):
            mask[slice(*found.span(1))] = b"0" * len(found[1])
    for span in spans:
        mask[span.offset : span.offset + span.size] = bytes(len(mask[span.offset : span.offset + span.size]))
    return mask


def redact_bytes(value: Any, raw: bytes, spans: Sequence[Span], known: Iterable[bytes] = ()) -> tuple[bytes, Places]:
    """The bytes of a message without its secrets, and where they stood.

    Args:
        value: the message, with them.
        raw: the bytes it was read from.
        spans: its fields.
        known: secrets that may stand in bytes of no field.
    """
    whole = bytearray(stray_mask(raw, spans, secure=is_secure(value), known=known))
    for at, mask in _redacted(value)[1]:
        whole[at : at + len(mask)] = mask[: max(len(raw) - at, 0)]
    return overwritten(raw, whole), _runs(whole)


def redact_error(error: Refusal) -> str:
    """The sentence of an error, without the start of a string that it may quote."""
    values = dict(error.values)
    if str(values.get("got", ""))[:1] == '"':
        values["got"] = '"...'
    return redact_text(Refusal(error.rule, **values).sentence)


def redact_text(text: str) -> str:
    """A text about messages, a command line for one, without the keys in it."""
    raw = text.encode("utf-8", "surrogatepass")
    return overwritten(raw, stray_mask(raw)).decode("utf-8", "surrogatepass")
