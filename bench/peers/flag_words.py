"""The ``flags`` word as a cached subclass of ``int``, for the peers that can express it."""


class FlagWord(int):
    """A flag word; stands for the class with names and a ``repr`` that dmproto has."""

    __slots__ = ()


class FlagCache(dict[int, FlagWord]):
    """Flag words seen before, bounded because the words come from outside."""

    def __missing__(self, word: int) -> FlagWord:
        if len(self) >= 1024:
            self.clear()
        self[word] = flags = FlagWord(word)
        return flags


FLAGS = FlagCache()
