"""Single fields of what strace printed (numbers, device numbers, flags, strings), and notes on what it did not."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from dmproto.errors import DecodeError
from dmproto.show.strace_tokens import Reader
from dmproto.show.strace_tree import Made, Mark, Names, Quoted, Struct
from dmproto.wire.checks import RANGES, text_of
from dmproto.wire.flags import DM_FLAGS, DmFlag

NOT_PRINTED: Final = "not printed"
CUT: Final = "cut short"

FLAG_VALUES: Final = {flag.c_name: flag.value for flag in DM_FLAGS} | {"DM_EXISTS_FLAG": 1 << 2}
"""strace knows bit 2, which libdevmapper sends and the header does not name."""


class Note(NamedTuple):
    """Something strace does not say: the field, as `request.header.padding`, and why."""

    path: str
    text: str


class Fields:
    """Reads the fields of one printed argument.

    Attributes:
        reader: where it was read, for errors.
        side: `request` or `reply`.
        notes: what is not said, added to as it is met.
    """

    def __init__(self, reader: Reader, side: str, notes: list[Note]) -> None:
        self.reader = reader
        self.side = side
        self.notes = notes

    def note(self, path: str, text: str) -> None:
        """Add a note."""
        self.notes.append(Note(f"{self.side}.{path}" if path else self.side, text))

    def refuse(self, rule: str, **values: object) -> DecodeError:
        """The error for something that is notation, and no message."""
        return DecodeError(self.reader.path, self.reader.offset, rule, **values)

    def only(self, item: Struct, *names: str) -> None:
        """Refuse a structure with members of other names.

        Raises:
            DecodeError: `strace/name`.
        """
        unknown = item.members.keys() - set(names)
        if unknown:
            raise self.refuse("strace/name", name=min(unknown))

    def number(self, item: Struct, name: str, path: str, code: str) -> int:
        """The member of this name, a number that fits its `struct` code; 0 and a note where it is not there.

        Raises:
            DecodeError: `value/type` or `number/range`.
        """
        if name not in item.members:
            self.note(f"{path}.{name}", NOT_PRINTED)
            return 0
        return self.whole(item.members[name], f"{path}.{name}", code)

    def whole(self, value: Any, path: str, code: str) -> int:
        """A number, or a device number as `makedev` is given it.

        Raises:
            DecodeError: `value/type` or `number/range`.
        """
        if isinstance(value, Made) and value.name == "makedev" and len(value.arguments) == 2:
            major, minor = (self.whole(part, path, "I") for part in value.arguments)
            # the C library's 64 bits of dev_t, of which the kernel's huge encoding is the low 32
            value = minor & 0xFF | (major & 0xFFF) << 8 | (minor & ~0xFF) << 12 | (major & ~0xFFF) << 32
        if not isinstance(value, int):
            raise self.refuse("value/type", wanted=f"number for {path}", got=shown(value))
        low, high = RANGES[code]
        if code == "i" and high < value < 1 << 32:
            value -= 1 << 32  # strace prints open_count without its sign
        if not low <= value <= high:
            raise self.refuse("number/range", value=value, low=low, high=high)
        return int(value)

    def flags(self, value: Any, path: str) -> DmFlag:
        """A flag word, by names or as a number.

        Raises:
            DecodeError: `strace/name`, `value/type` or `number/range`.
        """
        if not isinstance(value, Names):
            return DmFlag(self.whole(value, path, "I"))
        total = 0
        for part in value.parts:
            if isinstance(part, str) and part not in FLAG_VALUES:
                raise self.refuse("strace/name", name=part)
            total |= FLAG_VALUES[part] if isinstance(part, str) else self.whole(part, path, "I")
        return DmFlag(total)

    def version(self, value: Any, path: str) -> tuple[int, int, int]:
        """Three numbers.

        Raises:
            DecodeError: `value/type` or `number/range`.
        """
        if not isinstance(value, list) or len(value) != 3:
            raise self.refuse("value/type", wanted=f"row of three numbers for {path}", got=shown(value))
        first, second, third = (self.whole(part, path, "I") for part in value)
        return first, second, third

    def text(self, item: Struct, name: str, path: str) -> str:
        """The string of this name; empty and a note where it is not there or could not be read.

        Raises:
            DecodeError: `value/type`.
        """
        if name not in item.members:
            self.note(path, NOT_PRINTED)
            return ""
        value = item.members[name]
        if isinstance(value, int):
            self.note(path, shown(value))
            return ""
        if not isinstance(value, Quoted):
            raise self.refuse("value/type", wanted=f"string for {path}", got=shown(value))
        if value.cut:
            self.note(path, CUT)
        return text_of(value.raw)


def shown(value: Any) -> str:
    """What stands for a value that is none, in words."""
    if isinstance(value, int):
        return f"the memory at {value:#x} was not read"
    if isinstance(value, Mark):
        return value.comment or "more follows"
    return type(value).__name__
