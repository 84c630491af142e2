"""Every other way to read the workloads, one file per family of peers."""

import importlib
import importlib.metadata
from dataclasses import dataclass, field

from bench.candidate import Candidate

# Module of this package, and the distributions it needs; a dependency of ours may be among them.
FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("floors", ()),
    ("handwritten", ("msgspec",)),
    ("handwritten_table", ("msgspec",)),
    ("handwritten_door", ("msgspec",)),
    ("ctypes_structures", ()),
    ("construct_schemas", ("construct",)),
    ("construct_typing", ("construct", "construct-typing")),
    ("dissect", ("dissect.cstruct",)),
    ("kaitai", ("kaitaistruct",)),
    ("bitstruct_c", ("bitstruct",)),
    ("scapy_packets", ("scapy",)),
    ("suitcase_structures", ("suitcase",)),
    ("cstruct_classes", ("cstruct",)),
    ("dataclasses_structs", ("dataclasses-struct",)),
    ("caterpillar_structs", ("caterpillar-py",)),
)


@dataclass
class Peers:
    """The candidates that can run here, the versions of what they use, and the families that cannot run, with why."""

    candidates: list[Candidate] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


def load() -> Peers:
    """Import every family of peers; what is not installed is reported, not skipped in silence."""
    peers = Peers()
    for module_name, distributions in FAMILIES:
        label = distributions[-1] if distributions else module_name
        try:
            for distribution in distributions:
                peers.versions[distribution] = importlib.metadata.version(distribution)
            module = importlib.import_module(f"bench.peers.{module_name}")
        except importlib.metadata.PackageNotFoundError as error:
            peers.missing[label] = f"not installed: {error.name}"
        except Exception as error:  # noqa: BLE001 - a peer that breaks in another version must not stop the others
            peers.missing[label] = f"cannot be used: {type(error).__name__}: {error}"
        else:
            peers.candidates.extend(module.CANDIDATES)
    return peers
