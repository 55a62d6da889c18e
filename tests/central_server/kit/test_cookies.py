"""Cookies and the tokens in forms."""

from fastapi import Request
from starlette.responses import Response

from central_server.kit.cookies import Cookies, new_token, token_hash


def request(cookies: dict[str, str] | None = None) -> Request:
    """A request with cookies."""
    header = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
    return Request({"type": "http", "headers": [(b"cookie", header.encode())], "state": {}})


def test_behind_https_cookies_are_host_bound_and_secure() -> None:
    """With HTTPS the name has the prefix that no subdomain can set."""
    response = Response()
    Cookies(is_https=True).set_session(response, "t")
    header = response.headers["set-cookie"]
    assert header.startswith("__Host-session=t;")
    for attribute in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert attribute in header
    assert "Domain" not in header


def test_a_form_token_is_right_for_its_own_browser_only() -> None:
    """A token derived from one cookie is wrong for another and for none."""
    cookies, first = Cookies(is_https=False), request()
    token = cookies.form_token(first)
    response = Response()
    cookies.finish(first, response)
    value = response.headers["set-cookie"].split(";")[0].removeprefix("form=")
    assert cookies.is_form_token_right(request({"form": value}), token)
    assert not cookies.is_form_token_right(request({"form": "other"}), token)
    assert not cookies.is_form_token_right(request(), token)


def test_a_form_opened_before_signing_in_still_counts() -> None:
    """Signing in does not spoil what another tab has on screen."""
    cookies = Cookies(is_https=False)
    token = cookies.form_token(request({"form": "f"}))
    assert cookies.is_form_token_right(request({"form": "f", "session": "s"}), token)


def test_a_token_is_long_and_stored_as_its_hash() -> None:
    """256 random bits; what is stored does not give them away."""
    token = new_token()
    assert len(token) == 43
    assert token_hash(token) != token.encode()
    assert len(token_hash(token)) == 32
