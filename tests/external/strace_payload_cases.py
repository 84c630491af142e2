"""strace's cases 15 to 33: tables to load, messages, geometries and names.

The expectations are written down from strace's output and from what the kernel does with such a buffer, not from what
our decoder answers.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import Final

from dmproto import Command, Geometry, Rename, TargetMsg, TargetSpec
from tests.external.strace_buffers import (
    LEAST,
    SIZE_OF_S,
    SPEC,
    STR129,
    TABLE_END,
    TARGETS,
    WHOLE,
    Case,
    init,
    put,
    target,
    with_text,
)


def _loads() -> list[Case]:
    load, code = Command.TABLE_LOAD, Command.TABLE_LOAD.code()
    one = SPEC.pack(0x10, 0x20, 0, 296, b"tgt") + b"tparams"
    t7, spec7 = target(7, 96)
    t9, spec9 = target(9, 48)
    t15, spec15 = target(15, 96)
    t42, spec42 = target(42, 0xDEADBEEF)
    t16, spec16 = target(16, 0)
    steps = [then - at for at, then in pairwise(TARGETS)]
    nine = [(target(i, step), STR129[i * 2 :][:i]) for i, step in enumerate(steps)]
    pieces = [(at, raw + text.encode() + b"\0") for at, ((raw, _), text) in zip(TARGETS, nine, strict=False)]
    start = ("header.data_start", "payload/bounds")
    return [
        Case(
            "15",
            code,
            put(init(SIZE_OF_S, WHOLE, SIZE_OF_S, count=1), (WHOLE, one)),
            load,
            {"target_count": 1, "data_start": WHOLE},
            (TargetSpec(16, 32, 0, 296, "tgt", "tparams"),),
        ),
        Case("16", code, init(WHOLE, LEAST), load, {"target_count": 0, "data_start": LEAST}, ()),
        Case(
            "17",
            code,
            init(WHOLE, 0xFFFFFFF8, WHOLE, count=1234),
            load,
            {"target_count": 1234, "data_start": 0xFFFFFFF8},
            (),
            (start,),
        ),
        Case(
            "18",
            code,
            init(TABLE_END, 360, 360, count=0xDEADDEA1),
            load,
            {"target_count": 3735936673},
            (),
            (("payload[0].sector_start", "buffer/short"),),
        ),
        Case(
            "19",
            code,
            put(init(TABLE_END, 360, 400, count=2), (360, t7)),
            load,
            {"target_count": 2},
            (spec7,),
            (("payload[0].parameters", "buffer/short"), ("payload[0].next", "buffer/short")),
        ),
        Case(
            "20",
            code,
            put(
                init(552, WHOLE, 552, count=4),
                (312, t9 + b"\0"),
                (360, t15 + b"\xff\0"),
                (456, t42 + b"\1\2\0"),
            ),
            load,
            {"target_count": 4},
            (with_text(spec9, ""), with_text(spec15, "\udcff"), with_text(spec42, "\1\2")),
            (("payload[2].next", "chain/aligned"), ("payload[2].next", "payload/bounds")),
        ),
        Case(
            "21",
            code,
            put(init(TABLE_END, WHOLE, 752, count=0xBADC0DED), *pieces),
            load,
            {"target_count": 3134983661},
            tuple(with_text(spec, text) for (_, spec), text in nine),
            (("payload[8].next", "buffer/short"),),
        ),
        Case(
            "22",
            code,
            put(init(SIZE_OF_S, WHOLE, SIZE_OF_S, count=1), (WHOLE, t16)),
            load,
            {},
            (TargetSpec(spec16.sector_start, spec16.length, spec16.status, 0, STR129[16:32]),),
            (("payload[0].target_type", "text/terminated"),),
        ),
        # the walk stands still: strace, the kernel and we stop at the second record
        Case(
            "33",
            code,
            init(SIZE_OF_S, WHOLE, SIZE_OF_S, count=2**32 - 1),
            load,
            {"target_count": 4294967295},
            (TargetSpec(),),
            (("payload[0].next", "chain/advance"),),
        ),
    ]


def _texts() -> list[Case]:
    msg, rename, geometry = Command.TARGET_MSG, Command.DEV_RENAME, Command.DEV_SET_GEOMETRY
    sector = 0xDEADBEEFFACEF157
    raw = struct.pack("=Q", sector)
    whole = init(SIZE_OF_S, WHOLE, SIZE_OF_S)
    past = (("header.data_start", "payload/bounds"),)
    return [
        Case(
            "23",
            msg.code(),
            put(whole, (WHOLE, struct.pack("=Q", 0x1234) + b"long target msg")),
            msg,
            payload=TargetMsg(4660, "long target msg"),
        ),
        Case("24", msg.code(), init(WHOLE, LEAST, WHOLE), msg, anomalies=(("payload.sector", "payload/bounds"),)),
        Case("25", msg.code(), init(WHOLE, 2**32 - 1, WHOLE), msg, anomalies=past),
        Case("26a", msg.code(), init(320, WHOLE, WHOLE), msg, anomalies=(("payload.sector", "buffer/short"),)),
        Case(
            "26b",
            msg.code(),
            put(init(321, WHOLE, 320), (WHOLE, raw)),
            msg,
            payload=TargetMsg(sector, ""),
            anomalies=(("payload.message", "buffer/short"),),
        ),
        # no room for a NUL: the kernel refuses, strace prints an empty text
        Case(
            "27",
            msg.code(),
            put(init(320, WHOLE, 320), (WHOLE, raw)),
            msg,
            payload=TargetMsg(sector, ""),
            anomalies=(("payload.message", "text/terminated"),),
        ),
        Case("28", geometry.code(), put(whole, (WHOLE, b"10 20 30 40")), geometry, payload=Geometry("10 20 30 40")),
        Case(
            "29",
            rename.code(),
            init(WHOLE, LEAST),
            rename,
            payload=Rename(""),
            anomalies=(("payload.new_name", "buffer/short"),),
        ),
        Case("30", rename.code(), init(SIZE_OF_S, 0xDEADBEEF, SIZE_OF_S), rename, anomalies=past),
        # inside the header, in `name`: strace finds it strange but valid, the kernel refuses what is below 305
        Case(
            "31",
            rename.code(),
            init(SIZE_OF_S, 49, SIZE_OF_S),
            rename,
            {"data_start": 49},
            Rename("nn"),
            (("header.data_start", "payload/start"),),
        ),
        Case("32", rename.code(), put(whole, (WHOLE, b"new long name")), rename, payload=Rename("new long name")),
    ]


CASES: Final = [*_loads(), *_texts()]
