"""Documentation that cannot fall behind: what can be named is named, what is linked exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from access_core.devices import commands as device_commands
from access_core.devices import events as device_events
from access_core.model.access_event import AccessEventKind
from access_core.policy.reasons import ReasonCode
from edge_agent.gate import commands as gate_commands
from edge_agent.gate import events as gate_events
from edge_agent.gate.door_table import DoorMode, Happening
from tests.architecture.checkout import ROOT, listed, tracked_files

MODULES = (device_commands, device_events, gate_commands, gate_events)
NAMES = {
    "reasons": [reason.value for reason in ReasonCode],
    "kinds of access event": [kind.value for kind in AccessEventKind],
    "door modes": [mode.value for mode in DoorMode],
    "happenings": [happening.value for happening in Happening],
    "events and commands": [
        name
        for module in MODULES
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    ],
}
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
PICTURE = re.compile(r"""(?:!\[[^\]]*\]\(|<img src=")([^")\s]+)""")
"""Where a picture comes from, in Markdown and in HTML."""
NOT_MESSAGES = {
    "Direction": "a value of events, explained where it stands",
    "Medium": "a value of events, explained where it stands",
    "LaneAlarm": "a value of events, explained where it stands",
    "Signal": "a value of a command, explained where it stands",
    "ReleaseOutcome": "a value of an answer, explained where it stands",
}


def pages() -> dict[str, str]:
    """Every Markdown page under version control: name -> text."""
    names = [name for name in tracked_files() if name.suffix == ".md"]
    return {str(name): (ROOT / name).read_text(encoding="utf-8") for name in names}


@pytest.mark.parametrize("group", NAMES)
def test_every_name_is_documented(group: str) -> None:
    """Every reason, event, command and mode is named in the documentation."""
    text = "\n".join(text for name, text in pages().items() if name.startswith("docs/"))
    words = set(re.findall(r"\w+", text))
    assert [n for n in NAMES[group] if n not in words and n not in NOT_MESSAGES] == []


def test_reference_pages_are_up_to_date() -> None:
    """The reference pages say what the code says; `make docs` makes them."""
    finished = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


def test_every_setting_is_explained() -> None:
    """No row of the settings page lacks its meaning."""
    rows = re.findall(r"^\| `.*$", pages()["docs/settings.md"], re.MULTILINE)
    assert rows
    assert [row for row in rows if row.endswith("|  |")] == []


def test_links_lead_somewhere() -> None:
    """Every relative link in the documentation leads to a file or folder that exists."""
    broken = [
        f"{name}: {target}"
        for name, text in pages().items()
        for target in re.findall(r"\]\(([^)#\s]+)", CODE.sub("", text))
        if "://" not in target and not (ROOT / name).parent.joinpath(target).exists()
    ]
    assert not broken, listed(broken)


def test_pictures_are_there_and_used() -> None:
    """Every picture that the documentation shows is there, and every one that is there is shown."""
    shown = {
        (ROOT / name).parent.joinpath(target).resolve()
        for name, text in pages().items()
        for target in PICTURE.findall(text)
    }
    assert shown == {file.resolve() for file in (ROOT / "docs" / "pictures").iterdir()}
    assert shown


def test_commands_in_the_documentation_exist() -> None:
    """Every `make` target that the documentation names is in the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        target
        for text in pages().values()
        for target in re.findall(r"(?:`|^|\n)make ([a-z][a-z-]*)", text)
    }
    assert named - targets == set()


def test_test_files_say_what_holds() -> None:
    """Every test states its behaviour in one sentence of its own."""
    silent = [
        f"{file}: {name}"
        for file in tracked_files()
        if Path("tests") in file.parents and file.name.startswith("test_")
        for name, first in re.findall(
            r"^\s*(?:async )?def (test_\w+)\([^)]*\)[^:]*:\n\s*(.*)$",
            (ROOT / file).read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        if not first.startswith(('"""', 'r"""'))
    ]
    assert not silent, listed(silent)
