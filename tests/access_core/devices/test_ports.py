"""What a driver must offer."""

from access_core.devices.ports import (
    DoorDriver,
    Driver,
    ReaderDriver,
    ViewedDevice,
    WiredDevice,
)


def public(port: type) -> set[str]:
    """The names a driver must have."""
    return {name for parent in port.__mro__ for name in vars(parent) if not name.startswith("_")}


def test_ports_ask_for_these_and_no_more() -> None:
    """A new duty of a driver is a decision: every driver and simulator must follow."""
    assert public(Driver) == {"device_id", "run", "events", "health"}
    assert public(ReaderDriver) == public(Driver) | {"show"}
    assert public(DoorDriver) == public(Driver) | {"release", "secure", "free"}
    assert public(WiredDevice) == {"inputs", "outputs", "pulse"}
    assert public(ViewedDevice) == {"view"}
