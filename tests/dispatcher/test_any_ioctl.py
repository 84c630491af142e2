"""Any ioctl in any state gets a reply and leaves a legal state: requests good, nearly good, hostile, in any order."""

from __future__ import annotations

import errno
from typing import Any

from hypothesis import event, note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dmproto.commands import HANDLERS
from dmproto.dispatcher import DeviceFile, Dispatcher
from dmproto.model.disk import Disk
from dmproto.rules import RULES
from dmproto.wire.build import request
from dmproto.wire.codec import encode
from dmproto.wire.command import COMMANDS, Command
from dmproto.wire.flags import DM_FLAGS
from dmproto.wire.generated import DeviceMessage, TargetMsg, TargetSpec

NAMES = st.sampled_from([*"aaaaaabbbb", "", "control", "a/b", "\udcff", "n" * 127])
UUIDS = st.sampled_from([*[""] * 12, "U", "V/w"])
NUMBERS = st.sampled_from([*[0] * 12, 0xFE00, 0xFE01, 0x1_0000_FE00, 0xFD00])
FLAGS = st.lists(st.sampled_from([*(flag.value for flag in DM_FLAGS), 4, 1 << 31]), max_size=3, unique=True).map(sum)
LINES = st.sampled_from(
    [
        *[("zero", ""), ("error", "any words"), ("linear", "98:0 8"), ("linear", "254:0 0")] * 3,
        ("linear", "98:0 65530"),
        ("linear", "/dev/ubda 0"),
        ("linear", "98:0"),
        ("nonesuch", ""),
        ("zero", "x"),
    ]
)
MESSAGES = st.sampled_from(["", "hello", "@cancel_deferred_remove", "@stats_list", "\\ x", '"a b"'])


@st.composite
def tables(draw: st.DrawFn) -> list[TargetSpec]:
    """Target records, as a rule one behind the other."""
    specs: list[TargetSpec] = []
    for kind, words in draw(st.lists(LINES, max_size=3)):
        start = sum(spec.length for spec in specs) + draw(st.sampled_from([*[0] * 12, 1]))
        length = draw(st.sampled_from([*[8] * 8, 16, 0, 1 << 60]))
        specs.append(TargetSpec(sector_start=start, length=length, target_type=kind, parameters=words))
    return specs


class Kernel(RuleBasedStateMachine):
    """A dispatcher, its control node and whatever devices are open."""

    @initialize(profile=st.sampled_from(["linux-6.1", "linux-6.12", "linux-7.2"]))
    def boot(self, profile: str) -> None:
        self.dispatcher = Dispatcher(profile, disks={"98:0": Disk(65536, "/dev/ubda")})
        self.control = self.dispatcher.open_control()
        self.open: list[DeviceFile] = []
        for step in (
            request(Command.DEV_CREATE, name="a"),
            request(Command.TABLE_LOAD, [TargetSpec(length=8, target_type="zero")], name="a"),
            request(Command.DEV_SUSPEND, name="a"),
            request(Command.DEV_CREATE, name="b"),
        ):
            code, data = encode(step)
            assert self.reply(self.control, code, bytearray(data.ljust(16384, b"\0"))) == 0

    def reply(self, file: Any, code: int, memory: bytearray, *, capable: bool = True) -> int:
        size = len(memory)
        call = file.submit(code, memory, capable=capable)
        event(f"nr {code & 0xFF} {'refused' if call.rule else 'done'}")
        note(f"{code:#x} -> {call.ret} {call.rule} {call.sentence}")
        if not call.done:
            assert code & 0xFF == Command.DEV_WAIT
            call.cancel()
        assert call.done
        assert len(memory) == size
        assert isinstance(call.ret, int)
        if call.rule is not None:
            assert call.ret < 0
            assert call.rule in RULES
            assert -call.ret in errno.errorcode
            event(call.rule)
        else:
            assert call.ret >= 0
        return call.ret

    @rule(
        command=st.sampled_from([*list(HANDLERS) * 6, *COMMANDS]),
        fields=st.fixed_dictionaries({"name": NAMES, "uuid": UUIDS, "dev": NUMBERS, "flags": FLAGS}),
        specs=tables(),
        message=st.builds(TargetMsg, st.sampled_from([0, 7, 8, 1 << 63]), MESSAGES),
        buffer=st.sampled_from([0, 320, 4096, 16384]),
        nick=st.sampled_from([None] * 6) | st.tuples(st.integers(0, 511), st.integers(0, 255)),
        keep=st.sampled_from([None] * 6) | st.integers(0, 512),
        capable=st.sampled_from([*[True] * 15, False]),
    )
    def ioctl(
        self,
        command: Command,
        fields: dict[str, Any],
        specs: list[TargetSpec],
        message: TargetMsg,
        buffer: int,
        nick: tuple[int, int] | None,
        keep: int | None,
        capable: bool,
    ) -> None:
        payload: Any = None
        if command is Command.TABLE_LOAD:
            payload = specs
        elif command is Command.TARGET_MSG:
            payload = message
        elif COMMANDS[command].request:
            command = Command.DEV_SUSPEND
        elif command is Command.MPATH_PROBE_PATHS:
            command = Command.DEV_REMOVE
        code, data = encode(made := request(command, payload, buffer=buffer, **fields))
        assert made.header is not None
        memory = bytearray(data.ljust(made.header.data_size, b"\0"))
        if nick is not None and nick[0] < len(memory):
            memory[nick[0]] = nick[1]
        self.reply(self.control, code, memory[:keep], capable=capable)

    @rule(code=st.integers(0, 0xFFFF).map(lambda low: 0xC1380000 | low), data=st.binary(max_size=400))
    def noise(self, code: int, data: bytes) -> None:
        self.reply(self.control, code, bytearray(data))

    @rule(minor=st.integers(0, 2))
    def open_device(self, minor: int) -> None:
        try:
            self.open.append(self.dispatcher.open_device(f"254:{minor}"))
        except OSError:
            event("no such disk")

    @rule(data=st.data(), index=st.integers(0, 3), payload=st.binary(max_size=64), cut=st.integers(0, 80))
    def direct(self, data: st.DataObject, index: int, payload: bytes, cut: int) -> None:
        if self.open:
            file = data.draw(st.sampled_from(self.open))
            code, frame = encode(DeviceMessage(index, 0, payload))
            self.reply(file, code, bytearray(frame[:cut]))

    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        if self.open:
            file = data.draw(st.sampled_from(self.open))
            self.open.remove(file)
            file.close()

    @invariant()
    def the_state_is_legal(self) -> None:
        devices = list(self.dispatcher.kernel.devices)
        assert len({device.name for device in devices}) == len(devices)
        assert all(device.name for device in devices)
        assert len({device.number for device in devices}) == len(devices)
        uuids = [device.uuid for device in devices if device.uuid]
        assert len(set(uuids)) == len(uuids)
        assert {file.device.path for file in self.open} <= {device.path for device in devices}
        for device in devices:
            assert device.opens == sum(file.device is device for file in self.open)
            for table in (device.active, device.inactive):
                assert table is None or table.entries
                ends = [entry.start + entry.length for entry in table.entries] if table else []
                starts = [entry.start for entry in table.entries] if table else []
                assert starts == [0, *ends[:-1]][: len(starts)]
            assert device.registered or (device.active is None and device.inactive is None)


TestKernel = Kernel.TestCase
