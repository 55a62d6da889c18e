"""What is plugged into a machine."""

from pathlib import Path

from edge_agent.commands.found_devices import find_devices


def plug(folder: Path, node: str, name: str = "") -> None:
    """A device node, and a name by id that leads to it."""
    (folder / node).touch()
    if name:
        link = folder / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(folder / node)


def test_each_device_is_found_once_by_its_best_name(tmp_path: Path) -> None:
    """A name by id is preferred; what has none is found by the kernel's number."""
    plug(tmp_path, "ttyUSB0", "serial/by-id/usb-FTDI_lane")
    plug(tmp_path, "ttyUSB1")
    plug(tmp_path, "ttyACM0", "serial/by-id/usb-scanner")
    plug(tmp_path, "video0", "v4l/by-id/usb-cam-video-index0")
    plug(tmp_path, "video2")
    plug(tmp_path, "ttyS0")
    found = find_devices(tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in found.ports] == [
        "serial/by-id/usb-FTDI_lane",
        "serial/by-id/usb-scanner",
        "ttyUSB1",
    ]
    assert [str(path.relative_to(tmp_path)) for path in found.cameras] == [
        "v4l/by-id/usb-cam-video-index0",
        "video2",
    ]


def test_a_bare_machine_has_nothing(tmp_path: Path) -> None:
    """No ports and no cameras, and no error."""
    found = find_devices(tmp_path / "none")
    assert (found.ports, found.cameras) == ((), ())
