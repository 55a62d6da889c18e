"""Cookies and the token in forms.

A form carries a token derived from a cookie that only this origin can set and no script can read;
a form from elsewhere cannot know it. Signed-in pages derive it from the session, others from a
random form cookie.
"""

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from fastapi import Request
from starlette.responses import Response

_TOKEN_BYTES: Final = 32
_SESSION: Final = "session"
_FORM: Final = "form"
_LANGUAGE: Final = "lang"
_YEAR_S: Final = 365 * 24 * 3600
FORM_TOKEN_FIELD: Final = "form_token"  # noqa: S105 - the name of a field
FORM_TOKEN_HEADER: Final = "x-form-token"  # noqa: S105 - the name of a header


class Cookies:
    """The names and attributes of our cookies, which depend on whether we are behind HTTPS."""

    def __init__(self, *, is_https: bool) -> None:
        """With HTTPS, names get the `__Host-` prefix: no subdomain and no path can set them."""
        self._is_https = is_https
        self._prefix = "__Host-" if is_https else ""

    def session_token(self, request: Request) -> str | None:
        """The session token the browser sent, if any; not yet believed."""
        return request.cookies.get(self._prefix + _SESSION)

    def set_session(self, response: Response, token: str) -> None:
        """Until the browser is closed; the server ends it earlier."""
        self._set(response, _SESSION, token, max_age_s=None)

    def drop_session(self, response: Response) -> None:
        """Tell the browser to forget the session."""
        response.delete_cookie(
            self._prefix + _SESSION, secure=self._is_https, httponly=True, samesite="lax"
        )

    def language(self, request: Request) -> str | None:
        """The language chosen before."""
        return request.cookies.get(self._prefix + _LANGUAGE)

    def set_language(self, response: Response, language: str) -> None:
        """Remember the choice for a year."""
        self._set(response, _LANGUAGE, language, max_age_s=_YEAR_S)

    def form_token(self, request: Request) -> str:
        """The token for a form of this page; `finish` must see the response afterwards."""
        return _derive(self._form_secret(request))

    def is_form_token_right(self, request: Request, token: str) -> bool:
        """Whether `token` was given to this browser, before or after it signed in."""
        known = (self.session_token(request), request.cookies.get(self._prefix + _FORM))
        return any(compare_digest(_derive(secret), token) for secret in known if secret)

    def finish(self, request: Request, response: Response) -> None:
        """Set the form cookie that `form_token` made up, if it did."""
        made_up = getattr(request.state, "form_secret", None)
        if isinstance(made_up, str):
            self._set(response, _FORM, made_up, max_age_s=None)

    def _form_secret(self, request: Request) -> str:
        known = self.session_token(request) or request.cookies.get(self._prefix + _FORM)
        if known:
            return known
        made_up = getattr(request.state, "form_secret", None)
        if not isinstance(made_up, str):
            made_up = new_token()
            request.state.form_secret = made_up
        return made_up

    def _set(self, response: Response, name: str, value: str, *, max_age_s: int | None) -> None:
        response.set_cookie(
            self._prefix + name,
            value,
            max_age=max_age_s,
            secure=self._is_https,
            httponly=True,
            samesite="lax",
        )


def new_token() -> str:
    """256 random bits as 43 characters of base64url."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """What is stored in place of a token."""
    return sha256(token.encode()).digest()


def _derive(secret: str) -> str:
    return urlsafe_b64encode(sha256(b"form token\x00" + secret.encode()).digest()).decode()
