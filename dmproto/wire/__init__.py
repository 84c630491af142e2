"""Bytes to typed values and back; no behaviour, and nothing of what stands above it is imported.

The way through: `ioctl`, `command`, `flags`, `limits` and `dialects` are tables; `primitives`, `records` and `chains`
are the schema language; `layout` declares every message in it; `compile` writes `generated` from that, with the room
`emit`; `codec` is the door. `interpreted` runs the schemas as they stand, for the tests.
"""
