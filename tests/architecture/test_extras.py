"""Each program installs without the packages of the others."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT
from tests.architecture.only_extra import distributions_for

pytestmark = pytest.mark.slow  # each test starts an interpreter that imports a whole program

# Extra -> the program that it is for, and those of our packages that may lie below.
PROGRAMS = {
    "edge": ["edge_agent", "device_drivers", "access_core"],
    "central": ["central_server", "access_core"],
    "sim": ["simulators", "device_drivers", "access_core"],
}


def import_errors(extra: str, program_and_below: list[str]) -> dict[str, str]:
    """What cannot be imported when only one extra is installed."""
    program = Path(__file__).with_name("only_extra.py")
    finished = subprocess.run(
        [sys.executable, str(program), extra, *program_and_below],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return dict(json.loads(finished.stdout.splitlines()[-1]))


@pytest.mark.parametrize("extra", PROGRAMS)
def test_every_module_imports_with_its_extra_alone(extra: str) -> None:
    """Every module of a program can be imported when only its own extra is installed."""
    assert import_errors(extra, PROGRAMS[extra]) == {}


def test_drivers_import_with_the_edge_extra() -> None:
    """Every driver can be imported when only the edge's extra is installed."""
    assert import_errors("edge", ["device_drivers", "access_core"]) == {}


def test_control_a_foreign_extra_is_refused() -> None:
    """The server cannot be imported with the edge's extra, so the check above does check."""
    errors = import_errors("edge", PROGRAMS["central"])
    assert any("outside the extra" in text for text in errors.values())


def test_an_edge_brings_no_server_packages() -> None:
    """Installing an edge brings nothing of the centre's: no API framework, no SQL toolkit."""
    assert not distributions_for("edge") & {
        "alembic",
        "argon2-cffi",
        "babel",
        "fastapi",
        "python-multipart",
        "sqlalchemy",
        "uvloop",
    }


def test_a_server_brings_no_device_packages() -> None:
    """Installing the server brings no image, serial or field bus packages."""
    foreign = {"opencv-python-headless", "zxing-cpp", "pyzbar", "numpy", "pyserial", "pymodbus"}
    assert not distributions_for("central") & foreign
