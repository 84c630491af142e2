"""Recorded calls: the steps of a transcript, the tests of codec vectors, what strace printed."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from dmproto.show.bad_input import BadInput
from dmproto.show.number import parse
from dmproto.show.strace import Capture as Printed

MAPPED: Final = 1 << 20
"""Most zeros read of the memory behind a pointer."""


class Side(NamedTuple):
    """What one side said in a call: its bytes, or the value that a tool printed.

    Attributes:
        data: the bytes; None where a value was printed.
        value: the value; None where there are bytes.
        mapped: how many bytes of memory there are: behind `data` they are zero.
    """

    data: bytes | None = None
    value: Any = None
    mapped: int = 0

    @property
    def memory(self) -> bytes:
        """The bytes and the zeros behind them."""
        return (self.data or b"").ljust(min(self.mapped, MAPPED), b"\0")


class Capture(NamedTuple):
    """One call.

    Attributes:
        place: where in the file, `step 3` or `line 12`.
        code: the request number, as it is given.
        request: what went in.
        reply: what came back; None where nothing did.
        comment: what the file says of it.
        ret: the result; None where it is not known.
        error: the name of the errno, where it failed.
        given: how it is to be read, as far as the file says: fields of `dmproto.show.message.Reading`.
        notes: what is not known, as path and text.
    """

    place: str
    code: int
    request: Side | None = None
    reply: Side | None = None
    comment: str = ""
    ret: int | None = None
    error: str | None = None
    given: Mapping[str, Any] = MappingProxyType({})
    notes: tuple[tuple[str, str], ...] = ()


def captures(document: Any) -> list[Capture]:
    """The calls of a transcript or of codec vectors.

    Raises:
        BadInput: it is neither.
    """
    if isinstance(document, dict) and isinstance(document.get("steps"), list):
        return list(_of_steps(document["steps"]))
    if isinstance(document, dict):
        tests = document["tests"] if isinstance(document.get("tests"), list) else [document]
    else:
        tests = document if isinstance(document, list) else []
    if tests and all(isinstance(test, dict) and "bytes" in test and "code" in test for test in tests):
        return [_of_vector(test, at) for at, test in enumerate(tests)]
    if isinstance(document, dict) and document.keys() & {"kind", "captures"}:
        raise BadInput("this is a decoded message: `dmproto encode` makes bytes of it")
    raise BadInput("neither a transcript (with steps) nor codec vectors (with code and bytes)")


def _of_vector(test: dict[str, Any], at: int) -> Capture:
    place = test["id"] if isinstance(test.get("id"), str) else f"test {at}"
    given: dict[str, Any] = {name: test[name] for name in ("byteorder", "arch", "dialect", "door") if name in test}
    for name, item in given.items():
        if not isinstance(item, str) and (item is not None or name != "door"):
            raise BadInput(f"{place}: {name} is no text")
    side = Side(_bytes(test["bytes"], place, "bytes"))
    reply = test.get("reading") == "reply"
    return Capture(
        place,
        _code(test["code"], place),
        None if reply else side,
        side if reply else None,
        _comment(test),
        given=given,
    )


def _of_steps(steps: list[Any]) -> Iterator[Capture]:
    opened: dict[str, str] = {}
    jobs: dict[str, Capture] = {}
    for at, step in enumerate(steps):
        place = f"step {at}"
        if not isinstance(step, dict):
            raise BadInput(f"{place} is no object")
        if isinstance(step.get("as"), str):
            opened[_key(step["as"])] = "control" if step.get("open") == "control" else "device"
        if "finish" in step:
            call = jobs.get(_key(step["finish"]))
            if call is None:
                raise BadInput(f"{place} finishes what was never started")
            yield _came_back(
                {"mapped": call.request and call.request.mapped, **step},
                call._replace(place=place, request=None, comment=_comment(step)),
            )
        elif "ioctl" in step:
            door = opened.get(_key(step.get("file", "control")), "control")
            call = Capture(
                place,
                _code(step["ioctl"], place),
                _memory(step, "in", place),
                comment=_comment(step),
                given={"door": door},
            )
            jobs[_key(step.get("start"))] = call
            yield _came_back(step, call)


def _key(item: Any) -> str:
    return json.dumps(item)


def _came_back(step: dict[str, Any], call: Capture) -> Capture:
    ret = step.get("ret")
    if not isinstance(ret, int) or isinstance(ret, bool):
        return call
    if ret < 0:
        return call._replace(ret=ret, error=errno.errorcode.get(-ret))
    return call._replace(ret=ret, reply=_memory(step, "out", call.place) if "out" in step else None)


def _memory(step: dict[str, Any], name: str, place: str) -> Side:
    """Memory as the step gives it, and how far it goes."""
    mapped = step.get("mapped")
    return Side(_bytes(step.get(name), place, name), mapped=mapped if isinstance(mapped, int) else 0)


def _bytes(item: Any, place: str, name: str) -> bytes:
    try:
        return bytes.fromhex(item)
    except (TypeError, ValueError):
        raise BadInput(f"{place}: {name!r} is no hex") from None


def _code(item: Any, place: str) -> int:
    number = item if isinstance(item, int) else parse(item) if isinstance(item, str) else None
    if number is None:
        raise BadInput(f"{place}: the request number is no number")
    return number


def _comment(step: dict[str, Any]) -> str:
    return step["comment"] if isinstance(step.get("comment"), str) else ""


def of_strace(printed: Printed) -> Capture:
    """The call that strace printed."""
    failed = printed.ret is None or printed.ret < 0
    control = printed.request is not None and printed.request.header is not None
    return Capture(
        f"line {printed.line}",
        printed.code,
        Side(value=printed.request) if printed.request is not None else None,
        Side(value=printed.reply) if printed.reply is not None and not failed else None,
        ret=printed.ret,
        error=printed.errno,
        given={"door": "control"} if control else {},
        notes=tuple((note.path, note.text) for note in printed.notes if not (failed and note.path.startswith("reply"))),
    )
