"""Every rule of the protocol, once: its id, the errno a kernel answers, what it says, and who holds to it.

The codec and the dispatcher name a rule by its id and give the values its sentence needs; documents, vectors and
fuzzers read the same table. An id is area/name, stable, and says what must hold.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Final, NamedTuple


class Rule(NamedTuple):
    """One rule.

    Attributes:
        id: area/name.
        errno: what the kernel answers when it does not hold; 0 for a rule of the codec alone. The direct message's
            rules have it from the dialect (`dmproto.wire.dialects`): here is that of `rfc`.
        sentence: what does not hold, with the values in braces.
        kernels: the kernels that hold to it; empty for all.
    """

    id: str
    errno: int
    sentence: str
    kernels: tuple[str, ...] = ()


NEWER: Final = ("linux-6.12.101", "linux-7.2.7")

_ROWS: Final = (
    # the request number
    Rule("code/range", 0, "request number {code:#x} is no 32-bit number, sign-extended or not"),
    Rule("code/type", errno.ENOTTY, "request number {code:#010x} has type {type:#04x}; device-mapper's is 0xfd"),
    Rule("code/direction", 0, "direction bits {bits:#b} of {code:#010x} mean nothing on {arch}"),
    Rule("code/field", 0, "{value} does not fit: 0 to {limit} on {arch}"),
    Rule("code/device", errno.ENOTTY, "{code:#010x} is no direct-device number of dialect {dialect} on {arch}"),
    Rule("code/command", errno.ENOTTY, "command {nr} is unknown or has no handler"),
    # the bytes
    Rule("buffer/short", errno.EFAULT, "the field ends at byte {end}, the buffer at {limit}"),
    Rule("number/range", 0, "{value} does not fit: {low} to {high}"),
    Rule("value/type", 0, "a {wanted} is wanted, not a {got}"),
    Rule("value/count", 0, "{wanted} items are wanted, not {got}"),
    Rule("value/absent", 0, "there is no room for {value!r} in this form of the message"),
    # text
    Rule("text/terminated", errno.EINVAL, "no NUL before byte {limit}"),
    Rule("text/limit", errno.EINVAL, "{size} bytes, at most {limit} fit"),
    Rule("text/nul", 0, "a NUL inside, at byte {at}"),
    Rule("text/encodable", 0, "surrogates that stand for no bytes, or for bytes that read otherwise"),
    # the header
    Rule("header/capability", errno.EACCES, "the caller lacks CAP_SYS_ADMIN"),
    Rule("header/version", errno.EINVAL, "interface version {value}; the major must be {low}"),
    Rule("header/minor", errno.EINVAL, "interface version {version} is newer than the kernel's {kernel}"),
    Rule("header/data-size", errno.EINVAL, "data_size {value} is outside {low} to {high}"),
    Rule("header/name-and-uuid", errno.EINVAL, "both a name and a uuid are given"),
    # the device a header names, and its making and removal
    Rule(
        "lookup/device", errno.ENXIO, "no device has name {name!r}, uuid {uuid!r}, number {dev:#x}, given so together"
    ),
    Rule("create/name-missing", errno.EINVAL, "a device is created by name, and there is none"),
    Rule("name/slash", errno.EINVAL, "the name {name!r} has a slash in it"),
    Rule("name/reserved", errno.EINVAL, "no device may be named {name!r}", NEWER),
    Rule("create/minor", errno.ENXIO, "minor {minor} is taken"),
    Rule("create/name", errno.EBUSY, "there is a device named {name!r}"),
    Rule("create/uuid", errno.EBUSY, "there is a device with uuid {uuid!r}"),
    Rule("remove/open", errno.EBUSY, "{name!r} is open {opens} times"),
    Rule("rename/text", errno.EINVAL, "data_start {data_start}: no NUL-terminated string in the {size} bytes"),
    Rule("rename/length", errno.EINVAL, "the new name or uuid has {size} bytes: 1 to {limit} may be given"),
    Rule("rename/taken", errno.EBUSY, "there is a device with the {what} {new!r}"),
    Rule("rename/has-uuid", errno.EINVAL, "{name!r} has a uuid, {uuid!r}, and keeps it"),
    Rule("geometry/text", errno.EINVAL, "data_start {data_start}: no NUL-terminated string in the {size} bytes"),
    Rule("geometry/numbers", errno.EINVAL, "{text!r} is not four decimal numbers and nothing else"),
    Rule("geometry/limit", errno.EINVAL, "{name} {value} is above {limit}"),
    Rule("geometry/start", errno.EINVAL, "start sector {start} is past the end, {size}"),
    Rule("version/type", errno.EINVAL, "there is no target type {target_type!r}"),
    Rule("wait/removed", errno.ENXIO, "{name!r} was removed, and no event will come: Linux waits for ever"),
    Rule("call/interrupted", errno.EINTR, "a signal came"),
    Rule("resume/table", errno.EINVAL, "{name!r} is suspended and has no table of any size to resume with"),
    # tables to load
    Rule("load/count", errno.EOVERFLOW, "target_count {target_count} is above {limit}"),
    Rule("load/empty", errno.EINVAL, "target_count is 0"),
    Rule("load/aligned", errno.EINVAL, "record {index} starts at {at}, no multiple of 8", NEWER),
    Rule("load/advance", errno.EINVAL, "record {index} starts at {at}, not behind what comes before it"),
    Rule("load/bounds", errno.EINVAL, "record {index} starts at {at} and does not end inside the {size} bytes"),
    Rule("load/terminated", errno.EINVAL, "parameters of record {index} start at {start}; no NUL in the {size} bytes"),
    Rule("load/length", errno.EINVAL, "target {index} has no sectors"),
    Rule("load/range", errno.EINVAL, "target {index} starts at {start} and has {length} sectors: beyond any device"),
    Rule("load/type", errno.EINVAL, "target {index} is of unknown type {target_type!r}"),
    Rule("load/contiguous", errno.EINVAL, "target {index} starts at {start}, the previous one ends at {end}"),
    Rule("target/words", errno.EINVAL, "{target_type} takes {wanted}, and was given {got} words"),
    Rule("target/number", errno.EINVAL, "{target_type}: {argument} is {word!r}, no decimal number"),
    Rule("target/divisible", errno.EINVAL, "{target_type}: {length} sectors by {by}, then by {then}, leaves a rest"),
    Rule("target/memory", errno.ENOMEM, "{target_type}: there is no memory for {count} {what}"),
    Rule("target/device", errno.EINVAL, "{target_type} cannot have its device: {why}"),
    Rule("target/errno", 0, "the target refused: {error}"),
    Rule("target/exception", errno.EIO, "the target's handler failed: {error}"),
    Rule("disk/number", errno.EOVERFLOW, "{word} is no device number: 12 bits of major, 20 of minor"),
    Rule("disk/none", errno.ENXIO, "there is no disk {word}"),
    Rule("disk/unknown", errno.ENODEV, "{word!r} is no device", ("linux-6.1.176",)),
    Rule("disk/path", errno.ENOENT, "there is no device {word!r}", NEWER),
    Rule("table/disk-size", errno.EINVAL, "sectors {first} to {last} of {disk}, which has {sectors}"),
    # messages
    Rule("message/text", errno.EINVAL, "data_start {data_start}: no NUL-terminated message in the {size} bytes"),
    Rule("message/empty", errno.EINVAL, "a message without a word"),
    Rule("message/core", errno.EINVAL, "{message} is no message of the core"),
    Rule("message/table", errno.EINVAL, "{name!r} has no active table", NEWER),
    Rule("message/sector", errno.EINVAL, "sector {sector} of a table of {sectors}"),
    Rule("message/words", errno.EINVAL, "{target_type} does not take the message {message!r} now"),
    Rule("message/method", errno.EINVAL, "target type {target_type} takes no messages"),
    # messages about statistics
    Rule("stats/words", errno.EINVAL, "{message} takes {wanted}, and was given {got} words"),
    Rule("stats/region-id", errno.EINVAL, "{word!r} is no region id"),
    Rule("stats/region", errno.ENOENT, "{name!r} has no statistics region {region}"),
    Rule("stats/range", errno.EINVAL, "{word!r} is not start+length, of a sector or more and below 2^64"),
    Rule("stats/step", errno.EINVAL, "{word!r} is no step: a number above 0, or / and a number above 0"),
    Rule("stats/features", errno.EINVAL, "{wanted} features are announced, {got} given"),
    Rule("stats/feature", errno.EINVAL, "{word!r} is no feature, or a second histogram"),
    Rule("stats/histogram", errno.EINVAL, "histogram boundary {boundary!r} is no number above {last}"),
    Rule("stats/surplus", errno.EINVAL, "{word!r} follows program id and text"),
    Rule("stats/area", errno.EINVAL, "{word!r} is no number of areas"),
    Rule("stats/areas", errno.EOVERFLOW, "the size of {areas} areas, {boundaries} boundaries each, has over 64 bits"),
    Rule("stats/memory", errno.ENOMEM, "{areas} areas need {memory} bytes, and {left} are left for statistics"),
    # the payload's place
    Rule("payload/start", errno.EINVAL, "data_start {value} is below {low}"),
    Rule("payload/aligned", errno.EINVAL, "data_start {value} is no multiple of {align}", NEWER),
    Rule("payload/bounds", errno.EINVAL, "ends at byte {end}, past the message's end at {limit}"),
    # chains of records
    Rule("chain/advance", errno.EINVAL, "next is {next}: the next record would start before this one ends, at {end}"),
    Rule("chain/aligned", errno.EINVAL, "next is {next}, no multiple of 8", NEWER),
    Rule("chain/last", 0, "next is {next} in the last record; it must be 0"),
    Rule("chain/count", 0, "target_count is {got}, and there are {wanted} records"),
    Rule("chain/empty", 0, "data_size {value} leaves room for records from {start} on, and there are none"),
    # the direct message
    Rule("frame/short", errno.EFAULT, "the frame ends at byte {end}, the buffer at {limit}"),
    Rule("frame/length", errno.EMSGSIZE, "{length} bytes of payload, at most {limit} may be sent"),
    Rule("frame/table", errno.ENXIO, "the device has no active table"),
    Rule("frame/index", errno.ENXIO, "target {target_index} of a table of {target_count}"),
    Rule("frame/method", errno.ENXIO, "target type {target_type} takes no direct messages"),
    # the text strace prints
    Rule("strace/text", 0, "no line of it is strace's"),
    Rule("strace/syntax", 0, "{wanted} is wanted, not {got!r}"),
    Rule("strace/name", 0, "{name!r} is no name that strace prints here"),
)

RULES: Final[dict[str, Rule]] = {rule.id: rule for rule in _ROWS}
"""Every rule, by its id."""


class _Unsaid:
    """Stands in a sentence where a value is not known."""

    def __format__(self, spec: str) -> str:
        return "..."

    def __repr__(self) -> str:
        return "..."


class _Values(dict[str, object]):
    def __missing__(self, key: str) -> object:
        return _Unsaid()


def sentence(rule: str, values: Mapping[str, object] | None = None) -> str:
    """What does not hold, in words; dots where a value is not known, or not of the kind that can be told."""
    row = RULES.get(rule)
    if row is None:
        return f"unknown rule {rule}"
    try:
        return row.sentence.format_map(_Values(values or {}))
    except (ValueError, TypeError):
        return row.sentence.format_map(_Values())
