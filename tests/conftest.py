"""What every test gets: asyncio as the one event loop, made-up inputs that can be repeated."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "default",
    max_examples=100,
    deadline=None,  # two shared cores: a slow example says nothing about the code
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "nightly",
    settings.get_profile("default"),
    max_examples=5_000,
    derandomize=False,
    deadline=timedelta(seconds=5),
)
settings.register_profile("quick", settings.get_profile("default"), max_examples=25)
settings.load_profile("default")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The product runs on asyncio; its tests run nowhere else."""
    return "asyncio"
