"""The `dust` target: a device with bad blocks, to be named by messages. Parameters: `dev offset block_size`."""

from __future__ import annotations

from typing import ClassVar, Final

from dmproto.errors import Refused
from dmproto.model.call import Call
from dmproto.model.handler import TargetContext
from dmproto.model.words import decimal
from dmproto.targets.arguments import Arguments
from dmproto.targets.target import Target
from dmproto.wire.limits import SECTOR_SIZE

BLOCK_MAX: Final = 1 << 30
FAILURES_MAX: Final = 255


class Dust(Target):
    """The block size, in bytes, is read first; a device that cannot be had is EINVAL, whatever the reason."""

    name: ClassVar[str] = "dust"
    version: ClassVar[tuple[int, int, int]] = (1, 0, 0)

    def __init__(self, context: TargetContext, *words: str) -> None:
        super().__init__(context, *words)
        if len(words) != 3:
            raise Arguments(self.name, words).refuse("device, offset and block size", len(words))
        self.block_size = Arguments(self.name, words[2:]).exact("block size")
        power = self.block_size & (self.block_size - 1) == 0
        if not power or not SECTOR_SIZE <= self.block_size <= min(BLOCK_MAX, context.length * SECTOR_SIZE):
            raise Refused("target/number", target_type=self.name, argument="block size", word=words[2])
        self.offset = Arguments(self.name, words[1:]).sector("offset")
        try:
            self.device, self.disk = context.find_disk(words[0])
        except Refused as refusal:
            raise Refused("target/device", target_type=self.name, why=refusal.sentence) from None
        self.disks = [(self.device, self.offset, self.offset + context.length)]
        self.fails_reads = self.quiet = False
        self.bad: dict[int, int] = {}

    def status(self, kind: str) -> str:
        """Whether reads of bad blocks fail, and whether that is logged."""
        if kind == "table":
            return f"{self.device} {self.offset} {self.block_size}"
        if kind == "ima":
            return ""
        reads = "fail_read_on_bad_block" if self.fails_reads else "bypass"
        return f"{self.device} {reads} {'quiet' if self.quiet else 'verbose'}"

    def message(self, words: list[str], call: Call) -> str | None:
        """Numbers are looked at before the keyword, which is not case-sensitive."""
        keyword = words[0].lower()
        if len(words) == 1:
            return self._plain(keyword)
        if len(words) > 3:
            raise self._unknown(words)
        block = self._block(words)
        if len(words) == 3:
            failures = decimal(words[2])
            if failures is None or failures & 0xFFFFFFFF > FAILURES_MAX or keyword != "addbadblock":
                raise self._unknown(words)
            self._add(block, failures & 0xFFFFFFFF)
            return None
        match keyword:
            case "addbadblock":
                self._add(block, 0)
                return None
            case "removebadblock" if block in self.bad:
                del self.bad[block]
                return None
            case "queryblock":
                found = "found in badblocklist" if block in self.bad else "not found in badblocklist"
                return f"dust_query_block: block {block} {found}"
        raise self._unknown(words)

    def _plain(self, keyword: str) -> str | None:
        match keyword:
            case "enable" | "disable":
                self.fails_reads = keyword == "enable"
            case "quiet":
                self.quiet = not self.quiet
            case "countbadblocks":
                return f"countbadblocks: {len(self.bad)} badblock(s) found"
            case "listbadblocks":
                return "".join(f"{block}\n" for block in sorted(self.bad)) or "No blocks in badblocklist"
            case "clearbadblocks":
                cleared = "badblocks cleared" if self.bad else "no badblocks found"
                self.bad.clear()
                return f"dust_clear_badblocks: {cleared}"
            case _:
                raise self._unknown([keyword])
        return None

    def _block(self, words: list[str]) -> int:
        block = decimal(words[1])
        if block is None or block > self.disk.sectors // (self.block_size // SECTOR_SIZE):
            raise self._unknown(words)
        return block

    def _add(self, block: int, failures: int) -> None:
        if block in self.bad:
            raise self._unknown(["addbadblock", str(block)])
        self.bad[block] = failures

    def _unknown(self, words: list[str]) -> Refused:
        return Refused("message/words", target_type=self.name, message=" ".join(words))
