"""How hard the property tests look: DMPROTO_PROFILE is `quick`, `ci` or `soak`; with CI set `ci`, else `quick`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)

settings.register_profile("quick", max_examples=40, deadline=None, suppress_health_check=_SLOW)
settings.register_profile(
    "ci",
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=_SLOW,
)
settings.register_profile(
    "soak",
    max_examples=20_000,
    deadline=None,
    print_blob=True,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink),
    suppress_health_check=_SLOW,
)

PROFILE = os.environ.get("DMPROTO_PROFILE") or ("ci" if os.environ.get("CI") else "quick")
settings.load_profile(PROFILE)


def pytest_report_header() -> str:
    """The profile, in the first lines of every run."""
    return f"dmproto: hypothesis profile {PROFILE} ({settings.get_profile(PROFILE).max_examples} examples)"
