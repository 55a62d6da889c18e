"""The third-party page files are the recorded ones, complete, and work under the strict policy."""

import functools
import hashlib
import json
import re
import threading
import tomllib
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from playwright.sync_api import sync_playwright

from tests.architecture.checkout import ROOT

STATIC = ROOT / "central_server" / "static"
VENDOR = STATIC / "vendor"
PACKAGES: list[dict[str, Any]] = tomllib.loads((STATIC / "vendor.toml").read_text())["package"]
SHA256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-4

IMPORTED = re.compile(r"^(?:import|export)\s[^;]*?from\s*['\"]([^'\"]+)", re.MULTILINE)
URL_START = re.compile(r"url\(['\"]?(data:|#|[^)]*)")


def folder_of(package: dict[str, Any]) -> Path:
    """Where the files of a package are served from."""
    return VENDOR / f"{package['name']}-{package['version']}"


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_files_are_the_recorded_ones(package: dict[str, Any]) -> None:
    """Every served file has the sum recorded for it, and nothing else lies beside it."""
    recorded = {file["to"]: file["sha256"] for file in package["files"]}
    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder_of(package).iterdir()
        if not (file.name == "LICENSE" and "licence_text" in package)
    }
    assert found == recorded


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_the_licence_lies_beside(package: dict[str, Any]) -> None:
    """Every package is served with its licence's text and has a reason to be there."""
    assert len((folder_of(package) / "LICENSE").read_text()) > 200
    assert package["why"]
    assert package["licence"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_modules_find_what_they_import(package: dict[str, Any]) -> None:
    """A script imports only files that lie beside it, and no sheet imports another."""
    for file in folder_of(package).iterdir():
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".js":
            statements = re.findall(
                r"^(?:import|export)\s[^;]*?from\s*['\"]([^'\"]+)", text, re.MULTILINE
            )
            assert [name for name in statements if not (file.parent / name).is_file()] == []
        if file.suffix == ".css":
            assert "@import" not in text
            assert [start for start in URL_START.findall(text) if start not in {"data:", "#"}] == []


def test_no_other_folder_is_served() -> None:
    """Every folder below vendor is one that the listing names."""
    assert {folder.name for folder in VENDOR.iterdir()} == {
        p.name for p in map(folder_of, PACKAGES)
    }


def test_versions_agree() -> None:
    """package.json pins exactly the versions that the listing names."""
    pinned = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert pinned == {package["npm"]: package["version"] for package in PACKAGES}


def test_lock_has_sums_and_no_address() -> None:
    """Every locked package has an integrity sum, and none says which registry it came from."""
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    packages = {name: entry for name, entry in lock.items() if name}
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


class StrictHandler(SimpleHTTPRequestHandler):
    """Serves the static folder, and one page that uses the modules, under the strict policy."""

    page: ClassVar[dict[str, tuple[str, str]]] = {}

    def do_GET(self) -> None:
        """A page made for the test, or a file."""
        if self.path not in self.page:
            super().do_GET()
            return
        content_type, text = self.page[self.path]
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.end_headers()
        self.wfile.write(text.encode())

    def end_headers(self) -> None:
        """Every answer carries the policy."""
        policy = "default-src 'none'; script-src 'self'; style-src 'self'"
        self.send_header("Content-Security-Policy", policy)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Nothing: a request is not news in a test."""


@pytest.fixture
def strict_site() -> Iterator[str]:
    """The address of a loopback server of the static folder, under the strict policy."""
    folders = {package["name"]: folder_of(package).name for package in PACKAGES}
    StrictHandler.page = {
        "/page": (
            "text/html",
            "<!doctype html><output></output><script type=module src=own.js></script>",
        ),
        "/own.js": (
            "text/javascript",
            f"""
            import {{ sha256 }} from "./vendor/{folders["noble-hashes"]}/sha2.js";
            import encodeQR from "./vendor/{folders["qr"]}/index.js";
            const digest = sha256(new TextEncoder().encode("abc"));
            const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
            const rows = encodeQR("CP1:ABC", "raw", {{ ecc: "medium", border: 1 }});
            document.querySelector("output").textContent = `${{hex}} ${{rows.length}}`;
            """,
        ),
    }
    handler = functools.partial(StrictHandler, directory=str(STATIC))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.slow
def test_modules_work_unbundled(strict_site: str) -> None:
    """The hash and the QR encoder run in a browser as published, with scripts from here only."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{strict_site}/page")
        page.wait_for_selector("output:not(:empty)", timeout=20_000)
        assert page.text_content("output") == f"{SHA256_OF_ABC} 23"
        assert [text for text in complaints if "favicon" not in text] == []
        browser.close()
