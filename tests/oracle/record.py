"""Record what real clients pass to a real device-mapper, and get back.

    python -m tests.oracle.record [OUT_DIR] [FLOW...]

runs the flows (all, or those named) in user-mode Linux, one boot each, and writes one behaviour vector per flow into
OUT_DIR (``spec/vectors/clients``). It needs no root, and the Debian packages user-mode-linux, gcc, libc6-dev, kmod,
util-linux and those of the clients: dmsetup, cryptsetup-bin, kpartx, lvm2, multipath-tools, thin-provisioning-tools.
The guest reads the host's programs through a read-only root; it writes to tmpfs and to one temporary folder.

Each ioctl is taken down raw, before and after, by a preloaded library (record.c). Key material is then overwritten with
the digit 0 at equal length, in the bytes before and after and in the command lines: a recorded form shows no secrets,
even those of a test, since these files are what people compare their own traces with. A step says where it was masked:
``"redacted": [[offset, length], ...]``, offsets in the ioctl's buffer. Keyring references are not keys and stay.

``comment`` on a step is the command line of the process whose calls begin there. Opens of the control node and of
mapped devices are steps too, unless nothing was asked while the file was open.

The bytes are the same in every recording on the same packages: /dev/urandom is a fixed stream in the guest, and so is
the one uuid that does not come from there. A difference is a change in a client or in the kernel.
"""

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.oracle import capture, flows, flows_dmsetup, flows_storage, uml

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "spec" / "vectors" / "clients"
RECORDER = Path(__file__).with_name("record.c")
DM_MAJOR = 254
RANDOM_BYTES = 1 << 16
FLOWS = (*flows_dmsetup.FLOWS, *flows_storage.FLOWS)

LVM_CONF = """\
devices { scan = [ "/dev" ] use_devicesfile = 0 }
activation { monitoring = 0 udev_sync = 0 udev_rules = 0 }
backup { backup = 0 archive = 0 }
global { use_lvmpolld = 0 locking_dir = "/run/lock/lvm" }
"""

# /dev/urandom is a fixed stream: lvm draws its uuids from it, libdevmapper its cookies.
SETUP = f"""\
set -e
modprobe -d /run/kmod dm_mod major={DM_MAJOR}
for module in {" ".join(flows.MODULES)}; do modprobe -d /run/kmod "$module"; done
mkdir /run/work /run/lvm-etc
cp /run/share/lvm.conf /run/lvm-etc
mkfifo /run/random
(while :; do cat /run/share/random; done) > /run/random &
exec 9< /run/random
mount --bind /run/random /dev/urandom
export DM_DISABLE_UDEV=1 LVM_SYSTEM_DIR=/run/lvm-etc LVM_SUPPRESS_FD_WARNINGS=1
export DM_RECORD=/run/capture LD_PRELOAD=/run/share/record.so
hold() {{ device=$1; shift; flock -o "$device" "$@"; }}
refused() {{ if "$@"; then echo "not refused: $*"; exit 1; fi; }}
trap 'unset LD_PRELOAD; cp /run/capture /run/share/capture' EXIT
cd /run/work
set -x
"""


def compile_recorder(target: Path) -> None:
    """Build the preloaded library."""
    subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-fPIC", "-shared", "-o", target, RECORDER], check=True)


def versions(packages: Sequence[str]) -> str:
    """The installed versions of Debian packages, as one line."""
    query = ["dpkg-query", "-W", "-f", "${Package} ${Version}, ", *packages]
    return subprocess.run(query, check=True, capture_output=True, text=True).stdout.removesuffix(", ")


def interface_version(steps: Sequence[capture.Step]) -> str:
    """The driver's version, as the first answer says it."""
    answer = bytes.fromhex(str(next(step["out"] for step in steps if "out" in step)))
    return ".".join(str(int.from_bytes(answer[at : at + 4], sys.byteorder)) for at in (0, 4, 8))


def vector(flow: flows.Flow, release: str, steps: list[capture.Step]) -> dict[str, object]:
    """The recording as a behaviour vector."""
    flags = list(flow.flags)
    if any("redacted" in step for step in steps):
        flags.append("Redacted")
    return {
        "name": flow.name,
        "profile": f"linux-{release.partition('-')[0]}",
        "dm_major": DM_MAJOR,
        "disks": {
            uml.disk_number(index): {"sectors": str(sectors), "path": uml.disk_path(index)}
            for index, sectors in enumerate(flow.disks)
        },
        "origin": f"clients: {versions(flow.packages)} (Debian)",
        "kernel": f"{release} {interface_version(steps)}",
        "result": "valid",
        "rules": [],
        "notes": {flag: flows.NOTES[flag] for flag in flags},
        "flags": flags,
        "comment": flow.shows,
        "steps": steps,
    }


def record(flow: flows.Flow, recorder: Path) -> dict[str, object]:
    """Run one flow in a kernel of its own."""
    with tempfile.TemporaryDirectory(prefix="dmproto-record-") as folder:
        share = Path(folder)
        (share / "record.so").write_bytes(recorder.read_bytes())
        (share / "lvm.conf").write_text(LVM_CONF)
        (share / "random").write_bytes(random.Random(flow.name).randbytes(RANDOM_BYTES))
        outcome = uml.run(SETUP + flow.lines, share, disks=flow.disks)
        if outcome.status:
            raise uml.BootError(f"{flow.name}: a command did not do what was expected", outcome.output)
        return vector(flow, outcome.release, capture.steps((share / "capture").read_bytes()))


def write(document: dict[str, object], path: Path) -> None:
    """Write a vector, once no key is found in it."""
    text = json.dumps(document, indent=1) + "\n"
    for key in flows.KEYS:
        for form in (key, key.encode().hex()):
            if form in text:
                raise ValueError(f"{path.name} holds a key")
    path.write_text(text)


def main(arguments: Sequence[str]) -> None:
    """The command: an optional folder, then names of flows."""
    names = [flow.name for flow in FLOWS]
    out = VECTORS
    if arguments and arguments[0] not in names:
        out = Path(arguments[0])
        arguments = arguments[1:]
    if unknown := sorted(set(arguments) - set(names)):
        raise SystemExit(f"no such flow: {', '.join(unknown)}; there are: {', '.join(names)}")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="dmproto-record-") as folder:
        recorder = Path(folder) / "record.so"
        compile_recorder(recorder)
        for flow in FLOWS:
            if not arguments or flow.name in arguments:
                path = out / f"{flow.name}.json"
                write(record(flow, recorder), path)
                print(f"{flow.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
