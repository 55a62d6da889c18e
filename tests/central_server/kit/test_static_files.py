"""Page assets."""

import gzip
from pathlib import Path

import httpx2 as httpx
import pytest

from central_server.kit.static_files import StaticFiles


@pytest.fixture
def files(tmp_path: Path) -> StaticFiles:
    """Two assets and something that is none."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "a.js").write_text("export const a = 1;" * 50)
    (tmp_path / "b.css").write_text("b {}")
    (tmp_path / "notes.toml").write_text("secret")
    return StaticFiles(tmp_path)


def test_the_address_changes_with_any_content(files: StaticFiles, tmp_path: Path) -> None:
    """One changed byte gives every asset a new address."""
    before = files.url("b.css")
    (tmp_path / "lib" / "a.js").write_text("export const a = 2;")
    assert StaticFiles(tmp_path).url("b.css") != before


def test_assets_are_kept_for_a_year_and_sent_compressed(files: StaticFiles) -> None:
    """The current version is immutable; another version's address must ask again."""
    sent = files.respond(files.version, "lib/a.js", "gzip, br")
    assert "immutable" in sent.headers["cache-control"]
    assert gzip.decompress(bytes(sent.body)).startswith(b"export")
    assert files.respond("old", "lib/a.js", "").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["notes.toml", "../secret", "lib", "none.css"])
def test_nothing_else_is_served(files: StaticFiles, name: str) -> None:
    """Only known types within the folder are assets."""
    assert files.respond(files.version, name, "").status_code == 404


def test_a_template_cannot_name_an_asset_that_is_not_there(files: StaticFiles) -> None:
    """The mistake is found when the page is made."""
    with pytest.raises(KeyError, match="make assets"):
        files.url("none.css")


async def test_every_asset_of_a_page_is_there(client: httpx.AsyncClient) -> None:
    """What the sign-in page links is served."""
    page = (await client.get("/sign-in")).text
    links = [part.split('"')[0] for part in page.split('"/static/')[1:]]
    assert len(links) >= 4
    for link in links:
        assert (await client.get(f"/static/{link}")).status_code == 200
