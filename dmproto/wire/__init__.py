"""Bytes to typed values and back; no behaviour, and nothing of what stands above it is imported.

The way through: `ioctl`, `command`, `flags`, `limits` and `dialects` are tables; `primitives` and `records` are the
schema language; `layout` declares every message in it; `compile` writes `generated` from that (by `emit_decode` and
`emit_encode`); `codec` is the door. `interpreted` runs the schemas as they stand, for the tests.
"""
