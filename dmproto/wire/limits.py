"""The sizes and limits of the interface, under their C names where C has one.

Source: `<linux/dm-ioctl.h>` 4.47.0 unless said otherwise; all lengths are bytes.
"""

from __future__ import annotations

from typing import Final

DM_IOCTL: Final = 0xFD
"""The ioctl type byte of every device-mapper request, on both doors."""

DM_VERSION_MAJOR: Final = 4
"""The only interface major whose layouts are described here; in use since 2003."""

DM_NAME_LEN: Final = 128
"""Size of `dm_ioctl.name`, its NUL included: a name has at most 127 bytes."""

DM_UUID_LEN: Final = 129
"""Size of `dm_ioctl.uuid`, its NUL included: a uuid has at most 128 bytes."""

DM_MAX_TYPE_NAME: Final = 16
"""Size of `dm_target_spec.target_type`, its NUL included: a type name has at most 15 bytes."""

DM_MAX_TARGETS: Final = 1048576
"""Most targets in a table (drivers/md/dm-ioctl.c)."""

DM_MAX_TARGET_PARAMS: Final = 1024
"""With `DM_MAX_TARGETS`, bounds `data_size` (drivers/md/dm-ioctl.c)."""

HEADER_SIZE: Final = 305
"""`offsetof(struct dm_ioctl, data)`: what the kernel reads of a header, and the least legal `data_size`."""

STRUCT_SIZE: Final = 312
"""`sizeof(struct dm_ioctl)`: the size in every request number, and where the kernel puts its answers."""

DATA_SIZE_MAX: Final = DM_MAX_TARGETS * DM_MAX_TARGET_PARAMS
"""The greatest legal `data_size`, 1 GiB, inclusive."""

ALIGNMENT: Final = 8
"""Records of a chain start on multiples of this, from the start of the header."""

FRAME_PAYLOAD_MAX: Final = 64
"""Most payload bytes of a direct device message (the mail of July 2004: "64 bytes isn't too abusive")."""

SECTOR_SIZE: Final = 512
"""Bytes in a sector, the unit of every `sector`, `sector_start` and `length` of the interface."""
