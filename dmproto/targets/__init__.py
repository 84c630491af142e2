"""One file per target type; `TARGETS` says which there are. `target.py` is what a handler is."""

from __future__ import annotations

from typing import Final

from dmproto.targets.error import Error
from dmproto.targets.linear import Linear
from dmproto.targets.striped import Striped
from dmproto.targets.target import Target
from dmproto.targets.zero import Zero

TARGETS: Final[dict[str, type[Target]]] = {
    "error": Error,
    "linear": Linear,
    "striped": Striped,
    "zero": Zero,
}
"""Target type to handler, in the order a kernel registers them; a dispatcher adds those of third parties to a copy."""
