"""The commands, as a technician runs them."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from central_server.__main__ import app, main

RUN = CliRunner()


@pytest.fixture
def settings_file(tmp_path: Path) -> str:
    """Settings with their state in the test's folder."""
    path = tmp_path / "central.toml"
    path.write_text(f'state_dir = "{tmp_path / "state"}"\n')
    return str(path)


def test_a_gate_is_added_and_its_edge_gets_a_code(settings_file: str) -> None:
    """The database is made on the way; the next step is named."""
    arguments = ["--gate", "north-1", "--name-zh", "北门", "--name-en", "North gate"]
    added = RUN.invoke(app, ["add-gate", "-s", settings_file, *arguments])
    assert added.exit_code == 0, added.output
    assert "enrol-edge --gate north-1" in added.output
    code = RUN.invoke(app, ["enrol-edge", "-s", settings_file, "--gate", "north-1"])
    assert len(code.stdout.strip().replace("-", "")) == 26


def test_an_operator_gets_a_link(settings_file: str) -> None:
    """No password is ever typed on the command line."""
    arguments = ["--login-name", "Mei", "--full-name", "韩梅梅", "--role", "security"]
    made = RUN.invoke(app, ["create-operator", "-s", settings_file, *arguments])
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("http://127.0.0.1:8400/link/")
    again = RUN.invoke(app, ["create-operator", "-s", settings_file, *arguments])
    assert "This login name is taken." in str(again.exception)


def test_migrating_twice_is_no_mistake(settings_file: str) -> None:
    """The second time there is nothing to do."""
    for _ in range(2):
        assert RUN.invoke(app, ["migrate", "-s", settings_file]).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add-gate", "--gate", "North 1", "--name-zh", "x", "--name-en", "x"], "--gate"),
        (["create-operator", "--login-name", "a b", "--full-name", "x", "--role", "host"], "Use"),
    ],
)
def test_a_slip_names_the_option(settings_file: str, arguments: list[str], said: str) -> None:
    """A person's mistake is told with the option and what is wrong."""
    answer = RUN.invoke(app, [arguments[0], "-s", settings_file, *arguments[1:]])
    assert answer.exit_code == 2
    assert said in answer.output


def test_a_wrong_settings_file_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback for a person's mistake."""
    monkeypatch.setattr(sys, "argv", ["central-server", "migrate", "-s", "/no/such.toml"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert "/no/such.toml" in said
    assert "Traceback" not in said
