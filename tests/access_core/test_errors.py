"""The error tree."""

import re

import access_core.errors
from access_core.errors import AccessControlError, PeerError, SettingsError


def error_classes() -> dict[str, type[AccessControlError]]:
    """Every exception of the module by name."""
    return {
        name: thing
        for name, thing in vars(access_core.errors).items()
        if isinstance(thing, type) and issubclass(thing, AccessControlError)
    }


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    """Each class is drawn under its parent, and nothing else is drawn."""
    stack: list[str] = []
    drawn: dict[str, str | None] = {}
    for line in (access_core.errors.__doc__ or "").splitlines():
        if found := re.fullmatch(r"    ((?:[│├└─ ]{4})*)([A-Z]\w+)(?: {2,}.*)?", line):
            depth = len(found[1]) // 4
            stack[depth:] = [found[2]]
            drawn[found[2]] = stack[depth - 1] if depth else None
    actual = {
        name: None if cls is AccessControlError else cls.__bases__[0].__name__
        for name, cls in error_classes().items()
    }
    assert drawn == actual


def test_a_settings_error_names_file_key_and_cure() -> None:
    """A person can put it right from the message alone."""
    error = SettingsError(
        file="edge.toml", key="door.baud", problem="9601 is no baud rate", cure="Write 9600."
    )
    assert str(error) == "edge.toml: door.baud: 9601 is no baud rate. Write 9600."
    assert (error.file, error.key) == ("edge.toml", "door.baud")
    assert (error.problem, error.cure) == ("9601 is no baud rate", "Write 9600.")


def test_peer_errors_can_be_caught_as_one() -> None:
    """Everything that is the other side's fault has one parent."""
    peers = {name for name, cls in error_classes().items() if issubclass(cls, PeerError)}
    assert peers == {"PeerError", "MalformedMessage", "UntrustedMessage", "OutOfOrder"}
