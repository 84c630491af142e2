"""dmproto's own rows: the only file here that touches dmproto.

"dmproto generated" calls the generated functions, "dmproto decode_request" the public door.  Both are strict: they must
refuse everything that the workloads call malformed or unwritable.
"""

import importlib
from typing import Any

from bench.candidate import READ_TABLE, Candidate, field_values, plain_header, plain_table, with_attributes
from bench.workloads import DM_DEV_STATUS, DM_DEVMESSAGE, DM_TABLE_LOAD, HEADER_FIELDS

# What a request is read through: a header and a payload, which in W3 is the specs.
READ_HEADER_OF_REQUEST = ("header = o.header", *(f"header.{name}" for name in HEADER_FIELDS))
READ_TABLE_OF_REQUEST = ("header, specs = o.header, o.payload", *READ_TABLE[1:])


def generated_candidates() -> list[Candidate]:
    """Return the generated functions, called directly."""
    # Imported here: the benchmark runs, and says so, while there is no generated code or it does not load.
    generated: Any = importlib.import_module("dmproto.wire.generated")
    codec = generated.LITTLE
    name = "dmproto generated"
    return [
        with_attributes(
            name,
            "W1",
            names={
                **field_values("W1"),
                "decode": codec.decode_dm_ioctl,
                "encode": codec.encode_dm_ioctl,
                "Header": generated.Header,
            },
            decode="decode(data)",
            encode="encode(value)",
            build=f"encode(Header({', '.join(HEADER_FIELDS)}))",
            is_strict=True,
        ),
        with_attributes(
            name,
            "W2",
            names={
                **field_values("W2"),
                "decode": codec.decode_frame["devmessage"],
                "encode": codec.encode_frame["devmessage"],
                "DeviceMessage": generated.DeviceMessage,
            },
            decode="decode(data)",
            encode="encode(value)",
            build="encode(DeviceMessage(target_index, tag, payload))",
            is_strict=True,
        ),
        with_attributes(
            name,
            "W3",
            names={
                "decode_header": codec.decode_dm_ioctl,
                "decode_specs": codec.decode_payload["table_load"],
                "encode_header": codec.encode_dm_ioctl,
                "encode_specs": codec.encode_payload["table_load"],
            },
            decode="((header := decode_header(data)), decode_specs(data, header, None))",
            encode="encode_header(value[0]) + encode_specs(*value)",
            is_strict=True,
        ),
    ]


def public_candidates() -> list[Candidate]:
    """Return the public door, which finds the functions by the request number."""
    codec: Any = importlib.import_module("dmproto.wire.codec")
    settings: tuple[tuple[str, int, dict[str, Any]], ...] = (
        ("W1", DM_DEV_STATUS, {"read": READ_HEADER_OF_REQUEST, "plain": lambda o: plain_header(o.header)}),
        # A direct message is itself, not a request that holds it.
        ("W2", DM_DEVMESSAGE, {}),
        ("W3", DM_TABLE_LOAD, {"read": READ_TABLE_OF_REQUEST, "plain": lambda o: plain_table((o.header, o.payload))}),
    )
    return [
        with_attributes(
            "dmproto decode_request",
            workload,
            names={"decode": codec.decode_request, "encode": codec.encode, "code": code},
            decode="decode(code, data)",
            encode="encode(value)[1]",
            is_strict=True,
            **special,
        )
        for workload, code, special in settings
    ]


def candidates() -> list[Candidate]:
    """Return the candidates of dmproto."""
    return generated_candidates() + public_candidates()
