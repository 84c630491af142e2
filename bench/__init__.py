"""Codec speed: dmproto against every other way to read the same bytes in Python.

Run it with ``python -m bench``.  Nothing here is imported by dmproto.
"""
