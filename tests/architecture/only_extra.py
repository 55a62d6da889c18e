"""Import packages as if only some extras of the project were installed. A program, run by a test.

`only_extra.py EXTRA PROGRAM BELOW...` imports every module of one of our packages while refusing
whatever belongs to a distribution outside the base dependencies and that extra, and whatever of
ours is not among those below it. Its last line is a JSON object: module -> error, for those that
could not be imported.
"""

import importlib
import json
import sys
from collections.abc import Sequence
from importlib import metadata
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.checkout import PACKAGES, dotted, source_modules

PROJECT = "campus-gateway"
LOADED_BY_PATH = "central_server.migrations."
"""Alembic runs these files inside a migration; they cannot be imported outside of one."""


class Refuser(MetaPathFinder):
    """Refuses the top-level names it was given, as if nothing was installed under them."""

    def __init__(self, refused: set[str]) -> None:
        """Refuse these names and all below them."""
        self.refused = refused

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the signature is importlib's
        target: ModuleType | None = None,  # noqa: ARG002 - the signature is importlib's
    ) -> ModuleSpec | None:
        """Nothing, or an error for a refused name."""
        if fullname.partition(".")[0] in self.refused:
            raise ModuleNotFoundError(f"{fullname} is outside the extra", name=fullname)
        return None


def distributions_for(extra: str) -> set[str]:
    """The distributions that installing the project with one extra brings, however deep."""
    reached: set[tuple[str, str]] = set()
    waiting = [(PROJECT, ""), (PROJECT, extra)]
    while waiting:
        name, its_extra = waiting.pop()
        if (name, its_extra) in reached:
            continue
        reached.add((name, its_extra))
        for text in metadata.requires(name) or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": its_extra}):
                wanted = canonicalize_name(requirement.name)
                waiting.extend((wanted, option) for option in ("", *requirement.extras))
    return {name for name, _ in reached}


def names_outside(extra: str) -> set[str]:
    """Top-level import names that belong only to distributions outside an extra."""
    inside = distributions_for(extra)
    return {
        name
        for name, owners in metadata.packages_distributions().items()
        if name not in PACKAGES and not inside & {canonicalize_name(owner) for owner in owners}
    }


def errors_of(program: str) -> dict[str, str]:
    """What went wrong when importing every module of one of our packages."""
    errors: dict[str, str] = {}
    for module in map(dotted, source_modules(program)):
        if not module.startswith(LOADED_BY_PATH):
            try:
                importlib.import_module(module)
            except ImportError as error:
                errors[module] = str(error)
    return errors


def main(extra: str, program: str, below: list[str]) -> None:
    """Forget what is loaded, refuse what is outside, import all, and say what failed."""
    refused = names_outside(extra) | (set(PACKAGES) - {program, *below})
    for name in [name for name in sys.modules if name.partition(".")[0] in refused]:
        del sys.modules[name]
    sys.meta_path.insert(0, Refuser(refused))
    sys.stdout.write(json.dumps(errors_of(program)) + "\n")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
