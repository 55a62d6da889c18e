"""Every driver has the same four layers under the same names; only one of them touches a wire."""

import ast
import tomllib
from pathlib import Path

import pytest

from device_drivers.registry import DOORS, READERS
from tests.architecture.checkout import ROOT, dotted, listed, source_modules
from tests.contracts.checklists import KINDS, file_of, folder_of

LAYERS = ("settings.py", "codec.py", "transport.py", "device.py", "supervisor.py")
WIRE_LIBRARIES = frozenset({"fcntl", "gpiod", "paho", "pty", "serial", "socket", "termios"})
"""What opens, configures or speaks through a wire."""


def lacking(folder: Path) -> list[str]:
    """Files of the four layers that a driver's package lacks, or that say nothing of themselves."""
    return [
        name
        for name in LAYERS
        if not (folder / name).is_file()
        or not ast.get_docstring(ast.parse((folder / name).read_text(encoding="utf-8")))
    ]


def wire_libraries_in(code: str) -> set[str]:
    """The libraries of `WIRE_LIBRARIES` that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Import(names=names):
                found |= {name.name.partition(".")[0] for name in names}
            case ast.ImportFrom(module=str(module), level=0):
                found.add(module.partition(".")[0])
            case _:
                pass
    return found & WIRE_LIBRARIES


def may_touch_a_wire(module: Path) -> bool:
    """True for `transports/` and for the transport layer of a driver."""
    return "transports" in module.parts or module.name == "transport.py"


@pytest.mark.parametrize("kind", KINDS)
def test_a_registered_driver_has_the_four_layers(kind: str) -> None:
    """Codec, transport, device, supervisor, and beside them settings and checklist."""
    assert lacking(folder_of(kind)) == []
    assert file_of(kind).is_file()


def test_control_a_package_without_a_layer_is_noticed(tmp_path: Path) -> None:
    """A missing file and one without a word are named."""
    for name in LAYERS:
        (tmp_path / name).write_text('"""Words."""\n')
    (tmp_path / "codec.py").unlink()
    (tmp_path / "device.py").write_text("X = 1\n")
    assert lacking(tmp_path) == ["codec.py", "device.py"]


def test_only_transports_touch_a_wire() -> None:
    """No codec, device or supervisor imports what opens a port, a socket or a pin."""
    breaches = [
        f"{module}: {', '.join(sorted(libraries))}"
        for module in source_modules("device_drivers")
        if not may_touch_a_wire(module)
        and (libraries := wire_libraries_in((ROOT / module).read_text(encoding="utf-8")))
    ]
    assert not breaches, listed(breaches)


def test_control_a_wire_touched_elsewhere_is_noticed() -> None:
    """An import inside a function counts as well as one at the top."""
    code = "import asyncio\n\ndef f() -> None:\n    from serial.tools import list_ports\n"
    assert wire_libraries_in(code) == {"serial"}
    assert not may_touch_a_wire(Path("device_drivers/em4100/device.py"))
    assert may_touch_a_wire(Path("device_drivers/em4100/transport.py"))


def test_every_driver_is_held_to_be_independent() -> None:
    """The import contract by which no driver imports another names each package there is."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    named = next(c["modules"] for c in contracts if c["id"] == "drivers-independent")
    registered = (*READERS, *DOORS)
    packages = {dotted(folder_of(kind).relative_to(ROOT) / "__init__.py") for kind in registered}
    assert packages == set(named)
