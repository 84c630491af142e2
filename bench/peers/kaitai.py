"""kaitaistruct: classes in the shape that the Kaitai Struct compiler emits, written by hand (it was not run).

Reading uses the shape of ``ksc``, writing that of ``ksc --read-write``, whose reading is slower.
"""

import importlib
from io import BytesIO
from typing import Any

from bench.candidate import Candidate, field_values, plain_header, plain_spec, with_attributes
from bench.workloads import HEADER_FIELDS, SPEC_FIELDS, W1, W1_VALUE, W2, W2_VALUE, Plain

kaitaistruct: Any = importlib.import_module("kaitaistruct")
KaitaiStream: Any = kaitaistruct.KaitaiStream
KaitaiStruct: Any = kaitaistruct.KaitaiStruct
ReadWriteKaitaiStruct: Any = kaitaistruct.ReadWriteKaitaiStruct


def terminated(raw: bytes) -> str:
    """Return the text of a fixed-size string; the terminator is not optional for us, as it is for ksc."""
    if 0 not in raw:
        raise ValueError("text without NUL")
    text: bytes = KaitaiStream.bytes_terminate(raw, 0, False)
    return text.decode("UTF-8")


class Header(KaitaiStruct):  # type: ignore[misc,unused-ignore]
    """``struct dm_ioctl``."""

    def __init__(self, _io: Any, _parent: Any = None, _root: Any = None) -> None:
        super().__init__(_io)
        self._parent = _parent
        self._root = _root or self
        self._read()

    def _read(self) -> None:
        self.version = []
        for _ in range(3):
            self.version.append(self._io.read_u4le())
        if not self.version[0] == 4:
            raise kaitaistruct.ValidationNotEqualError(4, self.version[0], self._io, "/seq/0")
        self.data_size = self._io.read_u4le()
        if not self.data_size >= 305:
            raise kaitaistruct.ValidationLessThanError(305, self.data_size, self._io, "/seq/1")
        if not self.data_size <= 0x40000000:
            raise kaitaistruct.ValidationGreaterThanError(0x40000000, self.data_size, self._io, "/seq/1")
        self.data_start = self._io.read_u4le()
        self.target_count = self._io.read_u4le()
        self.open_count = self._io.read_s4le()
        self.flags = self._io.read_u4le()
        self.event_nr = self._io.read_u4le()
        self.padding = self._io.read_u4le()
        self.dev = self._io.read_u8le()
        self.name = terminated(self._io.read_bytes(128))
        self.uuid = terminated(self._io.read_bytes(129))


class Frame(KaitaiStruct):  # type: ignore[misc,unused-ignore]
    """The direct message frame."""

    def __init__(self, _io: Any, _parent: Any = None, _root: Any = None) -> None:
        super().__init__(_io)
        self._parent = _parent
        self._root = _root or self
        self._read()

    def _read(self) -> None:
        self.target_index = self._io.read_u4le()
        self.tag = self._io.read_u4le()
        self.length = self._io.read_u4le()
        if not self.length <= 64:
            raise kaitaistruct.ValidationGreaterThanError(64, self.length, self._io, "/seq/2")
        self.payload = self._io.read_bytes(self.length)


class Spec(KaitaiStruct):  # type: ignore[misc,unused-ignore]
    """``struct dm_target_spec`` and its parameters."""

    def __init__(self, _io: Any, _parent: Any = None, _root: Any = None) -> None:
        super().__init__(_io)
        self._parent = _parent
        self._root = _root or self
        self._read()

    def _read(self) -> None:
        self.sector_start = self._io.read_u8le()
        self.length = self._io.read_u8le()
        self.status = self._io.read_s4le()
        self.next = self._io.read_u4le()
        if not self.next % 8 == 0:
            raise kaitaistruct.ValidationExprError(self.next, self._io, "/types/spec/seq/3")
        self.target_type = terminated(self._io.read_bytes(16))
        self.parameters = terminated(self._io.read_bytes(self.next - 40))


class Table(KaitaiStruct):  # type: ignore[misc,unused-ignore]
    """A header and its target specs."""

    def __init__(self, _io: Any, _parent: Any = None, _root: Any = None) -> None:
        super().__init__(_io)
        self._parent = _parent
        self._root = _root or self
        self._read()

    def _read(self) -> None:
        self.header = Header(self._io, self, self._root)
        if not (self.header.data_start >= 312 and self.header.data_start % 8 == 0):
            raise kaitaistruct.ValidationExprError(self.header.data_start, self._io, "/seq/0")
        self._io.seek(self.header.data_start)
        self.specs = []
        for _ in range(self.header.target_count):
            self.specs.append(Spec(self._io, self, self._root))


class WritableHeader(ReadWriteKaitaiStruct):  # type: ignore[misc,unused-ignore]
    """``struct dm_ioctl``, to be written."""

    def __init__(self, _io: Any = None, _parent: Any = None, _root: Any = None) -> None:
        super().__init__(_io)
        self._parent = _parent
        self._root = _root or self

    def _fetch_instances(self) -> None:
        for _ in range(len(self.version)):
            pass

    def _write__seq(self, io: Any = None) -> None:
        super()._write__seq(io)
        for i in range(len(self.version)):
            self._io.write_u4le(self.version[i])
        self._io.write_u4le(self.data_size)
        self._io.write_u4le(self.data_start)
        self._io.write_u4le(self.target_count)
        self._io.write_s4le(self.open_count)
        self._io.write_u4le(self.flags)
        self._io.write_u4le(self.event_nr)
        self._io.write_u4le(self.padding)
        self._io.write_u8le(self.dev)
        self._io.write_bytes_limit(self.name.encode("UTF-8"), 128, 0, 0)
        self._io.write_bytes_limit(self.uuid.encode("UTF-8"), 129, 0, 0)
        self._io.write_bytes_limit(b"", 7, 0, 0)

    def _check(self) -> None:
        if len(self.version) != 3:
            raise kaitaistruct.ConsistencyError("version", 3, len(self.version))
        for name, text, size in (("name", self.name, 128), ("uuid", self.uuid, 129)):
            if len(text.encode("UTF-8")) >= size:
                raise kaitaistruct.ConsistencyError(name, size - 1, len(text.encode("UTF-8")))
            if KaitaiStream.byte_array_index_of(text.encode("UTF-8"), 0) != -1:
                raise kaitaistruct.ConsistencyError(name, -1, 0)
        self._dirty = False


class WritableFrame(ReadWriteKaitaiStruct):  # type: ignore[misc,unused-ignore]
    """The direct message frame, to be written."""

    def __init__(self, _io: Any = None, _parent: Any = None, _root: Any = None) -> None:
        super().__init__(_io)
        self._parent = _parent
        self._root = _root or self

    def _fetch_instances(self) -> None:
        pass

    def _write__seq(self, io: Any = None) -> None:
        super()._write__seq(io)
        self._io.write_u4le(self.target_index)
        self._io.write_u4le(self.tag)
        self._io.write_u4le(self.length)
        self._io.write_bytes(self.payload)

    def _check(self) -> None:
        if not self.length <= 64:
            raise kaitaistruct.ValidationGreaterThanError(64, self.length, None, "/seq/2")
        if len(self.payload) != self.length:
            raise kaitaistruct.ConsistencyError("payload", self.length, len(self.payload))
        self._dirty = False


def write(value: Any, size: int) -> bytes:
    """Write a checked value into a new stream."""
    stream = KaitaiStream(BytesIO(bytearray(size)))
    value._write(stream)
    written: bytes = stream.to_byte_array()
    return written


def build_header(*values: Any) -> WritableHeader:
    """Return a header ready to be written."""
    header = WritableHeader()
    (
        header.version,
        header.data_size,
        header.data_start,
        header.target_count,
        header.open_count,
        header.flags,
        header.event_nr,
        header.padding,
        header.dev,
        header.name,
        header.uuid,
    ) = values
    header._check()
    return header


def build_frame(target_index: int, tag: int, payload: bytes) -> WritableFrame:
    """Return a frame ready to be written."""
    frame = WritableFrame()
    frame.target_index = target_index
    frame.tag = tag
    frame.length = len(payload)
    frame.payload = payload
    frame._check()
    return frame


def plain_table(table: Table) -> Plain:
    """Return the plain value of a table."""
    return plain_header(table.header), tuple(map(plain_spec, table.specs))


READ_TABLE = (
    "header = o.header",
    *(f"header.{name}" for name in HEADER_FIELDS),
    "for spec in o.specs:",
    *(f"    spec.{name}" for name in SPEC_FIELDS),
)
NAME = "kaitaistruct (ksc shape)"

CANDIDATES = [
    with_attributes(
        NAME,
        "W1",
        names={
            **field_values("W1"),
            "read": Header.from_bytes,
            "write": write,
            "build": build_header,
            "writable": build_header(*W1_VALUE),
        },
        decode="read(data)",
        encode=f"write(writable, {len(W1.data)})",
        build=f"write(build({', '.join(HEADER_FIELDS)}), {len(W1.data)})",
    ),
    with_attributes(
        NAME,
        "W2",
        names={
            **field_values("W2"),
            "read": Frame.from_bytes,
            "write": write,
            "build": build_frame,
            "writable": build_frame(*W2_VALUE),
        },
        decode="read(data)",
        encode=f"write(writable, {len(W2.data)})",
        build=f"write(build(target_index, tag, payload), {len(W2.data)})",
    ),
    Candidate(NAME, "W3", {"read": Table.from_bytes}, decode="read(data)", read=READ_TABLE, plain=plain_table),
]
