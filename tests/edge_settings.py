"""A settings file of an edge, for tests that start from one."""

from pathlib import Path

TEMPLATE = """
[edge]
id = "edge-north-1"
state_dir = "state"

[centre]
url = "{url}"

[gate]
id = "north-1"
wait_for_passage_s = 2

[[readers]]
id = "camera-in"
access_point = "north-1-in"
kind = "serial_scanner"
settle_ms = {settle_ms}
[readers.line]
port = "{scanner}"
baud = 115200

[door]
id = "turnstile"
kind = "modbus_turnstile"
[door.line]
port = "{door}"
baud = 115200

[link]
poll_wait_s = 1
backoff_longest_s = 0.2

[console]
enabled = {console}
port = {port}
"""


def write_settings(
    folder: Path,
    *,
    url: str = "http://127.0.0.1:1",
    scanner: Path | None = None,
    door: Path | None = None,
    console_port: int | None = None,
    settle_ms: int = 20,
) -> Path:
    """Ports that are not named do not exist; without a port of its own there is no console."""
    file = folder / "edge.toml"
    text = TEMPLATE.format(
        url=url,
        scanner=scanner or folder / "no-scanner",
        door=door or folder / "no-door",
        console="false" if console_port is None else "true",
        port=console_port or 8480,
        settle_ms=settle_ms,
    )
    file.write_text(text, encoding="utf-8")
    return file
