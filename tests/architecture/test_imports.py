"""The import contracts hold, and each of them notices a breach."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.architecture.checkout import PACKAGES, ROOT

# Contract -> a module and the line that, added to it, breaks the contract.
BREACHES = {
    "halves": ("edge_agent/planted.py", "import central_server"),
    "central-no-drivers": ("central_server/kit/planted.py", "import device_drivers.registry"),
    "core-layers": ("access_core/model/topology.py", "import access_core.policy"),
    "core-no-io": ("access_core/policy/decide.py", "import asyncio"),
    "drivers-know-no-policy": ("device_drivers/debounce.py", "import access_core.policy"),
    "drivers-independent": (
        "device_drivers/qr_camera/settings.py",
        "import device_drivers.serial_scanner.settings",
    ),
    "edge-layers": ("edge_agent/gate/planted.py", "import edge_agent.bootstrap"),
    "feature-shape": ("central_server/visits/schemas.py", "import central_server.visits.service"),
    "sql-only-in-repositories": ("central_server/visits/service.py", "import sqlalchemy"),
    "acyclic": ("access_core/ids.py", "import access_core.clock"),
}
BACK_EDGE = ("access_core/clock.py", "import access_core.ids")  # closes the cycle for "acyclic"
SEE_ALL_TABLES = {
    "central_server.bootstrap",  # wires all features
    "central_server.migrations.tables",  # compares all tables with the migrations
}


def lint_imports(folder: Path) -> str:
    """What import-linter says about the packages in a folder."""
    program = Path(sys.executable).with_name("lint-imports")
    finished = subprocess.run(
        [program, "--no-cache", "--no-logo"],
        cwd=folder,
        capture_output=True,
        check=False,
        text=True,
        env={"COLUMNS": "500", "PATH": ""},
    )
    return finished.stdout + finished.stderr


def verdicts(report: str) -> dict[str, str]:
    """Contract id -> KEPT or BROKEN."""
    return dict(re.findall(r"^([a-z-]+): .* (KEPT|BROKEN)", report, re.MULTILINE))


def foreign_repository_imports(graph: grimp.ImportGraph) -> list[str]:
    """Imports of one feature's repository from outside that feature, as `importer -> imported`."""
    return sorted(
        f"{importer} -> {module}"
        for module in graph.find_matching_modules("central_server.*.repository")
        for importer in graph.find_modules_that_directly_import(module)
        if importer.rpartition(".")[0] != module.rpartition(".")[0]
        and importer not in SEE_ALL_TABLES
    )


def test_contracts_are_kept() -> None:
    """Every import contract is kept."""
    report = lint_imports(ROOT)
    assert set(verdicts(report).values()) == {"KEPT"}, report


def test_every_contract_has_its_breach() -> None:
    """No contract lacks the breach that shows it at work."""
    assert set(verdicts(lint_imports(ROOT))) == set(BREACHES)


@pytest.fixture(scope="module")
def copy_with_breaches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages in which every contract is breached once."""
    folder = tmp_path_factory.mktemp("breached")
    for package in PACKAGES:
        skip = shutil.ignore_patterns("__pycache__", "static", "templates", "locale")
        shutil.copytree(ROOT / package, folder / package, ignore=skip)
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, line in [*BREACHES.values(), BACK_EDGE]:
        with (folder / name).open("a", encoding="utf-8") as module:
            module.write(f"\n{line}\n")
    return folder


def test_control_every_breach_is_noticed(copy_with_breaches: Path) -> None:
    """A planted breach of each contract is reported as such."""
    report = lint_imports(copy_with_breaches)
    assert verdicts(report) == dict.fromkeys(BREACHES, "BROKEN"), report


def test_a_repository_belongs_to_its_feature() -> None:
    """A feature's repository is imported by that feature alone."""
    assert foreign_repository_imports(grimp.build_graph("central_server", cache_dir=None)) == []


def test_control_a_foreign_repository_is_noticed() -> None:
    """A module that imports another feature's repository is reported."""
    graph = grimp.build_graph("central_server", cache_dir=None)
    graph.add_module("central_server.planted.repository")
    graph.add_module("central_server.other.service")
    graph.add_import(
        importer="central_server.other.service", imported="central_server.planted.repository"
    )
    breach = "central_server.other.service -> central_server.planted.repository"
    assert breach in foreign_repository_imports(graph)
