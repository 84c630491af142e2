"""Typed values, codecs for both byte orders and in-place accessors of every record of the wire.

Written by `python -m dmproto.wire.compile` from `layout.py`; change that one.
"""

# ruff: noqa
from __future__ import annotations

from collections.abc import Callable
from struct import Struct, pack, unpack_from
from struct import error as StructError
from typing import Any, NamedTuple

import msgspec

from dmproto.errors import EncodeError
from dmproto.wire.checks import Anomaly, Found, NameCache, escaped
from dmproto.wire.checks import check_start, counted, edge, fail, refuse_last, refuse_start, refuse_step, row, short
from dmproto.wire.checks import stray, text_of
from dmproto.wire.checks import misplaced as absent
from dmproto.wire.checks import unterminated
from dmproto.wire.decimals import Decimals
from dmproto.wire.flags import DmFlag, FlagCache
from dmproto.wire.shape import Part, Shape, check, refuse
from dmproto.wire.tables import TROUBLE, ByteCache, PackTable
from dmproto.wire.view import View

Buffer = bytes | bytearray
FLAGS = FlagCache(DmFlag)
BUFFER_FULL = 256

_NAMES_16_15 = NameCache(16, 15)
_BYTES_16_15 = ByteCache(15)
_NAMES_16_16 = NameCache(16, 16)
_BYTES_16_16 = ByteCache(15)
_DM_IOCTL_0 = (('version', 0, 12), ('data_size', 12, 4), ('data_start', 16, 4), ('target_count', 20, 4), ('open_count', 24, 4), ('flags', 28, 4), ('event_nr', 32, 4), ('padding', 36, 4), ('dev', 40, 8), ('name', 48, 128), ('uuid', 176, 129))
_TARGET_SPEC_LOAD_0 = (('sector_start', 0, 8), ('length', 8, 8), ('status', 16, 4), ('next', 20, 4), ('target_type', 24, 16))
_TARGET_SPEC_STATUS_0 = (('sector_start', 0, 8), ('length', 8, 8), ('status', 16, 4), ('next', 20, 4), ('target_type', 24, 16))
_NAME_LIST_37_0 = (('dev', 0, 8), ('next', 8, 4))
_NAME_LIST_37_4 = (('event_nr', 0, 4),)
_NAME_LIST_0_0 = (('dev', 0, 8), ('next', 8, 4))
_NAME_LIST_45_0 = (('dev', 0, 8), ('next', 8, 4))
_NAME_LIST_45_4 = (('event_nr', 0, 4), ('flags', 4, 4))
_DM_TARGET_DEPS_0 = (('count', 0, 4), ('padding', 4, 4))
_DM_TARGET_VERSIONS_0 = (('next', 0, 4), ('version', 4, 12))
_DM_TARGET_MSG_0 = (('sector', 0, 8),)
_DEVMESSAGE_0 = (('target_index', 0, 4), ('tag', 4, 4), ('length', 8, 4))
_DEVMESSAGE_UNTAGGED_0 = (('target_index', 0, 4), ('length', 4, 4))
_DEVMESSAGE_SIGNED_0 = (('target_index', 0, 4), ('tag', 4, 4), ('length', 8, 4))


class Header(msgspec.Struct, frozen=True, gc=False):
    """The head of every control message: 312 bytes, of which the first 305 are a whole header.

    Attributes:
        version: interface version: major, minor, patch level; the kernel answers its own.
        data_size: request: size of the buffer, the header included; reply: bytes the kernel copied back.
        data_start: where the payload starts, from the start of the header.
        target_count: targets in the table.
        open_count: how often the block device is open.
        flags: DM_*_FLAG; unknown bits are echoed.
        event_nr: event number; in a remove, rename or resume request a udev cookie and flags.
        padding: unused; comes back as sent.
        dev: device number in the kernel's huge encoding; only the low 32 bits count.
        name: name of the device.
        uuid: unique identifier of the device.
    """

    version: tuple[int, int, int] = (4, 0, 0)
    data_size: int = 312
    data_start: int = 312
    target_count: int = 0
    open_count: int = 0
    flags: DmFlag = DmFlag(0)
    event_nr: int = 0
    padding: int = 0
    dev: int = 0
    name: str = ''
    uuid: str = ''


class TargetSpec(msgspec.Struct, frozen=True, gc=False):
    """One target of a table to load: 40 bytes and the parameters, NUL-terminated.

    Attributes:
        sector_start: first sector of the target in the device.
        length: sectors the target covers.
        status: not used by the kernel, which answers 0.
        next: bytes from the start of this record to the next; not looked at in the last.
        target_type: name of the target type.
        parameters: constructor parameters; in an answer the status, table or IMA line.
    """

    sector_start: int = 0
    length: int = 0
    status: int = 0
    next: int = 0
    target_type: str = ''
    parameters: str = ''


class NameList(msgspec.Struct, frozen=True, gc=False):
    """One device of a list: number and name; after the name, 8-byte aligned, its event number, flags and uuid.

    Attributes:
        dev: device number.
        next: bytes from the start of this record to the next; 0 in the last.
        name: name of the device.
        event_nr: event number of the device.
        flags: 1: a uuid follows; 2: there is none; 0: not asked.
        uuid: unique identifier of the device.
    """

    dev: int
    next: int
    name: str
    event_nr: int | None = None
    flags: int | None = None
    uuid: str | None = None


class TargetDeps(msgspec.Struct, frozen=True, gc=False):
    """The devices a table uses, the last acquired first.

    Attributes:
        padding: unused; comes back as sent.
        dev: device numbers.
    """

    padding: int = 0
    dev: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many device numbers follow."""
        return len(self.dev)


class TargetVersions(msgspec.Struct, frozen=True, gc=False):
    """One target type and its version.

    Attributes:
        next: bytes from the start of this record to the next; 0 in the last.
        version: version of the target type.
        name: name of the target type.
    """

    next: int
    version: tuple[int, int, int]
    name: str


class TargetMsg(msgspec.Struct, frozen=True, gc=False):
    """A message to the target at a sector.

    Attributes:
        sector: sector of the device that picks the target; not looked at by the core's @ messages.
        message: words, split as constructor parameters are.
    """

    sector: int
    message: str


class MessageAnswer(msgspec.Struct, frozen=True, gc=False):
    """The text a message is answered with, where DM_DATA_OUT_FLAG is set.

    Attributes:
        message: the answer.
    """

    message: str


class Rename(msgspec.Struct, frozen=True, gc=False):
    """The new name of a device; with DM_UUID_FLAG its first uuid.

    Attributes:
        new_name: the name or, with DM_UUID_FLAG, the uuid.
    """

    new_name: str


class Geometry(Decimals, msgspec.Struct, frozen=True, gc=False):
    """The geometry HDIO_GETGEO is to answer: cylinders, heads, sectors and start sector, in decimal.

    Attributes:
        text: four decimal numbers separated by white space.
    """

    text: str


class DeviceMessage(msgspec.Struct, frozen=True, gc=False):
    """A direct device message: three words and at most 64 bytes.

    Attributes:
        target_index: which target of the active table, from 0.
        tag: meaning private to the target.
        payload: what the target is told.
        anomalies: what lenient decoding found.
    """

    target_index: int
    tag: int | None = 0
    payload: bytes = b''
    anomalies: tuple[Anomaly, ...] = ()

    @property
    def length(self) -> int:
        """Bytes of payload that follow."""
        return len(self.payload)


class DeviceNumber(msgspec.Struct, frozen=True, gc=False):
    """A block device number in the kernel's huge encoding (`huge_encode_dev`): 12 bits of major, 20 of minor."""

    major: int
    minor: int

    @classmethod
    def from_word(cls, word: int) -> DeviceNumber:
        """The parts of a word."""
        return cls((word >> 8 & 4095) << 0, (word >> 0 & 255) << 0 | (word >> 20 & 4095) << 8)

    @property
    def word(self) -> int:
        """The parts put together; what does not fit is refused."""
        if not 0 <= self.major <= 4095:
            raise EncodeError("major", "number/range", value=self.major, low=0, high=4095)
        if not 0 <= self.minor <= 1048575:
            raise EncodeError("minor", "number/range", value=self.minor, low=0, high=1048575)
        return (self.major >> 0 & 4095) << 8 | (self.minor >> 0 & 255) << 0 | (self.minor >> 8 & 4095) << 20


class UdevEvent(msgspec.Struct, frozen=True, gc=False):
    """An `event_nr` that carries a udev cookie: its low half in 16 bits, and udev flags in the other 16."""

    cookie: int
    flags: int

    @classmethod
    def from_word(cls, word: int) -> UdevEvent:
        """The parts of a word."""
        return cls((word >> 0 & 65535) << 0, (word >> 16 & 65535) << 0)

    @property
    def word(self) -> int:
        """The parts put together; what does not fit is refused."""
        if not 0 <= self.cookie <= 65535:
            raise EncodeError("cookie", "number/range", value=self.cookie, low=0, high=65535)
        if not 0 <= self.flags <= 65535:
            raise EncodeError("flags", "number/range", value=self.flags, low=0, high=65535)
        return (self.cookie >> 0 & 65535) << 0 | (self.flags >> 0 & 65535) << 16


SHAPES: dict[str, Shape] = {
    "dm_ioctl": Shape(
        'Header',
        (),
        (
            Part("row", "version", "I", 12, items=3, within=('header/version', 4, 4, 0)),
            Part("word", "data_size", "I", 4, within=('header/data-size', 305, 1073741824, None)),
            Part("word", "data_start", "I", 4),
            Part("word", "target_count", "I", 4),
            Part("word", "open_count", "i", 4),
            Part("word", "flags", "I", 4),
            Part("word", "event_nr", "I", 4),
            Part("word", "padding", "I", 4),
            Part("word", "dev", "Q", 8),
            Part("chars", "name", size=128, limit=127, items=128),
            Part("chars", "uuid", size=129, limit=128, items=129),
        ),
    ),
    "target_spec_load": Shape(
        'TargetSpec',
        (),
        (
            Part("word", "sector_start", "Q", 8),
            Part("word", "length", "Q", 8),
            Part("word", "status", "i", 4),
            Part("word", "next", "I", 4),
            Part("chars", "target_type", size=16, limit=15, items=16),
            Part("text", "parameters", limit=None),
        ),
    ),
    "target_spec_status": Shape(
        'TargetSpec',
        (),
        (
            Part("word", "sector_start", "Q", 8),
            Part("word", "length", "Q", 8),
            Part("word", "status", "i", 4),
            Part("word", "next", "I", 4),
            Part("chars", "target_type", size=16, limit=15, items=15),
            Part("text", "parameters", limit=None),
        ),
    ),
    "name_list_37": Shape(
        'NameList',
        ('flags', 'uuid'),
        (
            Part("word", "dev", "Q", 8),
            Part("word", "next", "I", 4),
            Part("text", "name", limit=127),
            Part("align", size=8),
            Part("word", "event_nr", "I", 4),
        ),
    ),
    "name_list_0": Shape(
        'NameList',
        ('event_nr', 'flags', 'uuid'),
        (
            Part("word", "dev", "Q", 8),
            Part("word", "next", "I", 4),
            Part("text", "name", limit=127),
        ),
    ),
    "name_list_45": Shape(
        'NameList',
        (),
        (
            Part("word", "dev", "Q", 8),
            Part("word", "next", "I", 4),
            Part("text", "name", limit=127),
            Part("align", size=8),
            Part("word", "event_nr", "I", 4),
            Part("word", "flags", "I", 4),
            Part("text", "uuid", limit=128, when=('flags', 1)),
        ),
    ),
    "dm_target_deps": Shape(
        'TargetDeps',
        (),
        (
            Part("word", "count", "I", 4, counts='dev'),
            Part("word", "padding", "I", 4),
            Part("words", "dev", "Q"),
        ),
    ),
    "dm_target_versions": Shape(
        'TargetVersions',
        (),
        (
            Part("word", "next", "I", 4),
            Part("row", "version", "I", 12, items=3),
            Part("text", "name", limit=15),
        ),
    ),
    "dm_target_msg": Shape(
        'TargetMsg',
        (),
        (
            Part("word", "sector", "Q", 8),
            Part("text", "message", limit=None),
        ),
    ),
    "message_answer": Shape(
        'MessageAnswer',
        (),
        (
            Part("text", "message", limit=None),
        ),
    ),
    "rename_name": Shape(
        'Rename',
        (),
        (
            Part("text", "new_name", limit=127),
        ),
    ),
    "rename_uuid": Shape(
        'Rename',
        (),
        (
            Part("text", "new_name", limit=128),
        ),
    ),
    "geometry": Shape(
        'Geometry',
        (),
        (
            Part("text", "text", limit=None),
        ),
    ),
    "devmessage": Shape(
        'DeviceMessage',
        (),
        (
            Part("word", "target_index", "I", 4),
            Part("word", "tag", "I", 4),
            Part("word", "length", "I", 4, counts='payload'),
            Part("payload", "payload", limit=64),
        ),
    ),
    "devmessage_untagged": Shape(
        'DeviceMessage',
        ('tag',),
        (
            Part("word", "target_index", "I", 4),
            Part("word", "length", "I", 4, counts='payload'),
            Part("payload", "payload", limit=64),
        ),
    ),
    "devmessage_signed": Shape(
        'DeviceMessage',
        (),
        (
            Part("word", "target_index", "i", 4),
            Part("word", "tag", "i", 4),
            Part("word", "length", "i", 4, counts='payload'),
            Part("payload", "payload", limit=64),
        ),
    ),
}

PAYLOADS: dict[str, Callable[[Header], str | None]] = {
    "table_load": lambda header: ("target_spec_load") if header.target_count else None,
    "target_msg": lambda header: "dm_target_msg",
    "rename": lambda header: "rename_uuid" if header.flags & 16384 else "rename_name",
    "geometry": lambda header: "geometry",
    "table_status": lambda header: ("target_spec_status") if header.data_size > 305 else None,
    "name_list": lambda header: ("name_list_45" if header.version[1] >= 45 else "name_list_37" if header.version[1] >= 37 else "name_list_0") if header.data_size > 305 else None,
    "target_versions": lambda header: ("dm_target_versions") if header.data_size > 305 else None,
    "target_deps": lambda header: ("dm_target_deps") if header.data_size > 305 else None,
    "message_answer": lambda header: ("message_answer") if header.data_size > 305 else None,
}
"""The shape of each payload's records, by what the header says; None where there is no payload."""
CHAINS: dict[str, str] = {'table_load': 'record', 'table_status': 'first', 'name_list': 'record', 'target_versions': 'record'}
"""The payloads that are chains, and what their `next` counts from."""


class HeaderView(View):
    """A `dm_ioctl` in place: its fixed part."""

    SIZE = 305
    OFFSETS = {'version': 0, 'data_size': 12, 'data_start': 16, 'target_count': 20, 'open_count': 24, 'flags': 28, 'event_nr': 32, 'padding': 36, 'dev': 40, 'name': 48, 'uuid': 176}

    __slots__ = ()

    @property
    def version(self) -> tuple[int, ...]:
        """Interface version: major, minor, patch level; the kernel answers its own."""
        return self._row("I", 0, 3)

    @version.setter
    def version(self, value: tuple[int, ...]) -> None:
        self._set_row("I", 0, "version", value, 3)

    @property
    def data_size(self) -> int:
        """Request: size of the buffer, the header included; reply: bytes the kernel copied back."""
        return self._word("I", 12)

    @data_size.setter
    def data_size(self, value: int) -> None:
        self._set_word("I", 12, "data_size", value)

    @property
    def data_start(self) -> int:
        """Where the payload starts, from the start of the header."""
        return self._word("I", 16)

    @data_start.setter
    def data_start(self, value: int) -> None:
        self._set_word("I", 16, "data_start", value)

    @property
    def target_count(self) -> int:
        """Targets in the table."""
        return self._word("I", 20)

    @target_count.setter
    def target_count(self, value: int) -> None:
        self._set_word("I", 20, "target_count", value)

    @property
    def open_count(self) -> int:
        """How often the block device is open."""
        return self._word("i", 24)

    @open_count.setter
    def open_count(self, value: int) -> None:
        self._set_word("i", 24, "open_count", value)

    @property
    def flags(self) -> int:
        """DM_*_FLAG; unknown bits are echoed."""
        return self._word("I", 28)

    @flags.setter
    def flags(self, value: int) -> None:
        self._set_word("I", 28, "flags", value)

    @property
    def event_nr(self) -> int:
        """Event number; in a remove, rename or resume request a udev cookie and flags."""
        return self._word("I", 32)

    @event_nr.setter
    def event_nr(self, value: int) -> None:
        self._set_word("I", 32, "event_nr", value)

    @property
    def padding(self) -> int:
        """Unused; comes back as sent."""
        return self._word("I", 36)

    @padding.setter
    def padding(self, value: int) -> None:
        self._set_word("I", 36, "padding", value)

    @property
    def dev(self) -> int:
        """Device number in the kernel's huge encoding; only the low 32 bits count."""
        return self._word("Q", 40)

    @dev.setter
    def dev(self, value: int) -> None:
        self._set_word("Q", 40, "dev", value)

    @property
    def name(self) -> str:
        """Name of the device."""
        return self._chars(48, 128)

    @name.setter
    def name(self, value: str) -> None:
        self._set_chars(48, 128, "name", value)

    @property
    def uuid(self) -> str:
        """Unique identifier of the device."""
        return self._chars(176, 129)

    @uuid.setter
    def uuid(self, value: str) -> None:
        self._set_chars(176, 129, "uuid", value)


class TargetSpecView(View):
    """A `dm_target_spec` in place: its fixed part."""

    SIZE = 40
    OFFSETS = {'sector_start': 0, 'length': 8, 'status': 16, 'next': 20, 'target_type': 24}

    __slots__ = ()

    @property
    def sector_start(self) -> int:
        """First sector of the target in the device."""
        return self._word("Q", 0)

    @sector_start.setter
    def sector_start(self, value: int) -> None:
        self._set_word("Q", 0, "sector_start", value)

    @property
    def length(self) -> int:
        """Sectors the target covers."""
        return self._word("Q", 8)

    @length.setter
    def length(self, value: int) -> None:
        self._set_word("Q", 8, "length", value)

    @property
    def status(self) -> int:
        """Not used by the kernel, which answers 0."""
        return self._word("i", 16)

    @status.setter
    def status(self, value: int) -> None:
        self._set_word("i", 16, "status", value)

    @property
    def next(self) -> int:
        """Bytes from the start of the first record to the one after this; set in the last one, too."""
        return self._word("I", 20)

    @next.setter
    def next(self, value: int) -> None:
        self._set_word("I", 20, "next", value)

    @property
    def target_type(self) -> str:
        """Name of the target type."""
        return self._chars(24, 16)

    @target_type.setter
    def target_type(self, value: str) -> None:
        self._set_chars(24, 16, "target_type", value)


class NameListView(View):
    """A `dm_name_list` in place: its fixed part."""

    SIZE = 12
    OFFSETS = {'dev': 0, 'next': 8}

    __slots__ = ()

    @property
    def dev(self) -> int:
        """Device number."""
        return self._word("Q", 0)

    @dev.setter
    def dev(self, value: int) -> None:
        self._set_word("Q", 0, "dev", value)

    @property
    def next(self) -> int:
        """Bytes from the start of this record to the next; 0 in the last."""
        return self._word("I", 8)

    @next.setter
    def next(self, value: int) -> None:
        self._set_word("I", 8, "next", value)


class TargetDepsView(View):
    """A `dm_target_deps` in place: its fixed part."""

    SIZE = 8
    OFFSETS = {'count': 0, 'padding': 4}

    __slots__ = ()

    @property
    def count(self) -> int:
        """How many device numbers follow."""
        return self._word("I", 0)

    @count.setter
    def count(self, value: int) -> None:
        self._set_word("I", 0, "count", value)

    @property
    def padding(self) -> int:
        """Unused; comes back as sent."""
        return self._word("I", 4)

    @padding.setter
    def padding(self, value: int) -> None:
        self._set_word("I", 4, "padding", value)


class TargetVersionsView(View):
    """A `dm_target_versions` in place: its fixed part."""

    SIZE = 16
    OFFSETS = {'next': 0, 'version': 4}

    __slots__ = ()

    @property
    def next(self) -> int:
        """Bytes from the start of this record to the next; 0 in the last."""
        return self._word("I", 0)

    @next.setter
    def next(self, value: int) -> None:
        self._set_word("I", 0, "next", value)

    @property
    def version(self) -> tuple[int, ...]:
        """Version of the target type."""
        return self._row("I", 4, 3)

    @version.setter
    def version(self, value: tuple[int, ...]) -> None:
        self._set_row("I", 4, "version", value, 3)


class TargetMsgView(View):
    """A `dm_target_msg` in place: its fixed part."""

    SIZE = 8
    OFFSETS = {'sector': 0}

    __slots__ = ()

    @property
    def sector(self) -> int:
        """Sector of the device that picks the target; not looked at by the core's @ messages."""
        return self._word("Q", 0)

    @sector.setter
    def sector(self, value: int) -> None:
        self._set_word("Q", 0, "sector", value)


class Codec(NamedTuple):
    """All decoders and encoders for one byte order."""

    order: str
    decode_dm_ioctl: Callable[..., Header]
    encode_dm_ioctl: Callable[[Header], bytes]
    decode_payload: dict[str, Callable[[Buffer, Header, Found], Any]]
    encode_payload: dict[str, Callable[[Header, Any], bytes]]
    decode_frame: dict[str, Callable[..., DeviceMessage]]
    encode_frame: dict[str, Callable[[DeviceMessage], bytes]]
    project_loop: Callable[..., tuple[int, int, int, int]]


def _codec(order: str) -> Codec:
    dm_ioctl_unpack_0 = Struct(order + "3IIIIiIIIQ128s129s").unpack_from
    target_spec_load_unpack_0 = Struct(order + "QQiI16s").unpack_from
    target_spec_load_pack_0 = PackTable(order + "QQiI16s")
    target_spec_status_unpack_0 = Struct(order + "QQiI16s").unpack_from
    target_spec_status_pack_0 = PackTable(order + "QQiI16s")
    name_list_37_unpack_0 = Struct(order + "QI").unpack_from
    name_list_37_unpack_4 = Struct(order + "I").unpack_from
    name_list_37_pack_0 = Struct(order + "QI").pack
    name_list_37_pack_4 = Struct(order + "I").pack
    name_list_0_unpack_0 = Struct(order + "QI").unpack_from
    name_list_0_pack_0 = PackTable(order + "QI")
    name_list_45_unpack_0 = Struct(order + "QI").unpack_from
    name_list_45_unpack_4 = Struct(order + "II").unpack_from
    name_list_45_pack_0 = Struct(order + "QI").pack
    name_list_45_pack_4 = Struct(order + "II").pack
    dm_target_deps_unpack_0 = Struct(order + "II").unpack_from
    dm_target_deps_pack_0 = Struct(order + "II").pack
    dm_target_versions_unpack_0 = Struct(order + "I3I").unpack_from
    dm_target_versions_pack_0 = PackTable(order + "I3I")
    dm_target_msg_unpack_0 = Struct(order + "Q").unpack_from
    dm_target_msg_pack_0 = PackTable(order + "Q")
    devmessage_unpack_0 = Struct(order + "III").unpack_from
    devmessage_untagged_unpack_0 = Struct(order + "II").unpack_from
    devmessage_signed_unpack_0 = Struct(order + "iii").unpack_from
    def decode_dm_ioctl(data: Buffer, found: Found = None) -> Header:
        try:
            version_0, version_1, version_2, data_size, data_start, target_count, open_count, flags, event_nr, padding, dev, name_raw, uuid_raw = dm_ioctl_unpack_0(data)
        except StructError:
            short(found, "header", 0, _DM_IOCTL_0, len(data), "buffer/short")
            version_0, version_1, version_2, data_size, data_start, target_count, open_count, flags, event_nr, padding, dev, name_raw, uuid_raw = dm_ioctl_unpack_0(bytes(data) + bytes(305))
        if version_0 != 4:
            fail(found, "header.version", 0, "header/version", value=(version_0, version_1, version_2), low=4, high=4)
        if not 305 <= data_size <= 1073741824:
            fail(found, "header.data_size", 12, "header/data-size", value=data_size, low=305, high=1073741824)
        name_raw, nul, _ = name_raw.partition(b"\0")
        if not nul:
            fail(found, "header.name", 48, "text/terminated", limit=48 + 128)
        try:
            name = name_raw.decode()
        except UnicodeDecodeError:
            name = text_of(name_raw)
        uuid_raw, nul, _ = uuid_raw.partition(b"\0")
        if not nul:
            fail(found, "header.uuid", 176, "text/terminated", limit=176 + 129)
        try:
            uuid = uuid_raw.decode()
        except UnicodeDecodeError:
            uuid = text_of(uuid_raw)
        return Header((version_0, version_1, version_2), data_size, data_start, target_count, open_count, FLAGS[flags], event_nr, padding, dev, name, uuid)

    dm_ioctl_pack_0 = Struct(order + "3IIIIiIIIQ128s129s7x").pack

    def encode_dm_ioctl(value: Header) -> bytes:
        try:
            try:
                name = value.name.encode()
                uuid = value.uuid.encode()
            except UnicodeEncodeError:
                name = escaped(value.name)
                uuid = escaped(value.uuid)
            version = value.version
            version_0, version_1, version_2 = version
            data_size = value.data_size
            if type(value) is not Header or type(version) is not tuple or version_0 != 4 or not 305 <= data_size <= 1073741824 or len(name) > 127 or 0 in name or len(uuid) > 128 or 0 in uuid:
                check(SHAPES["dm_ioctl"], value, "header")
            return dm_ioctl_pack_0(version_0, version_1, version_2, data_size, value.data_start, value.target_count, value.open_count, value.flags, value.event_nr, value.padding, value.dev, name, uuid)
        except TROUBLE:
            refuse(SHAPES["dm_ioctl"], value, "header")

    def decode_table_load(data: Buffer, header: Header, found: Found) -> Any:
        if not (header.target_count):
            return ()
        limit = len(data)
        at = header.data_start
        if header.data_size < limit:
            limit = header.data_size
        if at < 312 or at > limit or at & 7:
            if check_start(found, at, 312, 8, limit, edge(len(data), header.data_size)):
                return ()
        left = header.target_count
        if at + 40 > limit:
            short(found, "payload[0]", at, _TARGET_SPEC_LOAD_0, limit, edge(len(data), header.data_size))
            return ()
        if len(data) > limit:
            data = data[:limit]
        values: list[TargetSpec] = []
        add = values.append
        while True:
            sector_start, length, status, next, target_type_raw = target_spec_load_unpack_0(data, at)
            target_type = _NAMES_16_16[target_type_raw]
            if target_type is None:
                fail(found, f"payload[{len(values)}].target_type", at + 24, "text/terminated", limit=at + 24 + 16)
                target_type = text_of(target_type_raw)
            then = at + next
            begin = at + 40
            raw, nul, _ = data[begin:then].partition(b"\0")
            if not nul:
                stop = data.find(b"\0", begin, limit)
                if stop < 0:
                    unterminated(found, f"payload[{len(values)}].parameters", begin, limit, len(data), header.data_size)
                    stop = limit
                raw = data[begin:stop]
            try:
                parameters = raw.decode()
            except UnicodeDecodeError:
                parameters = text_of(raw)
            add(TargetSpec(sector_start, length, status, next, target_type, parameters))
            left -= 1
            if not left:
                break
            if not nul or next & 7 or then + 40 > limit:
                end = begin + len(raw) + 1
                where = f"payload[{len(values) - 1}].next"
                rule = edge(len(data), header.data_size)
                if stray(found, where, at + 20, next, then, end, 40, limit, rule):
                    break
            at = then
        return tuple(values)

    def encode_table_load(header: Header, payload: Any) -> bytes:
        if not (header.target_count):
            if payload != ():
                absent(payload, "payload")
            return b""
        at, limit = header.data_start, header.data_size
        if at < 312 or at > limit or at & 7:
            refuse_start(at, 312, 8, limit)
        if type(payload) is not tuple:
            row(payload, "payload", None)
        pieces: list[bytes] = []
        add = pieces.append
        most = limit - 40
        left = len(payload)
        for value in payload:
            try:
                try:
                    parameters = value.parameters.encode()
                except UnicodeEncodeError:
                    parameters = escaped(value.parameters)
                target_type = _BYTES_16_16[value.target_type]
                if type(value) is not TargetSpec or 0 in parameters:
                    check(SHAPES["target_spec_load"], value, f"payload[{len(pieces)}]")
                next = value.next
                left -= 1
                if left:
                    then = at + next
                    if next < 41 + len(parameters) or next & 7 or then > most:
                        check(SHAPES["target_spec_load"], value, f"payload[{len(pieces)}]")
                        refuse_step(len(pieces), next, then, at + 41 + len(parameters), 40, limit)
                    piece = target_spec_load_pack_0[next - 40](value.sector_start, value.length, value.status, next, target_type, parameters)
                else:
                    then = at + 41 + len(parameters)
                    if then > limit:
                        check(SHAPES["target_spec_load"], value, f"payload[{len(pieces)}]")
                        refuse_last(len(pieces), next, then, limit)
                    piece = target_spec_load_pack_0[len(parameters) + 1](value.sector_start, value.length, value.status, next, target_type, parameters)
            except TROUBLE:
                refuse(SHAPES["target_spec_load"], value, f"payload[{len(pieces)}]")
            add(piece)
            at = then
        count = header.target_count
        if count != len(pieces):
            raise EncodeError("header.target_count", "chain/count", wanted=len(pieces), got=count)
        return b"".join(pieces)

    def decode_target_msg(data: Buffer, header: Header, found: Found) -> Any:
        limit = len(data)
        at = header.data_start
        if header.data_size < limit:
            limit = header.data_size
        if at < 305 or at > limit:
            if check_start(found, at, 305, 1, limit, edge(len(data), header.data_size)):
                return None
        if at + 8 > limit:
            short(found, "payload", at, _DM_TARGET_MSG_0, limit, edge(len(data), header.data_size))
            return None
        sector, = dm_target_msg_unpack_0(data, at)
        begin = at + 8
        stop = data.find(b"\0", begin, limit)
        if stop < 0:
            unterminated(found, "payload.message", begin, limit, len(data), header.data_size)
            stop = limit
        end = stop + 1
        try:
            message = data[begin:stop].decode()
        except UnicodeDecodeError:
            message = text_of(data[begin:stop])
        return TargetMsg(sector, message)

    def encode_target_msg(header: Header, payload: Any) -> bytes:
        at, limit = header.data_start, header.data_size
        if at < 305 or at > limit:
            refuse_start(at, 305, 1, limit)
        value = payload
        try:
            try:
                message = value.message.encode()
            except UnicodeEncodeError:
                message = escaped(value.message)
            if type(value) is not TargetMsg or 0 in message:
                check(SHAPES["dm_target_msg"], value, "payload")
            piece = dm_target_msg_pack_0[len(message) + 1](value.sector, message)
        except TROUBLE:
            refuse(SHAPES["dm_target_msg"], value, "payload")
        if at + len(piece) > limit:
            raise EncodeError("header.data_size", "payload/bounds", end=at + len(piece), limit=limit)
        return piece

    def read_rename_uuid(data: Buffer, header: Header, found: Found, at: int, limit: int) -> Any:
        stop = data.find(b"\0", at, limit)
        if stop < 0:
            unterminated(found, "payload.new_name", at, limit, len(data), header.data_size)
            stop = limit
        elif stop - at > 128:
            fail(found, "payload.new_name", at, "text/limit", size=stop - at, limit=128)
        end = stop + 1
        try:
            new_name = data[at:stop].decode()
        except UnicodeDecodeError:
            new_name = text_of(data[at:stop])
        return Rename(new_name)

    def read_rename_name(data: Buffer, header: Header, found: Found, at: int, limit: int) -> Any:
        stop = data.find(b"\0", at, limit)
        if stop < 0:
            unterminated(found, "payload.new_name", at, limit, len(data), header.data_size)
            stop = limit
        elif stop - at > 127:
            fail(found, "payload.new_name", at, "text/limit", size=stop - at, limit=127)
        end = stop + 1
        try:
            new_name = data[at:stop].decode()
        except UnicodeDecodeError:
            new_name = text_of(data[at:stop])
        return Rename(new_name)

    def decode_rename(data: Buffer, header: Header, found: Found) -> Any:
        limit = len(data)
        at = header.data_start
        if header.data_size < limit:
            limit = header.data_size
        if at < 305 or at > limit:
            if check_start(found, at, 305, 1, limit, edge(len(data), header.data_size)):
                return None
        if header.flags & 16384:
            return read_rename_uuid(data, header, found, at, limit)
        return read_rename_name(data, header, found, at, limit)

    def write_rename_uuid(header: Header, payload: Any, at: int, limit: int) -> bytes:
        value = payload
        try:
            try:
                new_name = value.new_name.encode()
            except UnicodeEncodeError:
                new_name = escaped(value.new_name)
            if type(value) is not Rename or len(new_name) > 128 or 0 in new_name:
                check(SHAPES["rename_uuid"], value, "payload")
            piece: bytes = new_name + b"\0"
        except TROUBLE:
            refuse(SHAPES["rename_uuid"], value, "payload")
        if at + len(piece) > limit:
            raise EncodeError("header.data_size", "payload/bounds", end=at + len(piece), limit=limit)
        return piece

    def write_rename_name(header: Header, payload: Any, at: int, limit: int) -> bytes:
        value = payload
        try:
            try:
                new_name = value.new_name.encode()
            except UnicodeEncodeError:
                new_name = escaped(value.new_name)
            if type(value) is not Rename or len(new_name) > 127 or 0 in new_name:
                check(SHAPES["rename_name"], value, "payload")
            piece: bytes = new_name + b"\0"
        except TROUBLE:
            refuse(SHAPES["rename_name"], value, "payload")
        if at + len(piece) > limit:
            raise EncodeError("header.data_size", "payload/bounds", end=at + len(piece), limit=limit)
        return piece

    def encode_rename(header: Header, payload: Any) -> bytes:
        at, limit = header.data_start, header.data_size
        if at < 305 or at > limit:
            refuse_start(at, 305, 1, limit)
        if header.flags & 16384:
            return write_rename_uuid(header, payload, at, limit)
        return write_rename_name(header, payload, at, limit)

    def decode_geometry(data: Buffer, header: Header, found: Found) -> Any:
        limit = len(data)
        at = header.data_start
        if header.data_size < limit:
            limit = header.data_size
        if at < 305 or at > limit:
            if check_start(found, at, 305, 1, limit, edge(len(data), header.data_size)):
                return None
        stop = data.find(b"\0", at, limit)
        if stop < 0:
            unterminated(found, "payload.text", at, limit, len(data), header.data_size)
            stop = limit
        end = stop + 1
        try:
            text = data[at:stop].decode()
        except UnicodeDecodeError:
            text = text_of(data[at:stop])
        return Geometry(text)

    def encode_geometry(header: Header, payload: Any) -> bytes:
        at, limit = header.data_start, header.data_size
        if at < 305 or at > limit:
            refuse_start(at, 305, 1, limit)
        value = payload
        try:
            try:
                text = value.text.encode()
            except UnicodeEncodeError:
                text = escaped(value.text)
            if type(value) is not Geometry or 0 in text:
                check(SHAPES["geometry"], value, "payload")
            piece: bytes = text + b"\0"
        except TROUBLE:
            refuse(SHAPES["geometry"], value, "payload")
        if at + len(piece) > limit:
            raise EncodeError("header.data_size", "payload/bounds", end=at + len(piece), limit=limit)
        return piece

    def decode_table_status(data: Buffer, header: Header, found: Found) -> Any:
        if not (header.data_size > 305):
            return ()
        limit = len(data)
        at = header.data_start
        if header.data_size < limit:
            limit = header.data_size
        if at < 305 or at > limit:
            if check_start(found, at, 305, 1, limit, edge(len(data), header.data_size)):
                return ()
        left = header.target_count
        if not left:
            return ()
        if at + 40 > limit:
            short(found, "payload[0]", at, _TARGET_SPEC_STATUS_0, limit, edge(len(data), header.data_size))
            return ()
        if len(data) > limit:
            data = data[:limit]
        values: list[TargetSpec] = []
        add = values.append
        first = at
        while True:
            sector_start, length, status, next, target_type_raw = target_spec_status_unpack_0(data, at)
            target_type = _NAMES_16_15[target_type_raw]
            then = first + next
            begin = at + 40
            raw, nul, _ = data[begin:then].partition(b"\0")
            if not nul:
                stop = data.find(b"\0", begin, limit)
                if stop < 0:
                    unterminated(found, f"payload[{len(values)}].parameters", begin, limit, len(data), header.data_size)
                    stop = limit
                raw = data[begin:stop]
            try:
                parameters = raw.decode()
            except UnicodeDecodeError:
                parameters = text_of(raw)
            add(TargetSpec(sector_start, length, status, next, target_type, parameters))
            left -= 1
            if not left:
                break
            if not nul or next & 7 or then + 40 > limit:
                end = begin + len(raw) + 1
                if end == header.data_size and header.flags & BUFFER_FULL:
                    break
                where = f"payload[{len(values) - 1}].next"
                rule = edge(len(data), header.data_size)
                if stray(found, where, at + 20, next, then, end, 40, limit, rule):
                    break
            at = then
        return tuple(values)

    def encode_table_status(header: Header, payload: Any) -> bytes:
        if not (header.data_size > 305):
            if payload != ():
                absent(payload, "payload")
            return b""
        at, limit = header.data_start, header.data_size
        if at < 305 or at > limit:
            refuse_start(at, 305, 1, limit)
        if type(payload) is not tuple:
            row(payload, "payload", None)
        pieces: list[bytes] = []
        add = pieces.append
        most = limit - 40
        first = at
        left = len(payload)
        for value in payload:
            try:
                try:
                    parameters = value.parameters.encode()
                except UnicodeEncodeError:
                    parameters = escaped(value.parameters)
                target_type = _BYTES_16_15[value.target_type]
                if type(value) is not TargetSpec or 0 in parameters:
                    check(SHAPES["target_spec_status"], value, f"payload[{len(pieces)}]")
                next = value.next
                left -= 1
                if left:
                    then = first + next
                    if then - at < 41 + len(parameters) or next & 7 or then > most:
                        check(SHAPES["target_spec_status"], value, f"payload[{len(pieces)}]")
                        refuse_step(len(pieces), next, then, at + 41 + len(parameters), 40, limit)
                    piece = target_spec_status_pack_0[then - at - 40](value.sector_start, value.length, value.status, next, target_type, parameters)
                else:
                    then = at + 41 + len(parameters)
                    if then > limit:
                        check(SHAPES["target_spec_status"], value, f"payload[{len(pieces)}]")
                        refuse_last(len(pieces), next, then, limit)
                    piece = target_spec_status_pack_0[len(parameters) + 1](value.sector_start, value.length, value.status, next, target_type, parameters)
            except TROUBLE:
                refuse(SHAPES["target_spec_status"], value, f"payload[{len(pieces)}]")
            add(piece)
            at = then
        count = header.target_count
        if count != len(pieces) and not (count > len(pieces) and header.flags & BUFFER_FULL and at == limit):
            raise EncodeError("header.target_count", "chain/count", wanted=len(pieces), got=count)
        return b"".join(pieces)

    def read_name_list_45(data: Buffer, header: Header, found: Found, at: int, limit: int) -> Any:
        if at == header.data_size:
            return ()
        if at + 12 > limit:
            short(found, "payload[0]", at, _NAME_LIST_45_0, limit, edge(len(data), header.data_size))
            return ()
        if len(data) > limit:
            data = data[:limit]
        values: list[NameList] = []
        add = values.append
        while True:
            dev, next = name_list_45_unpack_0(data, at)
            then = at + next
            begin = at + 12
            raw, nul, _ = data[begin:then].partition(b"\0")
            if not nul:
                stop = data.find(b"\0", begin, limit)
                if stop < 0:
                    unterminated(found, f"payload[{len(values)}].name", begin, limit, len(data), header.data_size)
                    stop = limit
                raw = data[begin:stop]
            if len(raw) > 127 and (nul or stop < limit):
                fail(found, f"payload[{len(values)}].name", begin, "text/limit", size=len(raw), limit=127)
            try:
                name = raw.decode()
            except UnicodeDecodeError:
                name = text_of(raw)
            spot = (begin + len(raw) + 1 + 7) & -8
            if spot + 8 > limit:
                short(found, f"payload[{len(values)}]", spot, _NAME_LIST_45_4, limit, edge(len(data), header.data_size))
                break
            event_nr, flags = name_list_45_unpack_4(data, spot)
            uuid = None
            end = spot + 8
            if flags & 1:
                begin = spot + 8
                stop = data.find(b"\0", begin, limit)
                if stop < 0:
                    unterminated(found, f"payload[{len(values)}].uuid", begin, limit, len(data), header.data_size)
                    stop = limit
                elif stop - begin > 128:
                    fail(found, f"payload[{len(values)}].uuid", begin, "text/limit", size=stop - begin, limit=128)
                end = stop + 1
                try:
                    uuid = data[begin:stop].decode()
                except UnicodeDecodeError:
                    uuid = text_of(data[begin:stop])
            add(NameList(dev, next, name, event_nr, flags, uuid))
            if not next:
                break
            if then < end or next & 7 or then + 12 > limit:
                where = f"payload[{len(values) - 1}].next"
                rule = edge(len(data), header.data_size)
                if stray(found, where, at + 8, next, then, end, 12, limit, rule):
                    break
            at = then
        return tuple(values)

    def read_name_list_37(data: Buffer, header: Header, found: Found, at: int, limit: int) -> Any:
        if at == header.data_size:
            return ()
        if at + 12 > limit:
            short(found, "payload[0]", at, _NAME_LIST_37_0, limit, edge(len(data), header.data_size))
            return ()
        if len(data) > limit:
            data = data[:limit]
        values: list[NameList] = []
        add = values.append
        while True:
            dev, next = name_list_37_unpack_0(data, at)
            then = at + next
            begin = at + 12
            raw, nul, _ = data[begin:then].partition(b"\0")
            if not nul:
                stop = data.find(b"\0", begin, limit)
                if stop < 0:
                    unterminated(found, f"payload[{len(values)}].name", begin, limit, len(data), header.data_size)
                    stop = limit
                raw = data[begin:stop]
            if len(raw) > 127 and (nul or stop < limit):
                fail(found, f"payload[{len(values)}].name", begin, "text/limit", size=len(raw), limit=127)
            try:
                name = raw.decode()
            except UnicodeDecodeError:
                name = text_of(raw)
            spot = (begin + len(raw) + 1 + 7) & -8
            if spot + 4 > limit:
                short(found, f"payload[{len(values)}]", spot, _NAME_LIST_37_4, limit, edge(len(data), header.data_size))
                break
            event_nr, = name_list_37_unpack_4(data, spot)
            add(NameList(dev, next, name, event_nr, None, None))
            if not next:
                break
            end = spot + 4
            if then < end or next & 7 or then + 12 > limit:
                where = f"payload[{len(values) - 1}].next"
                rule = edge(len(data), header.data_size)
                if stray(found, where, at + 8, next, then, end, 12, limit, rule):
                    break
            at = then
        return tuple(values)

    def read_name_list_0(data: Buffer, header: Header, found: Found, at: int, limit: int) -> Any:
        if at == header.data_size:
            return ()
        if at + 12 > limit:
            short(found, "payload[0]", at, _NAME_LIST_0_0, limit, edge(len(data), header.data_size))
            return ()
        if len(data) > limit:
            data = data[:limit]
        values: list[NameList] = []
        add = values.append
        while True:
            dev, next = name_list_0_unpack_0(data, at)
            then = at + next
            begin = at + 12
            raw, nul, _ = data[begin:then].partition(b"\0")
            if not nul:
                stop = data.find(b"\0", begin, limit)
                if stop < 0:
                    unterminated(found, f"payload[{len(values)}].name", begin, limit, len(data), header.data_size)
                    stop = limit
                raw = data[begin:stop]
            if len(raw) > 127 and (nul or stop < limit):
                fail(found, f"payload[{len(values)}].name", begin, "text/limit", size=len(raw), limit=127)
            try:
                name = raw.decode()
            except UnicodeDecodeError:
                name = text_of(raw)
            add(NameList(dev, next, name, None, None, None))
            if not next:
                break
            if not nul or next & 7 or then + 12 > limit:
                end = begin + len(raw) + 1
                where = f"payload[{len(values) - 1}].next"
                rule = edge(len(data), header.data_size)
                if stray(found, where, at + 8, next, then, end, 12, limit, rule):
                    break
            at = then
        return tuple(values)

    def decode_name_list(data: Buffer, header: Header, found: Found) -> Any:
        if not (header.data_size > 305):
            return None
        limit = len(data)
        at = header.data_start
        if header.data_size < limit:
            limit = header.data_size
        if at < 305 or at > limit:
            if check_start(found, at, 305, 1, limit, edge(len(data), header.data_size)):
                return None
        if header.version[1] >= 45:
            return read_name_list_45(data, header, found, at, limit)
        if header.version[1] >= 37:
            return read_name_list_37(data, header, found, at, limit)
        return read_name_list_0(data, header, found, at, limit)

    def write_name_list_45(header: Header, payload: Any, at: int, limit: int) -> bytes:
        if type(payload) is not tuple:
            row(payload, "payload", None)
        pieces: list[bytes] = []
        add = pieces.append
        most = limit - 12
        left = len(payload)
        for value in payload:
            try:
                try:
                    name = value.name.encode()
                except UnicodeEncodeError:
                    name = escaped(value.name)
                if value.flags & 1:
                    try:
                        uuid = value.uuid.encode()
                    except UnicodeEncodeError:
                        uuid = escaped(value.uuid)
                    if len(uuid) > 128 or 0 in uuid:
                        check(SHAPES["name_list_45"], value, f"payload[{len(pieces)}]")
                elif value.uuid is not None:
                    check(SHAPES["name_list_45"], value, f"payload[{len(pieces)}]")
                if type(value) is not NameList or len(name) > 127 or 0 in name:
                    check(SHAPES["name_list_45"], value, f"payload[{len(pieces)}]")
                piece: bytes = name_list_45_pack_0(value.dev, value.next)
                piece += name + b"\0"
                piece += bytes(-(at + len(piece)) % 8)
                piece += name_list_45_pack_4(value.event_nr, value.flags)
                if value.flags & 1:
                    piece += uuid + b"\0"
                next = value.next
                left -= 1
                if left:
                    then = at + next
                    if next < len(piece) or next & 7 or then > most:
                        check(SHAPES["name_list_45"], value, f"payload[{len(pieces)}]")
                        refuse_step(len(pieces), next, then, at + len(piece), 12, limit)
                    piece = piece.ljust(next, b"\0")
                else:
                    then = at + len(piece)
                    if then > limit or next:
                        check(SHAPES["name_list_45"], value, f"payload[{len(pieces)}]")
                        refuse_last(len(pieces), next, then, limit)
            except TROUBLE:
                refuse(SHAPES["name_list_45"], value, f"payload[{len(pieces)}]")
            add(piece)
            at = then
        if not pieces and at != limit:
            raise EncodeError("header.data_size", "chain/empty", value=limit, start=at)
        return b"".join(pieces)

    def write_name_list_37(header: Header, payload: Any, at: int, limit: int) -> bytes:
        if type(payload) is not tuple:
            row(payload, "payload", None)
        pieces: list[bytes] = []
        add = pieces.append
        most = limit - 12
        left = len(payload)
        for value in payload:
            try:
                try:
                    name = value.name.encode()
                except UnicodeEncodeError:
                    name = escaped(value.name)
                if type(value) is not NameList or value.flags is not None or value.uuid is not None or len(name) > 127 or 0 in name:
                    check(SHAPES["name_list_37"], value, f"payload[{len(pieces)}]")
                piece: bytes = name_list_37_pack_0(value.dev, value.next)
                piece += name + b"\0"
                piece += bytes(-(at + len(piece)) % 8)
                piece += name_list_37_pack_4(value.event_nr)
                next = value.next
                left -= 1
                if left:
                    then = at + next
                    if next < len(piece) or next & 7 or then > most:
                        check(SHAPES["name_list_37"], value, f"payload[{len(pieces)}]")
                        refuse_step(len(pieces), next, then, at + len(piece), 12, limit)
                    piece = piece.ljust(next, b"\0")
                else:
                    then = at + len(piece)
                    if then > limit or next:
                        check(SHAPES["name_list_37"], value, f"payload[{len(pieces)}]")
                        refuse_last(len(pieces), next, then, limit)
            except TROUBLE:
                refuse(SHAPES["name_list_37"], value, f"payload[{len(pieces)}]")
            add(piece)
            at = then
        if not pieces and at != limit:
            raise EncodeError("header.data_size", "chain/empty", value=limit, start=at)
        return b"".join(pieces)

    def write_name_list_0(header: Header, payload: Any, at: int, limit: int) -> bytes:
        if type(payload) is not tuple:
            row(payload, "payload", None)
        pieces: list[bytes] = []
        add = pieces.append
        most = limit - 12
        left = len(payload)
        for value in payload:
            try:
                try:
                    name = value.name.encode()
                except UnicodeEncodeError:
                    name = escaped(value.name)
                if type(value) is not NameList or value.event_nr is not None or value.flags is not None or value.uuid is not None or len(name) > 127 or 0 in name:
                    check(SHAPES["name_list_0"], value, f"payload[{len(pieces)}]")
                next = value.next
                left -= 1
                if left:
                    then = at + next
                    if next < 13 + len(name) or next & 7 or then > most:
                        check(SHAPES["name_list_0"], value, f"payload[{len(pieces)}]")
                        refuse_step(len(pieces), next, then, at + 13 + len(name), 12, limit)
                    piece = name_list_0_pack_0[next - 12](value.dev, next, name)
                else:
                    then = at + 13 + len(name)
                    if then > limit or next:
                        check(SHAPES["name_list_0"], value, f"payload[{len(pieces)}]")
                        refuse_last(len(pieces), next, then, limit)
                    piece = name_list_0_pack_0[len(name) + 1](value.dev, next, name)
            except TROUBLE:
                refuse(SHAPES["name_list_0"], value, f"payload[{len(pieces)}]")
            add(piece)
            at = then
        if not pieces and at != limit:
            raise EncodeError("header.data_size", "chain/empty", value=limit, start=at)
        return b"".join(pieces)

    def encode_name_list(header: Header, payload: Any) -> bytes:
        if not (header.data_size > 305):
            if payload != None:
                absent(payload, "payload")
            return b""
        at, limit = header.data_start, header.data_size
        if at < 305 or at > limit:
            refuse_start(at, 305, 1, limit)
        if header.version[1] >= 45:
            return write_name_list_45(header, payload, at, limit)
        if header.version[1] >= 37:
            return write_name_list_37(header, payload, at, limit)
        return write_name_list_0(header, payload, at, limit)

    def decode_target_versions(data: Buffer, header: Header, found: Found) -> Any:
        if not (header.data_size > 305):
            return None
        limit = len(data)
        at = header.data_start
        if header.data_size < limit:
            limit = header.data_size
        if at < 305 or at > limit:
            if check_start(found, at, 305, 1, limit, edge(len(data), header.data_size)):
                return None
        if at == header.data_size:
            return ()
        if at + 16 > limit:
            short(found, "payload[0]", at, _DM_TARGET_VERSIONS_0, limit, edge(len(data), header.data_size))
            return ()
        if len(data) > limit:
            data = data[:limit]
        values: list[TargetVersions] = []
        add = values.append
        while True:
            next, version_0, version_1, version_2 = dm_target_versions_unpack_0(data, at)
            then = at + next
            begin = at + 16
            raw, nul, _ = data[begin:then].partition(b"\0")
            if not nul:
                stop = data.find(b"\0", begin, limit)
                if stop < 0:
                    unterminated(found, f"payload[{len(values)}].name", begin, limit, len(data), header.data_size)
                    stop = limit
                raw = data[begin:stop]
            if len(raw) > 15 and (nul or stop < limit):
                fail(found, f"payload[{len(values)}].name", begin, "text/limit", size=len(raw), limit=15)
            try:
                name = raw.decode()
            except UnicodeDecodeError:
                name = text_of(raw)
            add(TargetVersions(next, (version_0, version_1, version_2), name))
            if not next:
                break
            if not nul or next & 7 or then + 16 > limit:
                end = begin + len(raw) + 1
                where = f"payload[{len(values) - 1}].next"
                rule = edge(len(data), header.data_size)
                if stray(found, where, at + 0, next, then, end, 16, limit, rule):
                    break
            at = then
        return tuple(values)

    def encode_target_versions(header: Header, payload: Any) -> bytes:
        if not (header.data_size > 305):
            if payload != None:
                absent(payload, "payload")
            return b""
        at, limit = header.data_start, header.data_size
        if at < 305 or at > limit:
            refuse_start(at, 305, 1, limit)
        if type(payload) is not tuple:
            row(payload, "payload", None)
        pieces: list[bytes] = []
        add = pieces.append
        most = limit - 16
        left = len(payload)
        for value in payload:
            try:
                try:
                    name = value.name.encode()
                except UnicodeEncodeError:
                    name = escaped(value.name)
                version = value.version
                version_0, version_1, version_2 = version
                if type(value) is not TargetVersions or type(version) is not tuple or len(name) > 15 or 0 in name:
                    check(SHAPES["dm_target_versions"], value, f"payload[{len(pieces)}]")
                next = value.next
                left -= 1
                if left:
                    then = at + next
                    if next < 17 + len(name) or next & 7 or then > most:
                        check(SHAPES["dm_target_versions"], value, f"payload[{len(pieces)}]")
                        refuse_step(len(pieces), next, then, at + 17 + len(name), 16, limit)
                    piece = dm_target_versions_pack_0[next - 16](next, version_0, version_1, version_2, name)
                else:
                    then = at + 17 + len(name)
                    if then > limit or next:
                        check(SHAPES["dm_target_versions"], value, f"payload[{len(pieces)}]")
                        refuse_last(len(pieces), next, then, limit)
                    piece = dm_target_versions_pack_0[len(name) + 1](next, version_0, version_1, version_2, name)
            except TROUBLE:
                refuse(SHAPES["dm_target_versions"], value, f"payload[{len(pieces)}]")
            add(piece)
            at = then
        if not pieces and at != limit:
            raise EncodeError("header.data_size", "chain/empty", value=limit, start=at)
        return b"".join(pieces)

    def decode_target_deps(data: Buffer, header: Header, found: Found) -> Any:
        if not (header.data_size > 305):
            return None
        limit = len(data)
        at = header.data_start
        if header.data_size < limit:
            limit = header.data_size
        if at < 305 or at > limit:
            if check_start(found, at, 305, 1, limit, edge(len(data), header.data_size)):
                return None
        if at + 8 > limit:
            short(found, "payload", at, _DM_TARGET_DEPS_0, limit, edge(len(data), header.data_size))
            return None
        count, padding = dm_target_deps_unpack_0(data, at)
        begin = at + 8
        count = count
        fits = (limit - begin) // 8
        if count > fits:
            rule = edge(len(data), header.data_size)
            fail(found, f"payload.dev[{fits}]", begin + fits * 8, rule, end=begin + fits * 8 + 8, limit=limit)
            count = fits
        dev = unpack_from(f"{order}{count}Q", data, begin)
        return TargetDeps(padding, dev)

    def encode_target_deps(header: Header, payload: Any) -> bytes:
        if not (header.data_size > 305):
            if payload != None:
                absent(payload, "payload")
            return b""
        at, limit = header.data_start, header.data_size
        if at < 305 or at > limit:
            refuse_start(at, 305, 1, limit)
        value = payload
        try:
            dev = value.dev
            if type(value) is not TargetDeps or type(dev) is not tuple:
                check(SHAPES["dm_target_deps"], value, "payload")
            piece: bytes = dm_target_deps_pack_0(len(dev), value.padding)
            piece += pack(f"{order}{len(dev)}Q", *dev)
        except TROUBLE:
            refuse(SHAPES["dm_target_deps"], value, "payload")
        if at + len(piece) > limit:
            raise EncodeError("header.data_size", "payload/bounds", end=at + len(piece), limit=limit)
        return piece

    def decode_message_answer(data: Buffer, header: Header, found: Found) -> Any:
        if not (header.data_size > 305):
            return None
        limit = len(data)
        at = header.data_start
        if header.data_size < limit:
            limit = header.data_size
        if at < 305 or at > limit:
            if check_start(found, at, 305, 1, limit, edge(len(data), header.data_size)):
                return None
        stop = data.find(b"\0", at, limit)
        if stop < 0:
            unterminated(found, "payload.message", at, limit, len(data), header.data_size)
            stop = limit
        end = stop + 1
        try:
            message = data[at:stop].decode()
        except UnicodeDecodeError:
            message = text_of(data[at:stop])
        return MessageAnswer(message)

    def encode_message_answer(header: Header, payload: Any) -> bytes:
        if not (header.data_size > 305):
            if payload != None:
                absent(payload, "payload")
            return b""
        at, limit = header.data_start, header.data_size
        if at < 305 or at > limit:
            refuse_start(at, 305, 1, limit)
        value = payload
        try:
            try:
                message = value.message.encode()
            except UnicodeEncodeError:
                message = escaped(value.message)
            if type(value) is not MessageAnswer or 0 in message:
                check(SHAPES["message_answer"], value, "payload")
            piece: bytes = message + b"\0"
        except TROUBLE:
            refuse(SHAPES["message_answer"], value, "payload")
        if at + len(piece) > limit:
            raise EncodeError("header.data_size", "payload/bounds", end=at + len(piece), limit=limit)
        return piece

    devmessage_frames = {
        12 + n: Struct(f"{order}III{n}s").unpack for n in range(65)
    }

    def decode_devmessage(data: Buffer, found: Found = None) -> DeviceMessage:
        try:
            target_index, tag, length, payload = devmessage_frames[len(data)](data)
            if length == len(payload):
                return DeviceMessage(target_index, tag, payload)
        except KeyError:
            pass
        if len(data) < 12:
            short(found, "", 0, _DEVMESSAGE_0, len(data), "frame/short")
            data = bytes(data) + bytes(12)
        target_index, tag, length = devmessage_unpack_0(data, 0)
        payload = counted(found, data, length, 64, 12, 8)
        return DeviceMessage(target_index, tag, payload)

    devmessage_packs = tuple(Struct(f"{order}III{n}s").pack for n in range(65))

    def encode_devmessage(value: DeviceMessage) -> bytes:
        try:
            payload = value.payload
            size = len(payload)
            if type(value) is not DeviceMessage or type(payload) is not bytes:
                check(SHAPES["devmessage"], value, "")
            return devmessage_packs[size](value.target_index, value.tag, size, payload)
        except (*TROUBLE, IndexError):
            refuse(SHAPES["devmessage"], value, "")

    devmessage_untagged_frames = {
        8 + n: Struct(f"{order}II{n}s").unpack for n in range(65)
    }

    def decode_devmessage_untagged(data: Buffer, found: Found = None) -> DeviceMessage:
        try:
            target_index, length, payload = devmessage_untagged_frames[len(data)](data)
            if length == len(payload):
                return DeviceMessage(target_index, None, payload)
        except KeyError:
            pass
        if len(data) < 8:
            short(found, "", 0, _DEVMESSAGE_UNTAGGED_0, len(data), "frame/short")
            data = bytes(data) + bytes(8)
        target_index, length = devmessage_untagged_unpack_0(data, 0)
        payload = counted(found, data, length, 64, 8, 4)
        return DeviceMessage(target_index, None, payload)

    devmessage_untagged_packs = tuple(Struct(f"{order}II{n}s").pack for n in range(65))

    def encode_devmessage_untagged(value: DeviceMessage) -> bytes:
        try:
            payload = value.payload
            size = len(payload)
            if type(value) is not DeviceMessage or value.tag is not None or type(payload) is not bytes:
                check(SHAPES["devmessage_untagged"], value, "")
            return devmessage_untagged_packs[size](value.target_index, size, payload)
        except (*TROUBLE, IndexError):
            refuse(SHAPES["devmessage_untagged"], value, "")

    devmessage_signed_frames = {
        12 + n: Struct(f"{order}iii{n}s").unpack for n in range(65)
    }

    def decode_devmessage_signed(data: Buffer, found: Found = None) -> DeviceMessage:
        try:
            target_index, tag, length, payload = devmessage_signed_frames[len(data)](data)
            if length == len(payload):
                return DeviceMessage(target_index, tag, payload)
        except KeyError:
            pass
        if len(data) < 12:
            short(found, "", 0, _DEVMESSAGE_SIGNED_0, len(data), "frame/short")
            data = bytes(data) + bytes(12)
        target_index, tag, length = devmessage_signed_unpack_0(data, 0)
        payload = counted(found, data, length, 64, 12, 8)
        return DeviceMessage(target_index, tag, payload)

    devmessage_signed_packs = tuple(Struct(f"{order}iii{n}s").pack for n in range(65))

    def encode_devmessage_signed(value: DeviceMessage) -> bytes:
        try:
            payload = value.payload
            size = len(payload)
            if type(value) is not DeviceMessage or type(payload) is not bytes:
                check(SHAPES["devmessage_signed"], value, "")
            return devmessage_signed_packs[size](value.target_index, value.tag, size, payload)
        except (*TROUBLE, IndexError):
            refuse(SHAPES["devmessage_signed"], value, "")

    loop_unpack = Struct(order + "12xII8xII").unpack_from

    def project_loop(data: Buffer, at: int = 0) -> tuple[int, int, int, int]:
        if len(data) < at + 36:
            short(None, "header", at, _DM_IOCTL_0, len(data))
        return loop_unpack(data, at)

    return Codec(
        order,
        decode_dm_ioctl,
        encode_dm_ioctl,
        {"table_load": decode_table_load, "target_msg": decode_target_msg, "rename": decode_rename, "geometry": decode_geometry, "table_status": decode_table_status, "name_list": decode_name_list, "target_versions": decode_target_versions, "target_deps": decode_target_deps, "message_answer": decode_message_answer},
        {"table_load": encode_table_load, "target_msg": encode_target_msg, "rename": encode_rename, "geometry": encode_geometry, "table_status": encode_table_status, "name_list": encode_name_list, "target_versions": encode_target_versions, "target_deps": encode_target_deps, "message_answer": encode_message_answer},
        {"devmessage": decode_devmessage, "devmessage_untagged": decode_devmessage_untagged, "devmessage_signed": decode_devmessage_signed},
        {"devmessage": encode_devmessage, "devmessage_untagged": encode_devmessage_untagged, "devmessage_signed": encode_devmessage_signed},
        project_loop,
    )


LITTLE = _codec("<")
BIG = _codec(">")
