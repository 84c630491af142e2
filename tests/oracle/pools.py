"""What steps are drawn from: names, numbers, table lines, messages, sizes. What stands twice comes twice as often."""

from __future__ import annotations

from typing import Any, Final

from dmproto.commands import HANDLERS
from dmproto.targets import TARGETS
from dmproto.wire.command import Command
from dmproto.wire.flags import DmFlag

DISKS: Final = (65536, 8192)
"""Sizes in sectors of 98:0 and 98:16."""

SIZE_MAX: Final = 1 << 20
"""The greatest data_size drawn that a kernel would allocate: above, whether it can depends on its memory."""

SIZE_END: Final = 1 << 30
"""The greatest data_size that is not refused."""

# What each type is given; the first lines are good. `unstriped` is left out: its status is not written at all.
LINES: Final[dict[str, tuple[bytes, ...]]] = {
    "zero": (b"", b"", b"x"),
    "error": (b"", b"any words \\", b"\x08"),
    "linear": (
        b"98:0 8", b"98:16 0", b"254:0 0", b"254:1 0", b"98:0 65530", b"98:16 8185", b"/dev/ubda 0", b"/dev/dm-0 0",
        b"98:0", b"98:0 -1", b"98:0 0 0", b"098:00 010", b"fe00 0", b"254:7 0", b"98:1 0", b"4096:0 0", b"98:1048576 0",
        b"/dev/nonesuch 0", b"9\\8:0 8", b"98:0\xa00", b"98:0 18446744073709551616", b"98:0 18446744073709551615",
        b"98:0:0 0", b" 98:0\t1 ", b"98:0 0x1", b"98: 0 1", b"'98:0' 0", b"\xff\xfe 0", b"98:0x 0", b"+98:0 0",
        b"4294967394:0 0", b"98:0:0x 0", b"98:0:0:x 0", b"98:16:-1 0", b"100006200 0", b"0X6200 0", b"16200 0", b"0 0",
        b"4096:0:0 0", b"0:0 0", b"/dev/nfs 0", b"/dev/ram 0",
    ),
    "striped": (
        b"1 8 98:0 0", b"2 4 98:0 0 98:16 0", b"2 4 98:0 0 254:0 8", b"1 8 98:16 8190", b"0 8", b"2 3 98:0 0 98:16 0",
        b"2 4 98:0 0", b"1 0 98:0 0", b"1 8 98:0 0 x", b"+1 8 98:0 0", b"1 8 98:7 0", b"1", b"",
    ),
    "delay": (
        b"98:0 0 0", b"98:0 0 0 98:16 8 5", b"98:0 0 0 98:16 0 0 254:0 0 1", b"98:0 0", b"98:0 0 x", b"98:0 0 0 98:16",
        b"98:0 0 4294967296", b"98:16 8190 0",
    ),
    "flakey": (
        b"98:0 0 1 1", b"98:0 0 1 1 0", b"98:0 0 1 1 1 drop_writes", b"98:0 0 1 0 1 ERROR_WRITES",
        b"98:16 0 1 1 5 corrupt_bio_byte 32 r 1 0", b"98:0 0 1 1 1 drop_writes more words", b"98:0 0 0 0",
        b"98:0 0 1 1 2 drop_writes error_writes", b"98:0 0 1 1 7", b"98:0 0 1 1 1 nonesuch", b"98:0 0 1",
        b"98:0 0 4294967295 1", b"98:0 0 1 1 5 corrupt_bio_byte 0 r 1 0", b"98:0 0 1 1 5 corrupt_bio_byte 32 x 1 0",
    ),
    "dust": (b"98:0 0 512", b"98:16 8 4096", b"98:0 0 511", b"98:0 0 8192", b"98:0 x 512", b"98:0 0", b"98:7 0 512"),
    "switch": (
        b"1 8 0 98:0 0", b"2 1 0 98:0 0 98:16 0", b"2 4 0 254:0 0 98:0 8", b"0 8 0", b"1 0 0 98:0 0", b"1 8 1 98:0 0",
        b"2 8 0 98:0 0", b"1 8 0 98:16 8190", b"1 8 0 98:0 x",
    ),
    "zero\0junk": (b"",),
    "zeroaaaaaaaaaaaa": (b"", b"x"),
    "nonesuch": (b"",),
    "Zero": (b"",),
    "": (b"",),
}  # fmt: skip
# Sizes in areas are either small or far beyond what any kernel has the memory for
STATS_MESSAGES: Final = (
    b"@stats_list", b"@stats_list", b"@STATS_LIST p", b"@stats_list \\ ", b"@stats_list p p", b"@Stats_list -",
    b"@stats_create - /1", b"@stats_create - 1", b"@stats_create - /3 p", b"@stats_create 0+8 4 p aux",
    b"@stats_create - 4 2 precise_timestamps histogram:10,20", b"@stats_create - /2 1 HISTOGRAM:1,\\ 2 p \xff\\ x",
    b"@stats_create \\ 5+\\\xa018446744073709551610 18446744073709551615 0 \xc3\xa9", b"@stats_create 7+9 /\\ 2 1x y",
    b"@stats_create 0+18446744073709551615 9223372036854775809 4294967297 Precise_Timestamps 1 2",
    b"@stats_create 0+9 /4294967298 0", b"@stats_create 1+18446744073709551618 18446744073709551617 +1",
    b"@stats_create -", b"@stats_create - 0", b"@stats_create - /0", b"@stats_create - /4294967296",
    b"@stats_create - 0x1", b"@stats_create - /1x", b"@stats_create - 1\\ ", b"@stats_create - 18446744073709551616",
    b"@stats_create 0+0 1", b"@stats_create 1+18446744073709551615 1", b"@stats_create 1 1", b"@stats_create 1+1x 1",
    b"@stats_create -1+3 1", b"@stats_create 1\\ +1 1", b"@stats_create -- 1", b"@stats_create - /2 - aux x",
    b"@stats_create - /2 0 - aux x", b"@stats_create - 1 1", b"@stats_create - 1 2 precise_timestamps",
    b"@stats_create - 1 1 precise", b"@stats_create - 1 2 histogram:1 histogram:2", b"@stats_create - 1 1 histogram:",
    b"@stats_create - 1 1 histogram:0", b"@stats_create - 1 1 histogram:2,2", b"@stats_create - 1 1 histogram:1,",
    b"@stats_create - 1 1 histogram:1;2", b"@stats_create 0+18446744073709551615 1",
    b"@stats_create 0+1000000000000 1", b"@stats_create 0+153722867280912929 1",
    b"@stats_create 0+153722867280912928 1",
    b"@stats_create 0+100000000000000000 1 1 histogram:1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23",
    b"@stats_delete 0", b"@stats_delete 1", b"@stats_delete 7", b"@stats_delete x", b"@stats_delete",
    b"@stats_delete 0 0",
    b"@stats_clear 0", b"@stats_c\\lear   1 ", b"@stats_clear 7", b"@stats_clear 0 0", b"@stats_clear -",
    b"@stats_print 0", b"@stats_print 0", b"@stats_print \\ 1", b"@stats_print -4294967295", b"@stats_print 4294967296",
    b"@stats_print 2147483648", b"@stats_print 2147483647", b"@stats_print +0", b"@stats_print -1", b"@stats_print 0x0",
    b"@stats_print 0 1 1", b"@stats_print 0 - 2", b"@stats_print 0 1 -", b"@stats_print 1 1 18446744073709551615",
    b"@stats_print 0 18446744073709551617 1", b"@stats_print 0 9 9", b"@stats_print 0 x 1", b"@stats_print 0 0 1x",
    b"@stats_print 0 -1 1", b"@stats_print 0 0", b"@stats_print_clear 0", b"@stats_print_clear 0 0 1",
    b"@stats_print_clear", b"@stats_set_aux 0 new", b"@stats_set_aux 1 \\\xa0\\ ", b"@stats_set_aux 0",
    b"@stats_set_aux 9 x", b"@stats_set_aux -1 x", b"@stats", b"@stats_listx",
)  # fmt: skip
OTHER_MESSAGES: Final = (
    b"hello", b"@cancel_deferred_remove", b"", b" \t", b"@CANCEL_deferred_remove", b"@cancel_deferred_remove x", b"@x",
    b"\\@cancel_deferred_remove", b"@", b"\\", b"enable", b"disable", b"quiet", b"addbadblock 1", b"addbadblock 1 3",
    b"queryblock 1", b"removebadblock 1", b"countbadblocks", b"listbadblocks", b"clearbadblocks", b"addbadblock 9999",
    b"set_region_mappings 0:1 :0", b"set_region_mappings R1,2", b"set_region_mappings", b"set_region_mappings 9:9",
    b"set_region_mappings :1",
)  # fmt: skip
MESSAGES: Final = (*STATS_MESSAGES, *STATS_MESSAGES[:16] * 2, *OTHER_MESSAGES * 3)
NAMES: Final = (
    *[b"a"] * 8,
    *[b"b"] * 6,
    *[b"c"] * 3,
    b"",
    b"control",
    b"a/b",
    b"\xff",
    b"n" * 127,
    b"n" * 128,
    b"a\0stale",
    b"A",
    b"B",
    b"\xc3\xa9",
    b"\xc3",
    b" ",
    b"..",
    b"aa",
)
UUIDS: Final = (b"U", b"U", b"V/w", b"u" * 128, b"u" * 129, b"U\0stale")
NUMBERS: Final = (0xFE00, 0xFE00, 0xFE01, 0xFE02, 0x1_0000_FE00, 0xFD00, 0x6200, 0x10_FE00, 0xFE07)
FLAGS: Final = (*(1 << bit for bit in range(20)), 4, 128, 1 << 31, 0xFFFFFFFF)
GEOMETRIES: Final = (
    b"1 2 3 4", b"0 0 0 0", b"65535 255 255 0", b"65536 1 1 0", b"1 256 1 0", b"1 1 256 0", b"1 1 1 2", b" 1\t2 3 0",
    b"1 2 3", b"1 2 3 4 ", b"1 2 3 4 5", b"-1 2 3 0", b"0x1 2 3 0", b"01 02 03 00", b"", b"65537 1 1 0",
    b"1 1 1 18446744073709551616", b"4294967297 1 1 0", b"18446744073709551617 1 1 1",
)  # fmt: skip
SIZES: Final = (
        *[4096] * 6, *[16384] * 2, 305, 306, 311, 312, 313, 319, 320, 321, 328, 336, 343, 344, 345, 351, 352, 353, 354,
        359, 360, 361, 367, 368, 375, 376, 384, 392, 400, 408, 424, 440,
    )  # fmt: skip
ODD_SIZES: Final = (0, 1, 304, 305, 306, 311, 312, 313, 4095, SIZE_MAX, SIZE_END + 1, 0x7FFFFFFF, 0xFFFFFFFF)
WORDS: Final = (
    0,
    1,
    8,
    39,
    40,
    41,
    47,
    48,
    176,
    255,
    304,
    305,
    306,
    311,
    313,
    316,
    320,
    777,
    4095,
    0x7FFFFFFF,
    0xFFFFFFF8,
)
COUNTS: Final = (0, 2, 3, 5, (1 << 20) + 1, 0xFFFFFFFF)
VERSIONS: Final = ((4, 0, 99), (4, 47, 0), (4, 48, 0), (5, 0, 0), (3, 0, 0), (4, 1 << 31, 0), (0, 0, 0))

WEIGHTS: Final = {
    Command.TABLE_LOAD: 12,
    Command.DEV_SUSPEND: 10,
    Command.DEV_CREATE: 4,
    Command.TABLE_STATUS: 6,
    Command.TARGET_MSG: 10,
    Command.DEV_RENAME: 4,
    Command.DEV_REMOVE: 3,
    Command.TABLE_DEPS: 4,
    Command.LIST_DEVICES: 4,
    Command.DEV_STATUS: 3,
    Command.REMOVE_ALL: 1,
    Command.VERSION: 1,
}
COMMANDS: Final = tuple(command for command in HANDLERS for _ in range(WEIGHTS.get(command, 2)))
# Flags that make sense with a command, beside none
USUAL: Final = {
    Command.DEV_SUSPEND: (DmFlag.SUSPEND, DmFlag.SUSPEND | DmFlag.NOFLUSH, DmFlag.SUSPEND | DmFlag.SKIP_LOCKFS),
    Command.DEV_CREATE: (DmFlag.PERSISTENT_DEV,),
    Command.DEV_REMOVE: (DmFlag.DEFERRED_REMOVE,),
    Command.DEV_RENAME: (DmFlag.UUID,),
    Command.TABLE_LOAD: (DmFlag.READONLY, DmFlag.QUERY_INACTIVE_TABLE),
    Command.TABLE_STATUS: (DmFlag.STATUS_TABLE, DmFlag.IMA_MEASUREMENT, DmFlag.QUERY_INACTIVE_TABLE, DmFlag(0x1010)),
    Command.TABLE_DEPS: (DmFlag.QUERY_INACTIVE_TABLE,),
    Command.DEV_STATUS: (DmFlag.QUERY_INACTIVE_TABLE,),
    Command.LIST_DEVICES: (DmFlag.UUID,),
    Command.REMOVE_ALL: (DmFlag.DEFERRED_REMOVE,),
}
PLACES: Final = (305, 306, 311, 313, 316, 320, 321, 400, 176, 177, 184, 200, 56, 64, 48, 304, 300)
"""Where a payload may stand instead of behind the header."""

ADDRESSES: Final = (("name",),) * 12 + (("uuid",), ("dev",), ("dev",), ("name", "uuid"), ("name", "dev"))
CONTROLS: Final = ("c", "c", "c", "c", "c1", "c2")

UNKNOWN: Final = frozenset({"nonesuch", "Zero", "", "zero\0junk", "zeroaaaaaaaaaaaa"})
TYPES: Final = tuple(name for name in LINES if name in TARGETS or name in UNKNOWN)
"""The target types that both sides know, and some that neither does."""

DEVICES: Final = ("254:0", "254:1", "254:2", "98:0")

MISTAKES: Final[dict[str, tuple[Any, ...]]] = {
    "version": VERSIONS,
    "data_size": ODD_SIZES,
    "data_start": WORDS,
    "target_count": COUNTS,
    "open_count": (-7,),
    "event_nr": (1, 2, 0xFFFFFFFF, 0x600000),
    "padding": (0xDEADBEEF,),
    "dev": NUMBERS,
    "name": NAMES,
    "uuid": UUIDS,
    "code": (0xFD00, 0xC138FE00, 0xFFFFFD00, 0xC1380000, 0xC134FD00),
    "number": (18, 19, 0xFF),
    "cut": (0, 11, 12, 304, 305, 306, 312, 313, 320, 350, 360),
    "grow": (1, 7, 4096),
    "poke": (0, 1, 0x20, 0x2F, 0x40, 0x5C, 0x80, 0xA0, 0xFF),
    "capable": (False,),
}
"""Fields of the header that are changed, and what else may be wrong with a call."""

MISTAKEN: Final = (*MISTAKES, "data_size", "data_start", "cut", "poke")
OUTSIDE: Final = frozenset({"code", "number", "cut", "grow", "poke", "capable"})
"""Mistakes that are not fields of the header."""

KINDS: Final = ("ioctl",) * 36 + ("open",) * 3 + ("control", "close", "close", "poll", "poll", "noise")
