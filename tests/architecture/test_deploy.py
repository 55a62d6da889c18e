"""The settings examples show every key, with its default; the units are as strict as they say."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from central_server.config import Settings, load_settings
from edge_agent.config import EdgeSettings, read_settings
from tests.architecture.checkout import ROOT

EXAMPLES: dict[str, type[BaseModel]] = {
    "deploy/edge/edge.example.toml": EdgeSettings,
    "deploy/central/central.example.toml": Settings,
}
UNITS = ["deploy/edge/edge-agent.service", "deploy/central/central-server.service"]
LEAST_STRICT = 2.0
"""Exposure as `systemd-analyze security` counts it, 0 safe to 10; ours measured 1.6 and 1.2."""


def with_defaults_shown(example: str) -> str:
    """An example in which every key behind `#` is written."""
    return re.sub(r"^# (\w+ = )", r"\1", example, flags=re.MULTILINE)


def written_keys(table: dict[str, Any]) -> set[str]:
    """Every key of a parsed file, dotted; the tables of a list together."""
    keys: set[str] = set()
    for key, value in table.items():
        for part in value if isinstance(value, list | tuple) else [value]:
            if isinstance(part, dict):
                keys |= {f"{key}.{below}" for below in written_keys(part)}
            else:
                keys.add(key)
        keys |= {key} if value == [] else set()
    return keys


def where_defaulted(shown: object, default: object) -> object:
    """What is shown, without the values of keys that have no default."""
    match shown, default:
        case _, None:
            return None
        case dict(), dict():
            return {key: where_defaulted(value, default.get(key)) for key, value in shown.items()}
        case ((list() | tuple()), (list() | tuple())) if len(shown) == len(default):
            return type(shown)(map(where_defaulted, shown, default))
        case _:
            return shown


def known_keys(model: BaseModel) -> set[str]:
    """Every key that a validated model has, dotted, as a person writes it."""
    return {key.replace("device.", "") for key in written_keys(model.model_dump())}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_shows_every_key_and_no_other(name: str) -> None:
    """An example with all its defaults written has exactly the keys of the settings class."""
    written = tomllib.loads(with_defaults_shown((ROOT / name).read_text(encoding="utf-8")))
    model = EXAMPLES[name].model_validate(written)
    assert written_keys(written) == known_keys(model)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_shown_defaults_are_the_true_ones(name: str) -> None:
    """Writing the shown defaults changes nothing, save for what has no default at all."""
    text = (ROOT / name).read_text(encoding="utf-8")
    as_is = EXAMPLES[name].model_validate(tomllib.loads(text)).model_dump()
    full = EXAMPLES[name].model_validate(tomllib.loads(with_defaults_shown(text))).model_dump()
    assert where_defaulted(full, as_is) == as_is


def test_the_programs_read_their_examples(tmp_path: Path) -> None:
    """Each program accepts its example file as it is."""
    for name in EXAMPLES:
        shutil.copy(ROOT / name, tmp_path)
    assert read_settings(tmp_path / "edge.example.toml").edge.id == "edge-north-1"
    assert load_settings(tmp_path / "central.example.toml").site.id == "campus"


@pytest.mark.parametrize("name", UNITS)
def test_units_are_strict(name: str) -> None:
    """A unit grants no privilege, keeps the system read-only and keeps its state to itself."""
    lines = set((ROOT / name).read_text(encoding="utf-8").splitlines())
    assert {
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "MemoryDenyWriteExecute=yes",
        "StateDirectoryMode=0700",
        "Restart=always",
        "LimitCORE=0",
    } <= lines


@pytest.mark.parametrize("name", UNITS)
def test_systemd_agrees(name: str) -> None:
    """Where systemd's own analysis is installed, it counts the unit as hardly exposed."""
    program = shutil.which("systemd-analyze")
    if program is None:  # a machine without systemd: the directives above are all there is to see
        return
    finished = subprocess.run(
        [program, "security", "--offline=yes", ROOT / name],
        capture_output=True,
        check=True,
        text=True,
    )
    counted = re.search(r"Overall exposure level for \S+: ([\d.]+)", finished.stdout)
    assert counted
    assert float(counted.group(1)) <= LEAST_STRICT


@pytest.mark.slow
def test_units_start_programs_as_they_are_called() -> None:
    """The command line in each unit is one that the program understands."""
    for name in UNITS:
        text = (ROOT / name).read_text(encoding="utf-8")
        started = re.search(r"^ExecStart=\S+/(\S+) (\S+) (--\S+)", text, re.MULTILINE)
        assert started
        program, command, option = started.groups()
        asked = [Path(sys.executable).with_name(program), command, "--help"]
        finished = subprocess.run(asked, capture_output=True, check=True, text=True)
        assert option in finished.stdout
