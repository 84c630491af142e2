"""What a careful programmer writes by hand, with dmproto's checks, for five kinds of value: header and target specs."""

import struct
from typing import Any

from bench.candidate import Candidate, fresh, with_attributes
from bench.peers.handwritten import HEADER_TYPES, MAKERS, decode_header, encode_header

SPEC_TYPES: list[tuple[str, Any]] = [
    ("sector_start", int),
    ("length", int),
    ("status", int),
    ("next", int),
    ("target_type", str),
    ("parameters", str),
]

UNPACK_SPEC = struct.Struct("<QQiI16s").unpack_from
PACK_SPEC = struct.Struct("<QQiI16s").pack

# Each candidate gets a copy of the functions below in which this stands for its own class.
Spec: Any = None


def decode_table(data: bytes) -> Any:
    """Read a header and its target specs, ``next`` being relative to the spec it stands in."""
    header = decode_header(data)
    end = header.data_size
    if len(data) > end:
        data = data[:end]
    else:
        end = len(data)
    offset = header.data_start
    if offset < 312:
        raise ValueError("data_start")
    specs = []
    for left in range(header.target_count, 0, -1):
        start = offset + 40
        # For the first spec this is a check of data_start.
        if offset & 7 or start > end:
            raise ValueError("spec not aligned or outside the data")
        sector_start, length, status, following, raw_type = UNPACK_SPEC(data, offset)
        offset += following
        # One cut of the whole record is faster than a search and a slice.
        raw_parameters, stop, _ = data[start:offset].partition(b"\0")
        if not stop:
            # No NUL before the next record; what the last record says of a next one does not matter.
            raw_parameters, stop, _ = data[start:].partition(b"\0")
            if left > 1 or not stop:
                raise ValueError("parameters without NUL, or next inside the record")
        raw_type, stop, _ = raw_type.partition(b"\0")
        if not stop:
            raise ValueError("target_type without NUL")
        try:
            target_type = raw_type.decode()
            parameters = raw_parameters.decode()
        except UnicodeDecodeError:
            target_type = raw_type.decode("utf-8", "surrogateescape")
            parameters = raw_parameters.decode("utf-8", "surrogateescape")
        specs.append(Spec(sector_start, length, status, following, target_type, parameters))
    return header, specs


def encode_table(table: Any) -> bytes:
    """Write a header and its target specs."""
    header, specs = table
    if header.data_start < 312 or header.data_start & 7 or header.target_count != len(specs):
        raise ValueError("data_start or target_count")
    parts = [encode_header(header), bytes(header.data_start - 312)]
    for spec in specs:
        try:
            target_type = spec.target_type.encode()
            parameters = spec.parameters.encode()
        except UnicodeEncodeError:
            target_type = spec.target_type.encode("utf-8", "surrogateescape")
            parameters = spec.parameters.encode("utf-8", "surrogateescape")
        if len(target_type) > 15 or 0 in target_type:
            raise ValueError("target_type")
        following = spec.next
        if 0 in parameters or following < 41 + len(parameters) or following & 7:
            raise ValueError("parameters or next")
        try:
            parts.append(PACK_SPEC(spec.sector_start, spec.length, spec.status, following, target_type))
        except struct.error as error:
            raise ValueError("number out of range") from error
        parts.append(parameters.ljust(following - 40, b"\0"))
    data = b"".join(parts)
    if len(data) > header.data_size:
        raise ValueError("data_size")
    return data


def candidates() -> list[Candidate]:
    """Return a candidate for each kind of value."""
    found = []
    for kind, make in MAKERS.items():
        header, spec = make("Header", HEADER_TYPES), make("Spec", SPEC_TYPES)
        names = {
            "decode": fresh(decode_table, Spec=spec, decode_header=fresh(decode_header, Header=header)),
            "encode": fresh(encode_table, encode_header=fresh(encode_header)),
        }
        found.append(
            with_attributes(
                f"hand struct + {kind}",
                "W3",
                names=names,
                decode="decode(data)",
                encode="encode(value)",
                is_strict=True,
            )
        )
    return found


CANDIDATES = candidates()
