"""What is asked of the C header: one expression for each row of our tables."""

from __future__ import annotations

from typing import Final, NamedTuple

from dmproto.wire import flags, generated, limits
from dmproto.wire.command import Command
from dmproto.wire.dialects import DIALECTS
from dmproto.wire.layout import FRAMES
from dmproto.wire.shape import Part

COMPILERS: Final = {"64-bit": ("gcc", "gcc"), "32-bit": ("i686-linux-gnu-gcc", "gcc-i686-linux-gnu")}

PRELUDE: Final = (
    "#include <stddef.h>",
    "#include <linux/types.h>",
    "#include <linux/ioctl.h>",
    "#include <linux/dm-ioctl.h>",
    # the header gives these in a comment only: what stands behind the name, on the next multiple of 8
    "struct name_tail { __u32 event_nr; __u32 flags; char uuid[]; };",
    # the mail's frame, its other form, and the one of the kernel patches
    "struct devmessage { __u32 target_index; __u32 tag; __u32 length; unsigned char payload[64]; };",
    "struct devmessage_untagged { __u32 target_index; __u32 length; unsigned char payload[64]; };",
    "struct devmessage_signed { __s32 target_index; __s32 tag; __s32 length; unsigned char payload[64]; };",
)

STRUCTS: Final = {
    "dm_ioctl": "dm_ioctl",
    "target_spec_load": "dm_target_spec",
    "target_spec_status": "dm_target_spec",
    "name_list_0": "dm_name_list",
    "name_list_37": "dm_name_list",
    "name_list_45": "dm_name_list",
    "dm_target_deps": "dm_target_deps",
    "dm_target_versions": "dm_target_versions",
    "dm_target_msg": "dm_target_msg",
    **{name: name for name in FRAMES},
}
"""Our name of a record to C's name of the struct."""

TEXTS: Final = {"message_answer", "rename_name", "rename_uuid", "geometry"}
"""Records that are a bare string: no struct of any header."""

PRIVATE: Final = {"DM_MAX_TARGETS", "DM_MAX_TARGET_PARAMS"}
"""Constants of drivers/md/dm-ioctl.c, not of the header."""

NEWER: Final = {Command.MPATH_PROBE_PATHS: "_IO(DM_IOCTL, 0x12)"}
"""Commands that the header of Debian 12 (4.47.0) is too old for, and what newer ones define them as."""

CONSTANTS: Final = sorted(name for name in vars(limits) if name.startswith("DM_") and name not in PRIVATE)


class Member(NamedTuple):
    """A field of ours and the place in C it claims to stand in.

    Attributes:
        record: our name of the record.
        part: the field, from the record's shape.
        offset: where we say it stands, from the start of the struct; behind a name, of what follows it.
        struct: C's struct; None where C has no member, only the end of the struct.
    """

    record: str
    part: Part
    offset: int
    struct: str | None

    @property
    def key(self) -> str:
        """What it is called among the answers."""
        return f"{self.record}.{self.part.name}"


def members() -> list[Member]:
    """Every field of every shape, in order."""
    found = []
    for record, struct in STRUCTS.items():
        offset = 0
        place: str | None = struct
        for part in generated.SHAPES[record].parts:
            if part.kind == "align":
                offset, place = 0, "name_tail"
                continue
            behind = part.name == "parameters"
            found.append(Member(record, part, offset, None if behind else place))
            offset += part.size
    return found


MEMBERS: Final = members()


def expressions() -> dict[str, str]:
    """All that is asked."""
    asked: dict[str, str] = {}
    for member in MEMBERS:
        name = member.part.name
        if member.struct is None:
            asked[f"offset:{member.key}"] = f"sizeof(struct {STRUCTS[member.record]})"
            continue
        asked[f"offset:{member.key}"] = f"offsetof(struct {member.struct}, {name})"
        item = f"((struct {member.struct} *)0)->{name}"
        if member.part.size:
            asked[f"size:{member.key}"] = f"sizeof({item})"
        if member.part.code:
            element = f"{item}[0]" if member.part.kind in ("row", "words") else item
            asked[f"signed:{member.key}"] = f"(typeof({element}))-1 < 0"
            asked[f"element:{member.key}"] = f"sizeof({element})"
    asked |= {f"sizeof:{struct}": f"sizeof(struct {struct})" for struct in STRUCTS.values()}
    asked |= {
        "offset:dm_ioctl.data": "offsetof(struct dm_ioctl, data)",
        "size:dm_ioctl.data": "sizeof(((struct dm_ioctl *)0)->data)",
    }
    asked |= {f"constant:{name}": name for name in [*CONSTANTS, "DM_VERSION_MINOR"]}
    asked |= {f"flag:{flag.c_name}": flag.c_name for flag in flags.DM_FLAGS}
    asked |= {
        f"flag:DM_NAME_LIST_FLAG_{name}": f"DM_NAME_LIST_FLAG_{name}" for name in ("HAS_UUID", "DOESNT_HAVE_UUID")
    }
    asked |= {f"direction:{name}": f"_IOC_{name}" for name in ("NONE", "READ", "WRITE")}
    for command in Command:
        number = NEWER.get(command, command.c_name)
        asked[f"code:{command.name}"] = number
        asked[f"nr:{command.name}"] = f"_IOC_NR({number})" if command in NEWER else f"{command.c_name}_CMD"
        for part in ("DIR", "TYPE", "NR", "SIZE"):
            asked[f"{part}:{command.name}"] = f"_IOC_{part}({number})"
    for dialect in DIALECTS.values():
        asked[f"dialect:{dialect.name}"] = f"_IOWR(0xfd, 14, unsigned int[{dialect.size // 4}])"
        asked[f"fixed:{dialect.name}"] = f"offsetof(struct {dialect.frame}, payload)"
    return asked
