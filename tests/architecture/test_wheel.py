"""The wheel carries everything the programs need, the third-party page files included."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.checkout import PACKAGES, ROOT, tracked_files


@pytest.fixture(scope="module")
def names_in_wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of all files in a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_every_file_of_the_packages_is_in_the_wheel(names_in_wheel: set[str]) -> None:
    """Every file of the five packages is in the wheel: modules, templates, texts, page files."""
    expected = {str(file) for file in tracked_files() if file.parts[0] in PACKAGES}
    assert sorted(expected - names_in_wheel) == []


def test_third_party_page_files_are_in_the_wheel(names_in_wheel: set[str]) -> None:
    """The page files that are not committed are in the wheel, so a server needs no Node."""
    vendor = ROOT / "central_server" / "static" / "vendor"
    files = {str(file.relative_to(ROOT)) for file in vendor.rglob("*") if file.is_file()}
    assert files
    assert sorted(files - names_in_wheel) == []


def test_nothing_else_is_in_the_wheel(names_in_wheel: set[str]) -> None:
    """Beside the five packages the wheel holds its own description and nothing else."""
    tops = {Path(name).parts[0] for name in names_in_wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
