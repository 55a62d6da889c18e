"""The register profiles that come with the product: TOML files beside this one, found by name."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def shipped(name: str) -> dict[str, Any]:
    """The keys of the shipped profile `name`; none for an unknown name."""
    file = resources.files(__package__).joinpath("profiles", f"{name}.toml")
    if not name.isidentifier() or not file.is_file():
        return {}
    return tomllib.loads(file.read_text(encoding="utf-8"))


def completed(given: dict[str, Any]) -> dict[str, Any]:
    """What a person wrote of a profile, completed by the shipped profile that it names.

    Misspelt names stay in, so that the model refuses them and names the right ones.
    """
    return {**shipped(str(given.get("name", "generic"))), **given}
