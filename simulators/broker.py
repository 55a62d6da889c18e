"""A real MQTT broker, Debian's mosquitto, on a port of this machine that was free.

It keeps its port over a restart, and its sessions on disk, as a broker at a site does.
"""

import asyncio
import os
import re
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from simulators.patience import TookTooLong
from simulators.processes import Program, ProgramFailed, RunningProgram, ask, last_lines, start

START_S = 10.0
LOOK_EVERY_S = 0.02
_WHERE = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin"
"""Debian puts the broker where only root's path leads."""


@dataclass(frozen=True, slots=True)
class BrokerTls:
    """Files of the broker's TLS listener."""

    ca_file: Path
    cert_file: Path
    key_file: Path
    asks_for_certificate: bool = False
    """Clients need a certificate, and its common name is their account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerRules:
    """Who may come and what they may do. The defaults let anybody do anything."""

    accounts: Mapping[str, str] | None = None
    """Account -> password. None: nobody needs one."""
    acl_file: Path | None = None
    tls: BrokerTls | None = None
    saves_every_change: bool = False
    """What it holds is on disk at once, so that `kill()` loses nothing either."""
    configuration: str | None = None
    """A whole configuration instead of all this; its listener moves to the free port."""
    keeps_retained: bool = True
    """False: whoever publishes with the retain flag is thrown out."""


def is_installed() -> bool:
    """Whether mosquitto is there."""
    return shutil.which("mosquitto", path=_WHERE) is not None


class SimulatedBroker:
    """The broker. Use as an asynchronous context manager; its files lie in the folder."""

    host = "127.0.0.1"

    def __init__(self, folder: Path, rules: BrokerRules | None = None) -> None:
        """Nothing is started yet."""
        self._folder = folder
        self._rules = rules or BrokerRules()
        self._running: RunningProgram | None = None
        self.port = 0
        """0 until it was started."""

    async def __aenter__(self) -> Self:
        """Start it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self.port = _free_port()
        await self._write_passwords()
        (self._folder / "mosquitto.conf").write_text(self._configuration())
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it."""
        await self.kill()

    async def start(self) -> None:
        """Start it, again on the same port; returns once it listens."""
        command = [_program("mosquitto"), "-c", str(self._folder / "mosquitto.conf")]
        log = self._folder / "mosquitto.log"
        self._running = await start(Program("mosquitto", command, log, {}))
        try:
            async with asyncio.timeout(START_S):
                while not self._listens():
                    if not self._running.is_running:
                        raise ProgramFailed(f"mosquitto did not start:\n{last_lines(log)}")
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            raise TookTooLong(f"mosquitto did not start:\n{last_lines(log)}") from None

    async def stop(self) -> None:
        """End it in good order: it saves its sessions first."""
        if self._running is not None:
            await self._running.end()
            self._running = None

    async def kill(self) -> None:
        """End it as a power cut would."""
        if self._running is not None:
            await self._running.kill()
            self._running = None

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((self.host, self.port)) == 0

    def _configuration(self) -> str:
        rules = self._rules
        if rules.configuration is not None:
            moved = f"listener {self.port} {self.host}"
            text = re.sub(r"^listener .*$", moved, rules.configuration, flags=re.MULTILINE)
            return "\n".join([text, f"persistence_location {self._folder}/", *_as_root(), ""])
        lines = [
            f"listener {self.port} {self.host}",
            "persistence true",
            f"persistence_location {self._folder}/",
            "set_tcp_nodelay true",
            f"autosave_on_changes {_yes(rules.saves_every_change)}",
            f"autosave_interval {1 if rules.saves_every_change else 1800}",
            f"allow_anonymous {_yes(rules.accounts is None and not _asks(rules.tls))}",
            f"retain_available {_yes(rules.keeps_retained)}",
        ]
        if rules.accounts is not None:
            lines.append(f"password_file {self._folder / 'passwords'}")
        if rules.acl_file is not None:
            lines.append(f"acl_file {rules.acl_file}")
        if rules.tls is not None:
            lines += [
                f"cafile {rules.tls.ca_file}",
                f"certfile {rules.tls.cert_file}",
                f"keyfile {rules.tls.key_file}",
                f"require_certificate {_yes(rules.tls.asks_for_certificate)}",
                f"use_identity_as_username {_yes(rules.tls.asks_for_certificate)}",
            ]
        return "\n".join([*lines, *_as_root(), ""])

    async def _write_passwords(self) -> None:
        if self._rules.accounts is None:
            return
        lines = [f"{name}:{secret}\n" for name, secret in self._rules.accounts.items()]
        file = self._folder / "passwords"
        file.write_text("".join(lines))
        file.chmod(0o600)
        # mosquitto's own program hashes them where they stand.
        command = [_program("mosquitto_passwd"), "-U", str(file)]
        await ask(Program("mosquitto_passwd", command, self._folder / "passwords.log", {}))


def _program(name: str) -> str:
    found = shutil.which(name, path=_WHERE)
    if found is None:
        raise ProgramFailed(f"{name} is not installed; run: apt-get install mosquitto")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((SimulatedBroker.host, 0))
        port: int = probe.getsockname()[1]
        return port


def _as_root() -> list[str]:
    """Started by root it would change to an account that may not read the folder."""
    return ["user root"] if os.geteuid() == 0 else []


def _yes(is_so: bool) -> str:  # noqa: FBT001 - a word for a truth value
    return "true" if is_so else "false"


def _asks(tls: BrokerTls | None) -> bool:
    return tls is not None and tls.asks_for_certificate
