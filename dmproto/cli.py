"""The dmproto command: its verbs, their arguments, and how they end.

Exit status 0: done; 1: what was read is no message, or not to be read; 2: not asked for as it must be. Modules are
loaded by the verb that uses them.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import importlib
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from dmproto.errors import DmprotoError
from dmproto.wire.dialects import DIALECTS
from dmproto.wire.ioctl import ARCHES

if TYPE_CHECKING:
    from dmproto.show.message import Reading
    from dmproto.show.recordings import Capture

BROKEN_PIPE: Final = 1
INTERRUPTED: Final = 130


class Usage(DmprotoError):
    """The command was not asked for as it must be."""


class Verb(NamedTuple):
    """A verb.

    Attributes:
        name: how it is asked for.
        does: what it does, in a line.
        run: does it, and gives the exit status; None for a verb that has its own arguments.
        arguments: adds its arguments.
        module: where a verb with its own arguments is, its function being `main(argv) -> int`.
    """

    name: str
    does: str
    run: Callable[[argparse.Namespace], int] | None = None
    arguments: Callable[[argparse.ArgumentParser], None] | None = None
    module: str = ""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the answer is its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = _run(words)
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up_stdout()
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        _give_up_stdout()
        _complain(f"dmproto: {error.strerror or error}")
        return 1
    return status


def _give_up_stdout() -> None:
    """Let what is still buffered go nowhere, since Python would write it when it ends, and fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(words: list[str]) -> int:
    own = next((verb.module for verb in VERBS if verb.module and words[:1] == [verb.name]), "")
    if own:
        status: int = importlib.import_module(own).main(words[1:])
        return status
    arguments = _parser().parse_args([_positional(word) for word in words])
    try:
        status = arguments.run(arguments)
    except DmprotoError as error:
        status = 2 if isinstance(error, Usage) else 1
        _refuse(error, as_json=arguments.json)
    return status


_NEGATIVE_HEX: Final = re.compile(r"-0[xX][0-9a-fA-F]{1,32}")


def _positional(word: str) -> str:
    """A word, or a negative hex number in decimal: argparse would take it for an option."""
    return str(int(word, 16)) if _NEGATIVE_HEX.fullmatch(word) else word


def _parser() -> argparse.ArgumentParser:
    from dmproto import __version__

    parser = argparse.ArgumentParser(prog="dmproto", description="The Linux device-mapper ioctl protocol.")
    parser.add_argument("--version", action="version", version=f"dmproto {__version__}")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    for verb in VERBS:
        sub = verbs.add_parser(verb.name, help=verb.does, description=f"{verb.name}: {verb.does}.")
        if verb.arguments is not None:
            sub.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
            verb.arguments(sub)
        sub.set_defaults(run=verb.run)
    return parser


def _refuse(error: DmprotoError, *, as_json: bool) -> None:
    if as_json:
        from dmproto.show.calls import error_document

        _print_json(error_document(error))
        return
    from dmproto.show.listing import error_line

    _complain(f"dmproto: {error_line(error)}")


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _print_json(document: Any) -> None:
    print(json.dumps(document, indent=2))


# --- explain


def _explain_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", metavar="NUMBER", help="a request number, hex or decimal, or a name: DM_TABLE_LOAD")
    _arch(parser, "on this architecture only")


def _arch(parser: argparse.ArgumentParser, words: str) -> None:
    parser.add_argument("--arch", choices=ARCHES, metavar="A", help=f"{words}: {', '.join(ARCHES)}")


def explain(arguments: argparse.Namespace) -> int:
    """Say what a request number means."""
    from dmproto.show import explain as facts

    found = facts.explain(arguments.number, arguments.arch)
    if found is None:
        raise Usage(f"{arguments.number!r} is neither a number nor the name of a request")
    if arguments.json:
        _print_json(facts.to_document(found))
        return 0
    from dmproto.show import colour, explain_text

    _print(explain_text.explanation(found, colour.Paint(colour.wanted(sys.stdout))))
    return 0


# --- decode


def _decode_arguments(parser: argparse.ArgumentParser) -> None:
    side = parser.add_mutually_exclusive_group()
    side.add_argument("--request", action="store_true", help="what went in (of one message: the default)")
    side.add_argument("--reply", action="store_true", help="what came back")
    parser.add_argument("--code", metavar="N", help="the request number, or a name: TABLE_LOAD")
    parser.add_argument("--byteorder", choices=("little", "big"), help="default: as the message's version says")
    parser.add_argument("--lenient", action="store_true", help="note what breaks a rule, and read on")
    _arch(parser, "whose request numbers these are; default generic")
    parser.add_argument("--dialect", choices=DIALECTS, metavar="D", help=f"of direct messages: {', '.join(DIALECTS)}")
    parser.add_argument("--door", choices=("control", "device"), help="the node; default: as the number says")
    parser.add_argument("--show-secrets", action="store_true", help="do not overwrite keys")
    parser.add_argument("file", metavar="FILE", help="bytes, hex, a hexdump, strace -v text, vectors; - for stdin")


def decode(arguments: argparse.Namespace) -> int:
    """Decode a message, or the calls of a recording."""
    from dmproto.show import calls, reading
    from dmproto.show.bad_input import BadInput

    raw = reading.read_file(arguments.file)
    found = reading.tell_apart(raw, arch=arguments.arch or "generic")
    if isinstance(found, bytes):
        from dmproto.show.message import read

        result = read(found, _reading(arguments))
        failed = not hasattr(result, "value")
        if arguments.json:
            _print_json(calls.described(result))
        else:
            _write(calls.lines, result, failed=failed)
        return int(failed)
    if arguments.code is not None:
        raise Usage("the file says its request numbers itself: --code is for raw bytes and hex")
    if not found:
        raise BadInput(f"{arguments.file}: no device-mapper ioctl in it")
    return _decode_calls(arguments, found)


def _decode_calls(arguments: argparse.Namespace, found: list[Capture]) -> int:
    from dmproto.show import calls

    kinds = ("request",) if arguments.request else ("reply",) if arguments.reply else ("request", "reply")
    seen = (calls.see(call, _reading(arguments, call), kinds) for call in found)
    failed = 0
    documents = []
    for at, each in enumerate(seen):
        failed |= each.failed
        if arguments.json:
            documents.append(calls.capture_document(each))
        else:
            _print([""] if at else [])
            _write(calls.call_lines, each)
    if arguments.json:
        _print_json({"captures": documents})
    return int(failed)


def _write(lines: Callable[..., Iterable[str]], what: Any, *, failed: bool = False) -> None:
    """Print on standard output; a failure is told on standard error."""
    from dmproto.show import colour

    stream = sys.stderr if failed else sys.stdout
    paint = colour.Paint(colour.wanted(stream))
    for number, line in enumerate(lines(what, paint)):
        stream.write(f"{'dmproto: ' if failed and not number else ''}{line}\n")


def _reading(arguments: argparse.Namespace, call: Capture | None = None) -> Reading:
    """How a message is to be read: as asked for, or else as the file says."""
    from dmproto.show.message import Reading

    asked = {name: getattr(arguments, name) for name in ("byteorder", "arch", "dialect", "door")}
    given = {} if call is None else {name: item for name, item in call.given.items() if asked.get(name) is None}
    set_ = {name: item for name, item in (asked | given).items() if item is not None}
    kind = "reply" if arguments.reply else "request"
    reading = Reading(kind, strict=not arguments.lenient, secrets=arguments.show_secrets, **set_)
    return reading._replace(code=_code(arguments, reading) if call is None else call.code)


def _code(arguments: argparse.Namespace, reading: Reading) -> int:
    from dmproto.show.number import code_of, name_of, parse
    from dmproto.wire.ioctl import request_code

    if arguments.code is None:
        raise Usage("the bytes do not say what request they belong to: give --code, as in --code TABLE_LOAD")
    number, name = parse(arguments.code), name_of(arguments.code)
    if number is None and name is None:
        raise Usage(f"--code {arguments.code!r} is neither a number nor the name of a request")
    return code_of(name, reading.arch, reading.dialect) if name else request_code(number or 0)


# --- encode


def _encode_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--hex", action="store_true", help="hex text, a line for each message")
    parser.add_argument("file", metavar="FILE", help="what decode --json prints; - for stdin")


def encode(arguments: argparse.Namespace) -> int:
    """Make bytes of what `decode --json` prints."""
    from dmproto.show import documents_in, reading

    messages = documents_in.encoded(reading.load_json(reading.read_file(arguments.file)))
    if arguments.json:
        _print_json({"messages": [each.document for each in messages]})
    elif arguments.hex:
        _print(each.data.hex() for each in messages)
    elif len(messages) == 1:
        sys.stdout.flush()
        sys.stdout.buffer.write(messages[0].data)
        sys.stdout.buffer.flush()
    else:
        raise Usage(f"{len(messages)} messages: --hex prints a line of each")
    return 0


VERBS: Final = (
    Verb("explain", "what a request number means", explain, _explain_arguments),
    Verb("decode", "what bytes mean: fields, offsets, a hexdump", decode, _decode_arguments),
    Verb("encode", "bytes of what decode --json prints", encode, _encode_arguments),
    Verb("run", "play scenarios on the dispatcher", module="dmproto.scenario"),
    Verb("conform", "play vectors, and say which rules hold", module="dmproto.conform"),
    Verb("demo", "the direct message and DM_TARGET_MSG side by side", module="dmproto.demo"),
)
"""Every verb, in the order of the help."""
