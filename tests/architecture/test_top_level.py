"""The top level of the checkout is a fixed list."""

from tests.architecture.checkout import tracked_files

FOLDERS = {
    ".ci",
    "access_core",
    "central_server",
    "deploy",
    "device_drivers",
    "docs",
    "edge_agent",
    "simulators",
    "tests",
}
FILES = {
    ".editorconfig",
    ".gitignore",
    ".npmrc",
    ".pre-commit-config.yaml",
    "Makefile",
    "README.md",
    "package-lock.json",
    "package.json",
    "pyproject.toml",
    "requirements-central.lock",
    "requirements-edge.lock",
    "requirements.lock",
}


def test_folders() -> None:
    """The folders at the top level are exactly the agreed ones."""
    found = {file.parts[0] for file in tracked_files() if len(file.parts) > 1}
    assert found == FOLDERS


def test_files() -> None:
    """The files at the top level are exactly the agreed ones."""
    found = {file.name for file in tracked_files() if len(file.parts) == 1}
    assert found == FILES
