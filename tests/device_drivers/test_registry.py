"""The table of drivers."""

import subprocess
import sys

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from access_core.errors import ProgramError
from access_core.ids import DeviceId
from device_drivers.gpio_door.settings import GpioDoorSettings, GpioLine
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.qr_camera.settings import QrCameraSettings
from device_drivers.registry import DOORS, READERS, ReaderSettings, make_door, make_reader
from device_drivers.serial_scanner.settings import SerialScannerSettings
from device_drivers.shared import Shared
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings

LINE = SerialLineSettings(port="/dev/null")
PINS = GpioDoorSettings(
    release_ends_by="timed_relay", release=GpioLine(line=0), door_contact=GpioLine(line=1)
)


@pytest.mark.parametrize("kind", [*READERS, *DOORS])
def test_a_kind_is_what_its_settings_call_it(kind: str) -> None:
    """The key of the table is the `kind` that the settings model carries."""
    model = READERS[kind].settings if kind in READERS else DOORS[kind].settings
    assert model.model_fields["kind"].default == kind


def test_drivers_are_made_from_their_settings() -> None:
    """Each settings model gives its driver, with the given name, nothing opened."""
    clock = SystemClock()
    for settings in (QrCameraSettings(source="0"), SerialScannerSettings(line=LINE)):
        assert make_reader(settings, DeviceId("r"), clock, Shared()).device_id == "r"
    for door in (ModbusTurnstileSettings(line=LINE), PINS):
        assert make_door(door, DeviceId("d"), clock, Shared()).device_id == "d"


def test_boards_on_one_line_are_one_service() -> None:
    """Two boards with the same line share its bus; another line is another service."""
    shared, clock = Shared(), SystemClock()
    for unit, port in ((1, "/dev/ttyS0"), (2, "/dev/ttyS0"), (1, "/dev/ttyS1")):
        line = SerialLineSettings(port=port)
        settings = ModbusTurnstileSettings(line=line, unit=unit)
        make_door(settings, DeviceId(f"{port} {unit}"), clock, shared)
    assert len(shared.services()) == 2


def test_settings_of_another_kind_are_a_bug() -> None:
    """A factory given the wrong settings says so."""

    class Foreign(BaseModel):
        pass

    with pytest.raises(ProgramError, match="not QrCameraSettings"):
        READERS["qr_camera"].make(Foreign(), DeviceId("r"), SystemClock(), Shared())


def test_settings_are_told_apart_by_kind() -> None:
    """A wrong kind is refused with the list of right ones."""
    adapter: TypeAdapter[ReaderSettings] = TypeAdapter(ReaderSettings)
    assert isinstance(
        adapter.validate_python({"kind": "qr_camera", "source": "0"}), QrCameraSettings
    )
    with pytest.raises(ValidationError, match="'qr_camera', 'serial_scanner'"):
        adapter.validate_python({"kind": "qr_kamera", "source": "0"})


def test_reading_settings_loads_no_device_library() -> None:
    """A program that only reads settings needs neither a camera nor a serial library."""
    code = (
        "import sys, device_drivers.registry;"
        "sys.exit(bool({'cv2', 'zxingcpp', 'gpiod', 'serial'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
