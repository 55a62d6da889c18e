"""The folder of one run and the settings in it."""

import socket
import tomllib
from pathlib import Path

from simulators.entrance import Entrance
from simulators.run_folder import EDGE_ID, LOOPBACK, MAIN_GATE, free_port, make


def test_settings_are_toml_and_point_into_the_folder(tmp_path: Path) -> None:
    """Odd characters in a path do no harm; the edge is told of the devices of this run."""
    folder = make(tmp_path / 'a "b" c')
    folder.write_centre_settings(time_zone="Asia/Shanghai")
    entrance = Entrance(folder.hardware, lane_pace=1.0, seed=1)
    folder.write_edge_settings(entrance)
    centre = tomllib.loads(folder.centre_settings.read_text())
    edge = tomllib.loads(folder.edge_settings.read_text())
    assert centre["server"]["port"] == folder.centre_port
    assert edge["centre"]["url"] == folder.origin == centre["server"]["public_url"]
    assert edge["edge"] == {"id": EDGE_ID, "state_dir": str(folder.root / "edge")}
    assert edge["gate"]["id"] == MAIN_GATE
    assert edge["readers"][0]["source"] == f"spool:{entrance.frames}"
    assert edge["door"]["line"]["port"] == str(entrance.turnstile_port)


def test_programs_are_called_with_the_settings_of_the_run(tmp_path: Path) -> None:
    """The command comes first, then the settings, then the rest; each has a log of its own."""
    folder = make(tmp_path)
    enrol = folder.edge("enrol", "--code", "x")
    assert enrol.command[1:] == ("enrol", "--config", str(folder.edge_settings), "--code", "x")
    serve = folder.centre("serve")
    assert serve.command[1:] == ("serve", "--settings", str(folder.centre_settings))
    assert serve.log != enrol.log


def test_a_free_port_can_be_taken() -> None:
    """Nobody listens there."""
    with socket.create_server((LOOPBACK, free_port())):
        pass
