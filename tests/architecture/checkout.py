"""What the architecture tests look at: the files under version control and the source modules."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("access_core", "device_drivers", "edge_agent", "central_server", "simulators")


def tracked_files() -> list[Path]:
    """Every file under version control or about to be, relative to the root, in order.

    A file that is neither committed nor ignored counts too, so that a breach is seen before the
    commit and not after it.
    """
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    names = {Path(name) for name in listing.split("\0") if name}
    return sorted(name for name in names if (ROOT / name).is_file())


def source_modules(package: str) -> list[Path]:
    """Every Python file of one package, relative to the root, in order."""
    folder = ROOT / package
    return sorted(file.relative_to(ROOT) for file in folder.rglob("*.py"))


def dotted(module: Path) -> str:
    """The import name of a source file."""
    parts = module.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def listed(names: Iterable[str]) -> str:
    """Names one a line, in order: what an assertion says of all that is wrong."""
    return "\n".join(["", *sorted(names)])
