"""One file per target type; `TARGETS` says which. `target.py` is what a handler is, `arguments.py` reads words."""

from __future__ import annotations

from typing import Final

from dmproto.targets.delay import Delay
from dmproto.targets.dust import Dust
from dmproto.targets.error import Error
from dmproto.targets.flakey import Flakey
from dmproto.targets.linear import Linear
from dmproto.targets.striped import Striped
from dmproto.targets.switch import Switch
from dmproto.targets.target import Target
from dmproto.targets.unstriped import Unstriped
from dmproto.targets.zero import Zero

TARGETS: Final[dict[str, type[Target]]] = {
    "error": Error,
    "linear": Linear,
    "striped": Striped,
    "zero": Zero,
    "delay": Delay,
    "flakey": Flakey,
    "switch": Switch,
    "dust": Dust,
    "unstriped": Unstriped,
}
"""Target type to handler, in the order a kernel registers them; a dispatcher adds those of third parties to a copy."""
