"""The vector files that are asked for, or those of the checkout."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from dmproto.errors import DmprotoError

CHECKOUT: Final = Path(__file__).parents[2] / "spec" / "vectors"
"""Where a checkout has its vectors."""

VECTOR_KEYS: Final[dict[str, frozenset[str]]] = {
    "behaviour": frozenset({"name", "steps", "disks", "result", "rules"}),
    "codec": frozenset({"name", "tests"}),
}
"""What tells each kind."""

Document = dict[str, Any]


class NotVectors(DmprotoError):
    """What was asked for is no vector, or there is none."""


class Vector(NamedTuple):
    """A vector.

    Attributes:
        kind: `behaviour` or `codec`.
        name: its own behind its folder's, since there are more of one name.
        document: it.
    """

    kind: str
    name: str
    document: Document


def vectors(names: Sequence[str]) -> Iterator[Vector]:
    """Each vector that is asked for.

    Args:
        names: files, and folders that are searched for them; none for the checkout's.

    Raises:
        NotVectors: there is none, or a file is none.
        OSError: a file cannot be read.
    """
    if not names and not CHECKOUT.is_dir():
        raise NotVectors("no vectors come with this installation: name files or folders of them")
    found = False
    for path in (path for name in names or [str(CHECKOUT)] for path in _files(Path(name))):
        found = True
        yield _read(path)
    if not found:
        raise NotVectors(f"{', '.join(names)}: no JSON file in it")


def _files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.json")) if path.is_dir() else [path]


def _read(path: Path) -> Vector:
    try:
        document = json.loads(path.read_bytes())
    except ValueError as error:
        raise NotVectors(f"{path}: this is no JSON: {error}") from None
    if isinstance(document, dict):
        for kind, keys in VECTOR_KEYS.items():
            if keys <= document.keys():
                return Vector(kind, f"{path.resolve().parent.name}/{document['name']}", document)
    raise NotVectors(f"{path}: this is neither a behaviour nor a codec vector")
