"""What several devices use together is made once."""

from device_drivers.shared import Shared


class _Bus:
    async def run(self) -> None:
        """Nothing to serve."""


class _Broker(_Bus):
    pass


def test_one_service_for_one_key() -> None:
    """The same kind and key give the same service; another kind or key another."""
    shared = Shared()
    first = shared.get(_Bus, "/dev/a", _Bus)
    assert shared.get(_Bus, "/dev/a", _Bus) is first
    assert shared.get(_Bus, "/dev/b", _Bus) is not first
    assert shared.get(_Broker, "/dev/a", _Broker) is not first
    assert len(shared.services()) == 3
