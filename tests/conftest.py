"""What every test gets: asyncio as the one event loop."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The product runs on asyncio; its tests run nowhere else."""
    return "asyncio"
