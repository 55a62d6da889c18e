"""What each driver promises, as its `checklist.toml` says it.

A value is `shown`, if the contract suite shows it on the driver's stand; `shown by FILE::TEST`,
if a test of the driver's own does; or `not applicable: REASON`.
"""

import re
import tomllib
from pathlib import Path
from typing import Final

from device_drivers.registry import DOORS, READERS

ROOT: Final = Path(__file__).resolve().parents[2]
SAMPLE: Final = "card_reader"
"""The driver that docs/how_to/add_a_driver.md has its reader write; it stands beside this file."""
READER_KINDS: Final = (*READERS, SAMPLE)
KINDS: Final = (*READERS, *DOORS, SAMPLE)
PROMISES: Final = (
    "one_lost_one_ready",
    "backoff",
    "stale_after_reconnect",
    "bounded_queue",
    "junk_survived",
    "split_frames",
    "health_in_words",
    "late_command_expired",
    "repeat_refused",
    "unknown_when_line_dies",
    "own_pulse_timer",
    "no_pulse_on_reconnect",
    "sibling_not_delayed",
    "retained_refused",
    "closes_on_cancel",
)
_VALUE: Final = re.compile(r"shown|shown by (?P<test>tests/\S+::\w+)|not applicable: (?P<why>.+)")


def folder_of(kind: str) -> Path:
    """The package of a driver: where its settings model lives."""
    if kind == SAMPLE:
        return Path(__file__).parent / "sample_driver"
    table = READERS if kind in READERS else DOORS
    entry = table[kind]
    return ROOT.joinpath(*entry.settings.__module__.split(".")[:-1])


def file_of(kind: str) -> Path:
    """The checklist of a driver; two kinds of one package have one each, named by kind."""
    own = folder_of(kind) / f"checklist_{kind}.toml"
    return own if own.is_file() else folder_of(kind) / "checklist.toml"


def checklist(kind: str) -> dict[str, str]:
    """Promise -> value, as written; nothing if there is no such file."""
    if not file_of(kind).is_file():
        return {}
    table: dict[str, dict[str, str]] = tomllib.loads(file_of(kind).read_text(encoding="utf-8"))
    return table["promises"]


def faults_of(promises: dict[str, str]) -> list[str]:
    """What is wrong with a checklist, in words."""
    faults = [f"{name} is missing" for name in PROMISES if name not in promises]
    faults += [f"{name} is no promise" for name in promises if name not in PROMISES]
    for name, value in promises.items():
        found = _VALUE.fullmatch(value)
        if found is None:
            faults.append(f"{name} = {value!r} is neither shown nor not applicable")
        elif found["test"] and not _is_there(found["test"]):
            faults.append(f"{name}: there is no {found['test']}")
    return faults


def shown_here(promise: str) -> list[str]:
    """The kinds whose checklist leaves it to the contract suite to show `promise`."""
    return [kind for kind in KINDS if checklist(kind).get(promise) == "shown"]


def _is_there(test: str) -> bool:
    file, _, name = test.partition("::")
    return (ROOT / file).is_file() and f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")
