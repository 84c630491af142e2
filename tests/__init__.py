"""The tests of dmproto."""
