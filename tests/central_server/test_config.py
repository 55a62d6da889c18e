"""Settings: typed, unknown keys refused, every error with file, key and cure."""

from pathlib import Path

import pytest

from access_core.errors import SettingsError
from central_server.config import load_settings, parse_settings
from central_server.language import Language

BAD: dict[str, tuple[dict[str, object], str, str]] = {
    "unknown key": ({"server": {"prot": 1}}, "server.prot", "public_url"),
    "unknown section": ({"servers": {}}, "servers", "database"),
    "port": ({"server": {"port": 70000}}, "server.port", "65535"),
    "zone": ({"site": {"time_zone": "Mars/Base"}}, "site.time_zone", "Asia/Shanghai"),
    "zone path": ({"site": {"time_zone": "../etc/passwd"}}, "site.time_zone", "Asia/Shanghai"),
    "origin": ({"server": {"public_url": "gateway"}}, "server.public_url", "https://"),
    "plain http": ({"server": {"public_url": "http://g.example"}}, "server", "https://"),
    "proxy": ({"server": {"trusted_proxies": ["nginx"]}}, "server.trusted_proxies.0", "address"),
    "stale": ({"edges": {"rules_lifetime_h": 1}}, "(file)", "rules_refresh_h"),
    "hours": ({"visits": {"open_from": "6"}}, "visits.open_from", "06:30"),
    "no hours": (
        {"visits": {"open_from": "20:00", "open_until": "08:00"}},
        "visits",
        "before visits.open_until",
    ),
    "stay": ({"visits": {"longest_stay_h": {"party": 5}}}, "visits.longest_stay_h.party", "event"),
    "language": ({"languages": {"default": "fr"}}, "languages.default", "'en'"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_is_named_with_its_cure(case: str) -> None:
    """The message names the file, the key and what to write instead."""
    raw, key, cure = BAD[case]
    with pytest.raises(SettingsError) as caught:
        parse_settings(raw, "central.toml")
    assert caught.value.key == key
    assert "central.toml" in str(caught.value)
    assert cure in caught.value.cure


def test_a_file_that_is_missing_or_no_toml_is_named(tmp_path: Path) -> None:
    """The path stands in the message."""
    path = tmp_path / "central.toml"
    with pytest.raises(SettingsError, match=str(path)):
        load_settings(path)
    path.write_text("port = = 1")
    with pytest.raises(SettingsError, match="is not TOML"):
        load_settings(path)


def test_an_empty_file_gives_working_defaults(tmp_path: Path) -> None:
    """SQLite in the state folder, loopback, Chinese."""
    path = tmp_path / "central.toml"
    path.write_text('state_dir = "/srv/x"\n[server]\npublic_url = "https://g.example/"\n')
    settings = load_settings(path)
    assert settings.database_url == "sqlite+aiosqlite:////srv/x/central.sqlite3"
    assert settings.server.public_url == "https://g.example"
    assert settings.is_https
    assert settings.languages.default is Language.ZH
    assert settings.site.name(Language.EN) == "Campus"
    assert settings.site.zone.key == "Asia/Shanghai"
