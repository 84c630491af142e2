"""`dmproto run`: plays scenarios on the dispatcher and prints their transcripts.

`steps` is the format, `player` plays it.
"""

from __future__ import annotations

import argparse
import errno
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dmproto.scenario.player import Player, dispatcher_of
from dmproto.scenario.steps import ScenarioError, read
from dmproto.wire.command import COMMANDS, Command

__all__ = ["Player", "ScenarioError", "dispatcher_of", "main", "read"]


def main(argv: Sequence[str] | None = None) -> int:
    """Play what is asked for; exit status 1 where a scenario cannot be played, 0 whatever the dispatcher answers."""
    parser = argparse.ArgumentParser(prog="dmproto run", description="Play scenarios on the dispatcher.")
    parser.add_argument("--profile", help="the kernel it is to be, rather than the scenario's own")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("scenarios", nargs="+", metavar="SCENARIO", help="a JSON file; - for stdin")
    asked = parser.parse_args(argv)
    try:
        transcripts = [_play(name, asked.profile) for name in asked.scenarios]
    except (ScenarioError, OSError) as error:
        sentence = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)
        print(
            json.dumps({"error": {"sentence": sentence}}) if asked.json else f"dmproto: {sentence}",
            file=_to(asked.json),
        )
        return 1
    if asked.json:
        print(json.dumps(transcripts[0] if len(transcripts) == 1 else {"transcripts": transcripts}, indent=1))
        return 0
    for transcript in transcripts:
        print("\n".join(_lines(transcript)))
    return 0


def _to(as_json: bool) -> Any:
    return sys.stdout if as_json else sys.stderr


def _play(name: str, profile: str | None) -> dict[str, Any]:
    text = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ScenarioError(f"{name}: this is no JSON: {error}") from None
    scenario = read(document)
    return Player(scenario, dispatcher_of(scenario, profile)).play()


def _lines(transcript: dict[str, Any]) -> Iterator[str]:
    """A transcript for people: a line for each step, and under it the rule that refused it."""
    yield f"{transcript['name']} on {transcript['profile']}"
    for index, step in enumerate(transcript["steps"]):
        if "comment" in step:
            yield f"      # {step['comment']}"
        yield f"{index:>5}  {_asked(step)}{_came(step)}"
        if "rule" in step:
            yield f"       {step['rule']}: {step['sentence']}"
        for uevent in step.get("uevents", ()):
            environment = "".join(f" {key}={value}" for key, value in uevent["environment"].items())
            yield f"       uevent {uevent['action']} {uevent['device']}{environment}"


def _asked(step: dict[str, Any]) -> str:
    if "ioctl" not in step:
        return ", ".join(
            f"{key} {step[key]}" for key in ("open", "as", "close", "finish", "event", "poll") if key in step
        )
    nr = int(step["ioctl"], 16) & 0xFF
    name = Command(nr).c_name if nr in COMMANDS else step["ioctl"]
    job = f", as {step['start']}" if "start" in step else ""
    return f"ioctl({step.get('file', 'control')}, {name}, {len(step.get('in', '')) // 2} bytes){job}"


def _came(step: dict[str, Any]) -> str:
    if step.get("blocked"):
        return "  waits"
    if "revents" in step:
        return f"  = {'POLLIN' if step['revents'] else '0'}"
    if "ret" not in step:
        return ""
    ret = step["ret"]
    return f"  = -1 {errno.errorcode.get(-ret, -ret)}" if ret < 0 else f"  = {ret}"
