"""How schemas become code.

`source` takes them apart, `values` writes the typed values and accessors, `decode` and `encode` the statements for one
record, `readers` and `writers` those for whole payloads, frames and the header. `dmproto.wire.compile` joins it.
"""
