"""dmproto's own rows: the only file here that touches dmproto.

"dmproto generated" calls the generated functions, "dmproto decode_request" the public door.  Both are strict: they must
refuse everything that the workloads call malformed or unwritable.
"""

import importlib
from typing import Any

from bench.candidate import READ_TABLE, Candidate, field_values, plain_header, plain_table, with_attributes
from bench.workloads import DM_DEV_STATUS, DM_DEVMESSAGE, DM_TABLE_LOAD, HEADER_FIELDS

# How the values are made; positional, as in the hand-written peers.
BUILD = {
    "W1": f"encode(Header({', '.join(HEADER_FIELDS)}))",
    "W2": "encode(DeviceMessage(target_index, tag, payload))",
}

# What a request is read through: a header and a payload, which in W3 is the specs.
READ_HEADER_OF_REQUEST = ("header = o.header", *(f"header.{name}" for name in HEADER_FIELDS))
READ_TABLE_OF_REQUEST = ("header, specs = o.header, o.payload", *READ_TABLE[1:])


def candidates() -> list[Candidate]:
    """Return the candidates of dmproto; raise ImportError while there is nothing to import."""
    dmproto: Any = importlib.import_module("dmproto")
    generated: Any = importlib.import_module("dmproto.wire.generated")
    little = generated.LITTLE
    # TO BE CONNECTED: the names below are assumed.  A decoded table is a (header, specs) pair, as in plain_table.
    functions = {
        "W1": (little.decode_dm_ioctl, little.encode_dm_ioctl),
        "W2": (little.decode_device_message, little.encode_device_message),
        "W3": (little.decode_table_load, little.encode_table_load),
    }
    found = [
        with_attributes(
            "dmproto generated",
            workload,
            names={
                **(field_values(workload) if workload in BUILD else {}),
                "decode": decode,
                "encode": encode,
                "Header": generated.Header,
                "DeviceMessage": generated.DeviceMessage,
            },
            decode="decode(data)",
            encode="encode(value)",
            build=BUILD.get(workload),
            is_strict=True,
        )
        for workload, (decode, encode) in functions.items()
    ]
    found += [
        with_attributes(
            "dmproto decode_request",
            workload,
            names={"decode": dmproto.decode_request, "encode": dmproto.encode, "code": code},
            decode="decode(code, data)",
            encode="encode(value)[1]",
            is_strict=True,
            **settings,
        )
        for workload, code, settings in (
            ("W1", DM_DEV_STATUS, {"read": READ_HEADER_OF_REQUEST, "plain": lambda o: plain_header(o.header)}),
            ("W2", DM_DEVMESSAGE, {}),
            (
                "W3",
                DM_TABLE_LOAD,
                {"read": READ_TABLE_OF_REQUEST, "plain": lambda o: plain_table((o.header, o.payload))},
            ),
        )
    ]
    return found
