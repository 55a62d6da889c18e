"""Tests mirror the source, path for path, in both directions."""

import ast
from pathlib import Path

import pytest

from tests.architecture.checkout import PACKAGES, ROOT, listed, source_modules

# Modules without a test file of their own, each with the reason.
WITHOUT_TEST: dict[str, str] = {
    "central_server/migrations/env.py": "Alembic runs it; see migrations/test_migrate.py",
}
MIGRATIONS = Path("central_server/migrations/versions")
"""Each is run, and its outcome compared with the tables, by migrations/test_migrate.py."""
# Test files in the mirror without a module of their own, each with the reason.
WITHOUT_SOURCE: dict[str, str] = {}


def mirror_of(module: Path) -> Path:
    """Where the tests of a source module belong; `__main__` is tested in `test_main.py`."""
    return Path("tests", *module.parts[:-1], f"test_{module.stem.strip('_')}.py")


def has_behaviour(module: Path) -> bool:
    """Whether a module defines any function; tables and plain data are seen in their use."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree))


def needs_test(module: Path) -> bool:
    """A module with behaviour needs tests, unless it is on the list of exceptions."""
    if module.name == "__init__.py" or module.parent == MIGRATIONS or str(module) in WITHOUT_TEST:
        return False
    return has_behaviour(module)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_has_its_test_file(package: str) -> None:
    """Every source module has a test file at the same path."""
    modules = [module for module in source_modules(package) if needs_test(module)]
    missing = [str(module) for module in modules if not (ROOT / mirror_of(module)).is_file()]
    assert not missing, listed(missing)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_test_file_has_its_module(package: str) -> None:
    """Every test file in the mirror tests a module that exists."""
    expected = {mirror_of(module) for module in source_modules(package)}
    found = {file.relative_to(ROOT) for file in (ROOT / "tests" / package).rglob("test_*.py")}
    orphans = found - expected - {Path(name) for name in WITHOUT_SOURCE}
    assert not orphans, listed(map(str, orphans))


def test_exceptions_are_still_needed() -> None:
    """An exception whose file is gone, or has got its test, is taken off the list."""
    stale = [
        name
        for name in WITHOUT_TEST
        if not (ROOT / name).is_file() or (ROOT / mirror_of(Path(name))).is_file()
    ]
    stale += [name for name in WITHOUT_SOURCE if not (ROOT / name).is_file()]
    assert not stale, listed(stale)
