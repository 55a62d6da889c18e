"""The limits of docs/style.md that no linter sees."""

import ast
import functools
import re
from pathlib import Path

from tests.architecture.checkout import ROOT, listed, tracked_files

LONGEST_FILE = 500
LONGEST_FUNCTION = 60
MOST_METHODS = 20
EMPTY_WORDS = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
SILENCED = re.compile(r"#\s*noqa\b(?!.* - \w)")
MANY_METHODS = {
    "TurnstileLane": "one short method for each thing that people, the board or time do to a lane",
    "SimulatedMqttLane": "the same, and one for each thing a broker can do to it",
    "GateRules": "a state machine of tests: one method for each thing that can happen to a gate",
}
GROWS = Path("central_server/migrations/versions")
"""A migration is one list of tables; splitting it would hide its order."""


def python_files() -> list[Path]:
    """Every Python file under version control, relative to the root."""
    return [file for file in tracked_files() if file.suffix == ".py"]


def text_of(file: Path) -> str:
    """The content of a file."""
    return (ROOT / file).read_text(encoding="utf-8")


@functools.cache
def definitions(file: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Every function and class in a file, however deep."""
    return [
        node
        for node in ast.walk(ast.parse(text_of(file)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]


def test_no_file_is_too_long() -> None:
    """No Python file has more than 500 lines."""
    long = [str(file) for file in python_files() if len(text_of(file).splitlines()) > LONGEST_FILE]
    assert not long, listed(long)


def test_no_function_is_too_long() -> None:
    """No function has more than 60 lines, its docstring and signature included."""
    long = [
        f"{file}:{node.lineno} {node.name}"
        for file in python_files()
        for node in definitions(file)
        if not isinstance(node, ast.ClassDef)
        and file.parent != GROWS
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]
    assert not long, listed(long)


def test_no_class_has_too_many_methods() -> None:
    """No class has more than 20 methods, so that none becomes the program."""
    large = [
        f"{file}:{node.lineno} {node.name}"
        for file in python_files()
        for node in definitions(file)
        if isinstance(node, ast.ClassDef)
        and node.name not in MANY_METHODS
        and sum(isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body)
        > MOST_METHODS
    ]
    assert not large, listed(large)


def test_no_empty_names() -> None:
    """No module or folder is called by a word that says nothing about what is in it."""
    empty = [str(f) for f in python_files() if {*f.parts[:-1], *f.stem.split("_")} & EMPTY_WORDS]
    assert not empty, listed(empty)


def test_every_silenced_remark_has_its_reason() -> None:
    """A comment that silences the linter says why, on the same line."""
    bare = [
        f"{file}:{number}"
        for file in python_files()
        for number, line in enumerate(text_of(file).splitlines(), start=1)
        if SILENCED.search(line) and file.name != Path(__file__).name
    ]
    assert not bare, listed(bare)
