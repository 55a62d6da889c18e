"""The folder of one run: where everything lies, the settings that the programs are given."""

import asyncio
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from simulators.entrance import SCANNER_BAUD, TAG_BAUD, TURNSTILE_BAUD, Entrance
from simulators.processes import Program

LOOPBACK = "127.0.0.1"


MAIN_GATE = "main-gate"
"""The gate that is simulated, as the centre calls it; what follows are the centre's rules of how
its parts are called, shown on the page of the gate."""
NORTH_GATE = "north-gate"
"""A gate that only stands in the rules."""
EDGE_ID = f"edge-{MAIN_GATE}"
ENTRY_POINT = f"{MAIN_GATE}-in"
EXIT_POINT = f"{MAIN_GATE}-out"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Paths of one run, and the programs that work in it."""

    root: Path
    centre_port: int
    console_port: int

    @property
    def origin(self) -> str:
        """Where the centre's pages are."""
        return f"http://{LOOPBACK}:{self.centre_port}"

    @property
    def hardware(self) -> Path:
        """Ports and frames of the simulated devices."""
        return self.root / "hardware"

    @property
    def centre_settings(self) -> Path:
        """The centre's settings file."""
        return self.root / "central.toml"

    @property
    def edge_settings(self) -> Path:
        """The edge's settings file."""
        return self.root / "edge.toml"

    def centre(self, *words: str) -> Program:
        """`central-server WORDS` with this run's settings."""
        return self._program("central-server", ("--settings", str(self.centre_settings)), words)

    def edge(self, *words: str) -> Program:
        """`edge-agent WORDS` with this run's settings."""
        return self._program("edge-agent", ("--config", str(self.edge_settings)), words)

    def write_centre_settings(self, *, time_zone: str) -> None:
        """Loopback, a free port, everything in this folder; limits wide enough for a crowd."""
        self.centre_settings.write_text(
            f"state_dir = {_quoted(self.root / 'central')}\n"
            "[server]\n"
            f'host = "{LOOPBACK}"\n'
            f"port = {self.centre_port}\n"
            f'public_url = "{self.origin}"\n'
            "[site]\n"
            'name_zh = "示范校园"\n'
            'name_en = "Demonstration campus"\n'
            f'time_zone = "{time_zone}"\n'
            "[sessions]\n"
            "idle_min = 480\n"
            "absolute_h = 24\n"
            "[limits]\n"
            "sign_in_per_min = 60\n"
            "booking_per_min = 120\n"
            "enrol_per_min = 60\n",
            encoding="utf-8",
        )

    def write_edge_settings(self, entrance: Entrance) -> None:
        """One gate with a camera for the way in, a scanner for the way out, and a turnstile."""
        self.edge_settings.write_text(
            "[edge]\n"
            f'id = "{EDGE_ID}"\n'
            f"state_dir = {_quoted(self.root / 'edge')}\n"
            "[centre]\n"
            f'url = "{self.origin}"\n'
            "[gate]\n"
            f'id = "{MAIN_GATE}"\n'
            # Disk and processors are shared with everything else here: patience, not promptness.
            "record_deadline_ms = 2000\n"
            "release_within_ms = 3000\n"
            "[[readers]]\n"
            'id = "camera"\n'
            'kind = "qr_camera"\n'
            f'access_point = "{ENTRY_POINT}"\n'
            f"source = {_quoted('spool:' + str(entrance.frames))}\n"
            "[[readers]]\n"
            'id = "scanner"\n'
            'kind = "serial_scanner"\n'
            f'access_point = "{EXIT_POINT}"\n'
            f"line = {{ port = {_quoted(entrance.scanner_port)}, baud = {SCANNER_BAUD} }}\n"
            f"{_tag_reader(entrance)}"
            "[door]\n"
            'id = "turnstile"\n'
            'kind = "modbus_turnstile"\n'
            f"line = {{ port = {_quoted(entrance.turnstile_port)}, baud = {TURNSTILE_BAUD} }}\n"
            # The simulated board shares two cores with everything else.
            "answer_ms = 400\n"
            "[link]\n"
            "backoff_longest_s = 2.0\n"
            "status_every_s = 5.0\n"
            "[console]\n"
            f"port = {self.console_port}\n",
            encoding="utf-8",
        )

    async def is_centre_answering(self) -> bool:
        """Whether somebody listens where the centre's pages are."""
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, self.centre_port)
        except OSError:
            return False
        writer.close()
        return True

    def _program(self, name: str, settings: tuple[str, str], words: tuple[str, ...]) -> Program:
        command = (str(Path(sys.executable).with_name(name)), words[0], *settings, *words[1:])
        log = self.root / f"{name}-{words[0]}.log"
        return Program(f"{name} {words[0]}", command, log, _environment())


def make(root: Path) -> RunFolder:
    """A run folder at `root`, empty or new, with ports that are free now."""
    root.mkdir(parents=True, exist_ok=True)
    for part in ("hardware", "central", "edge"):
        (root / part).mkdir(mode=0o700, exist_ok=True)
    return RunFolder(root, free_port(), free_port())


def free_port() -> int:
    """A loopback TCP port that nobody listens on at this moment."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _tag_reader(entrance: Entrance) -> str:
    """The section of the card reader beside the camera; empty without one."""
    if entrance.tag_port is None:
        return ""
    return (
        "[[readers]]\n"
        'id = "tags"\n'
        'kind = "em4100"\n'
        f'access_point = "{ENTRY_POINT}"\n'
        f"line = {{ port = {_quoted(entrance.tag_port)}, baud = {TAG_BAUD} }}\n"
    )


def _environment() -> Mapping[str, str]:
    return dict(os.environ, PYTHONUNBUFFERED="1")


def _quoted(value: object) -> str:
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
