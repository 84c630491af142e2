"""User-mode Linux as a child process: a real kernel, no root on the host, no image.

The guest's root is the host's root through hostfs, mounted read-only. Where the guest must write it has tmpfs, and one
private host folder (the share) mounted read-write. Disks are sparse files that live as long as the kernel.

`Kernel` starts a kernel with any program as pid 1 and leaves the talking to the caller (pass descriptors with `fds` and
name them in `options`, for example ``ssl0=fd:7,fd:8``). `run` boots once, runs a shell script, powers off.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

PROGRAM = "linux.uml"
MODULES = Path("/usr/lib/uml/modules")
SECTOR = 512
UBD_MAJOR = 98
UBD_MINORS = 16  # minors a disk takes: itself and its partitions

# Runs as pid 1. $1 is the share on the host, $2 the script in it, $3 the Python that ends the machine.
INIT = f"""\
export PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin HOME=/run LC_ALL=C
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mkdir /run/share /run/kmod /run/kmod/lib /run/lock /run/tmp
mount -t hostfs none /run/share -o "$1"
cat /run/share/"$2" > /run/script
mount --bind /run/tmp /tmp
ln -s {MODULES} /run/kmod/lib/modules
printf '#!/bin/sh\\nexec modprobe -d /run/kmod "$@"\\n' > /run/modprobe
chmod +x /run/modprobe
echo /run/modprobe > /proc/sys/kernel/modprobe
cd /run
sh /run/script > /run/share/output 2>&1 < /dev/null
echo $? > /run/share/status
exec "$3" -I -S -c 'import ctypes, os; os.sync(); ctypes.CDLL(None).reboot(0x4321FEDC)'
"""


class BootError(Exception):
    """The kernel did not start, did not end in time, or its script left no status; `log` is what it printed."""

    def __init__(self, message: str, log: str) -> None:
        super().__init__(f"{message}\n{log[-2000:]}")
        self.log = log


@dataclass(frozen=True)
class Outcome:
    """What one run of a script left behind: its exit status and output, the kernel's log and release."""

    status: int
    output: str
    log: str
    release: str


def available() -> bool:
    """Whether user-mode Linux and its modules are installed."""
    return shutil.which(PROGRAM) is not None and MODULES.is_dir()


def disk_number(index: int) -> str:
    """The device number of the disk at `index`, as "major:minor"."""
    return f"{UBD_MAJOR}:{index * UBD_MINORS}"


def disk_path(index: int) -> str:
    """The guest's path of the disk at `index`."""
    return f"/dev/ubd{chr(ord('a') + index)}"


class Kernel:
    """A running kernel, in a process group and a temporary folder of its own; a context manager that ends it.

    `init` is the program that becomes pid 1 and its arguments; `disks` are sizes in sectors.
    """

    def __init__(
        self,
        init: Sequence[str],
        *,
        memory: str = "256M",
        disks: Sequence[int] = (),
        options: Sequence[str] = (),
        fds: Sequence[int] = (),
    ) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="dmproto-uml-"))
        self._log = self._folder / "log"
        images = [self._image(index, sectors) for index, sectors in enumerate(disks)]
        program, *arguments = init
        command = [
            PROGRAM,
            f"mem={memory}",
            "rootfstype=hostfs",
            "rootflags=/",
            "ro",
            f"uml_dir={self._folder}",
            "con=null",
            "con0=null,fd:1",
            *images,
            *options,
            f"init={program}",
            "--",
            *arguments,
        ]
        try:
            with self._log.open("wb") as log:
                self.process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=os.environ | {"TMPDIR": str(self._folder)},
                    pass_fds=tuple(fds),
                    start_new_session=True,
                )
        except OSError:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def _image(self, index: int, sectors: int) -> str:
        """Make the sparse file behind a disk; the option that names it."""
        path = self._folder / f"disk{index}"
        with path.open("wb") as file:
            file.truncate(sectors * SECTOR)
        return f"ubd{index}={path}"

    @property
    def log(self) -> str:
        """What the kernel printed so far."""
        return self._log.read_text(errors="replace")

    @property
    def release(self) -> str:
        """The kernel's release, as uname prints it; empty until the kernel has said it."""
        found = re.search(r"Linux version (\S+)", self.log)
        return found[1] if found else ""

    def wait(self, timeout: float) -> None:
        """Wait until the kernel has ended by itself."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise BootError(f"{PROGRAM} still runs after {timeout} seconds", self.log) from None

    def close(self) -> None:
        """End the kernel with all its processes and remove its files."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def run(script: str, share: Path, *, disks: Sequence[int] = (), memory: str = "256M", timeout: float = 120) -> Outcome:
    """Boot, run a shell script as root in the guest, power off.

    The script finds `share` at /run/share, an empty /tmp and /run, and the kernel's modules through
    ``modprobe -d /run/kmod``, which the kernel uses too when it wants one.
    """
    (share / "init").write_text(INIT)
    (share / "script").write_text(script)
    (share / "status").unlink(missing_ok=True)
    init = ("/bin/sh", str(share / "init"), str(share), "script", sys.executable)
    with Kernel(init, memory=memory, disks=disks) as kernel:
        kernel.wait(timeout)
        log, release = kernel.log, kernel.release
    try:
        status = int((share / "status").read_text())
    except (OSError, ValueError):
        raise BootError("the script left no exit status", log) from None
    return Outcome(status, (share / "output").read_text(errors="replace"), log, release)
