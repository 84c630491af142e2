"""A target line's words taken one by one, each with its own refusal (dm_read_arg, drivers/md/dm-table.c)."""

from __future__ import annotations

from dmproto.errors import Refused
from dmproto.model.words import decimal, unsigned

UINT_MAX = (1 << 32) - 1


class Arguments:
    """The words that are left.

    Attributes:
        target_type: whose they are.
        words: those not taken yet.
    """

    def __init__(self, target_type: str, words: tuple[str, ...]) -> None:
        self.target_type = target_type
        self.words = list(words)

    def shift(self) -> str | None:
        """The next word; None when there is none."""
        return self.words.pop(0) if self.words else None

    def within(self, argument: str, low: int = 0, high: int = UINT_MAX, *, grouped: bool = False) -> int:
        """The next word as 32 bits of decimal that wrap round, in a range; `grouped`: so many words must follow.

        Raises:
            Refused: `target/number`.
        """
        word = self.shift()
        number = decimal(word) if word is not None else None
        if number is None or not low <= (number := number & UINT_MAX) <= high or (grouped and number > len(self.words)):
            raise Refused("target/number", target_type=self.target_type, argument=argument, word=word)
        return number

    def sector(self, argument: str) -> int:
        """The next word as 64 bits of decimal that wrap round.

        Raises:
            Refused: `target/number`.
        """
        word = self.shift()
        number = decimal(word) if word is not None else None
        if number is None:
            raise Refused("target/number", target_type=self.target_type, argument=argument, word=word)
        return number

    def exact(self, argument: str, bits: int = 32, *, low: int = 0) -> int:
        """The next word as `kstrtouint` reads it: it must fit, a plus sign before it may be.

        Raises:
            Refused: `target/number`.
        """
        word = self.shift()
        number = unsigned(word, bits) if word is not None else None
        if number is None or number < low:
            raise Refused("target/number", target_type=self.target_type, argument=argument, word=word)
        return number

    def refuse(self, wanted: str, got: object) -> Refused:
        """The refusal of words that do not make sense together, to be raised."""
        return Refused("target/words", target_type=self.target_type, wanted=wanted, got=got)
