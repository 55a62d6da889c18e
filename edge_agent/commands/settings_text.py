"""A settings file for a new gate, written from a person's choices.

Only what must be chosen stands in it; everything else keeps its default, and the example under
`deploy/edge` shows every key.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from edge_agent.config import EdgeSettings, read_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device as it stands in the file: its kind and its driver's keys, values in TOML."""

    kind: str
    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGate:
    """What a person has chosen."""

    edge_id: str
    gate_id: str
    """As the centre names them; readers, access points and door are called after the gate."""
    state_dir: Path
    url: str
    ca_file: Path | None
    reader_in: Device
    reader_out: Device | None
    door: Device


def settings_text(gate: NewGate) -> str:
    """The file."""
    lines = [
        "# Written by `edge-agent setup`; every key is explained in docs/settings.md.",
        "[edge]",
        f"id = {quoted(gate.edge_id)}",
        f"state_dir = {quoted(gate.state_dir)}",
        "",
        "[centre]",
        f"url = {quoted(gate.url)}",
        *([] if gate.ca_file is None else [f"ca_file = {quoted(gate.ca_file)}"]),
        "",
        "[gate]",
        f"id = {quoted(gate.gate_id)}",
    ]
    for way, reader in (("in", gate.reader_in), ("out", gate.reader_out)):
        if reader is not None:
            point = f"access_point = {quoted(f'{gate.gate_id}-{way}')}"
            lines += ["", "[[readers]]", f"id = {quoted(f'{gate.gate_id}-reader-{way}')}", point]
            lines += _keys(reader)
    lines += ["", "[door]", f"id = {quoted(f'{gate.gate_id}-door')}", *_keys(gate.door)]
    return "\n".join(lines) + "\n"


def write_settings(file: Path, text: str) -> EdgeSettings:
    """Put `text` in the place of `file`, whole or not at all; the settings as they are read then.

    Raises an ExceptionGroup of SettingsError if it would not do, or OSError; the old file stays.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
        settings = read_settings(fresh)
        # It holds no secret, and the agent reads it under an account of its own.
        fresh.chmod(0o644)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    return settings


def quoted(value: object) -> str:
    """A TOML string."""
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _keys(device: Device) -> list[str]:
    return [
        f"kind = {quoted(device.kind)}",
        *(f"{name} = {value}" for name, value in device.keys),
    ]
