"""Every branch of the core is run by the core's own quick tests."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_branch_of_the_core_is_tested(tmp_path: Path) -> None:
    """No line and no branch of access_core is left out, and the report names those that are."""
    data, report = tmp_path / "coverage.data", tmp_path / "coverage.json"
    coverage = [sys.executable, "-m", "coverage"]
    tests = ["pytest", "-q", "-m", "not slow", "-p", "no:cacheprovider", "tests/access_core"]
    subprocess.run(
        [*coverage, "run", f"--data-file={data}", "--branch", "--source=access_core", "-m", *tests],
        cwd=ROOT,
        check=True,
    )
    subprocess.run(
        [*coverage, "json", f"--data-file={data}", "-q", "-o", str(report)], cwd=ROOT, check=True
    )
    files = json.loads(report.read_text())["files"]
    assert len(files) > 30
    missing = {
        name: (file["missing_lines"], file["missing_branches"])
        for name, file in files.items()
        if file["missing_lines"] or file["missing_branches"]
    }
    assert missing == {}
