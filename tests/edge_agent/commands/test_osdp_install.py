"""`edge-agent osdp-install`."""

from pathlib import Path

import pytest

from access_core.errors import SettingsError
from device_drivers.osdp_bus.install import Found
from device_drivers.osdp_bus.keys import read_key
from device_drivers.system_clock import SystemClock
from edge_agent.commands.osdp_install import install_device, osdp_device
from edge_agent.config import EdgeSettings
from simulators.line import SimulatedLine
from simulators.osdp_reader import OsdpLineEnd, SimulatedOsdpReader


def settings_at(port: str, folder: Path) -> EdgeSettings:
    """A gate with one OSDP reader and a turnstile that is none."""
    return EdgeSettings.model_validate(
        {
            "edge": {"id": "edge-1", "state_dir": str(folder)},
            "centre": {"url": "https://centre.example"},
            "gate": {"id": "gate-1"},
            "readers": [
                {
                    "id": "reader-in",
                    "access_point": "in",
                    "kind": "osdp_reader",
                    "line": {"port": port},
                    "address": 4,
                    "key_file": str(folder / "reader.key"),
                }
            ],
            "door": {"id": "door", "kind": "modbus_turnstile", "line": {"port": "/dev/null"}},
        }
    )


async def test_a_reader_of_the_settings_gets_its_key(tmp_path: Path) -> None:
    """Named as in the settings, it is given a key, which lies where they say."""
    reader = SimulatedOsdpReader(0)
    async with SimulatedLine(tmp_path) as line, OsdpLineEnd(line.far_port, reader):
        settings = settings_at(str(line.near_port), tmp_path)
        words = await install_device(settings, "f", "reader-in", Found(address=0), 1, SystemClock())
    assert "address 4" in words
    assert reader.inside.key == read_key(tmp_path / "reader.key")


@pytest.mark.parametrize("name", ["door", "nobody"])
def test_only_devices_on_an_osdp_line_have_such_a_key(name: str, tmp_path: Path) -> None:
    """Another name is refused with those that would do."""
    with pytest.raises(SettingsError, match="reader-in"):
        osdp_device(settings_at("/dev/null", tmp_path), "edge.toml", name)
