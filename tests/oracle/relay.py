"""The agent of a user-mode Linux on standard input and output: a program for `dmproto conform --exec`.

python -m tests.oracle.relay
"""

from __future__ import annotations

import sys

from tests.oracle import channel
from tests.oracle.guest import Guest
from tests.oracle.scenario_steps import DISKS


def main() -> None:
    """Boot a kernel, and pass each line on, until there are no more."""
    with Guest(disks=DISKS) as guest:
        print(guest.ask("hello"), flush=True)
        for line in sys.stdin:
            try:
                print(guest.ask(line.rstrip("\n")), flush=True)
            except channel.ProtocolError as error:
                print(f"error {error}", flush=True)


if __name__ == "__main__":
    main()
