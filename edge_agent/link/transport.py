"""Signed HTTPS requests to the centre, with limits on time and size.

Every failure becomes `CentreUnavailable` (try again later) or `CentreRefused` (it answered, and
said no); no library error leaves this module.
"""

import secrets
import ssl
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import httpx2
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from access_core.clock import Clock
from access_core.errors import AccessControlError, PeerError
from access_core.ids import EdgeId
from access_core.wire.request_signature import SignedParts, sign_request

MAX_ANSWER_BYTES: Final = 256 * 1024 * 1024
"""Largest answer read: a snapshot of 300,000 credentials is about 90 MB."""
_NONCE_BYTES: Final = 18
_OK: Final = 200
_NO_CONTENT: Final = 204
_MAX_RETRY_AFTER_S: Final = 3600


class CentreUnavailable(AccessControlError):
    """No usable answer: no link, a time-out, or the centre says that it cannot now."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        """`retry_after_s`: how long the centre asked to be left alone."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class CentreRefused(PeerError):
    """The centre answered and said no; trying the same again will not help."""

    def __init__(self, message: str, *, status: int, code: str, detail: str) -> None:
        """`code` and `detail`: the centre's own words, empty if it gave none."""
        super().__init__(message)
        self.status, self.code, self.detail = status, code, detail


class _ErrorBody(msgspec.Struct, frozen=True):
    """What the centre answers when it refuses."""

    error: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who signs."""

    edge_id: EdgeId
    key: Ed25519PrivateKey


class Transport:
    """Requests to one centre. Close it when done."""

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        signer: Credentials | None,
        ca_file: Path | None = None,
        timeout_s: float = 10.0,
    ) -> None:
        """`signer` None: nothing is signed, which only the enrolment may do."""
        context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
        self._client = httpx2.AsyncClient(
            base_url=url, verify=context, timeout=timeout_s, trust_env=False, follow_redirects=False
        )
        self._timeout_s = timeout_s
        self._clock = clock
        self._signer = signer
        self.offset_s: float | None = None
        """This machine's clock minus the centre's at the last answer, to a second; for people."""

    async def get(self, path: str, query: dict[str, str], *, hold_s: float = 0.0) -> bytes | None:
        """The body of a 200, None for a 204. The centre may hold the request `hold_s`."""
        return await self._exchange("GET", path, urlencode(query), b"", hold_s)

    async def post(self, path: str, body: bytes) -> bytes | None:
        """Send JSON; the body of a 200, None for a 204."""
        return await self._exchange("POST", path, "", body, 0.0)

    async def close(self) -> None:
        """Drop the connections."""
        await self._client.aclose()

    async def _exchange(
        self, method: str, path: str, query: str, body: bytes, hold_s: float
    ) -> bytes | None:
        parts = SignedParts(method=method, path=path, query=query, body=body)
        timeout = httpx2.Timeout(self._timeout_s, read=self._timeout_s + hold_s)
        request = self._client.build_request(
            method,
            f"{path}?{query}" if query else path,
            content=body,
            headers={"content-type": "application/json", **self._signature(parts)},
            timeout=timeout,
        )
        try:
            response = await self._client.send(request, stream=True)
            try:
                answer = await _read(response)
            finally:
                await response.aclose()
            self._note_offset(response.headers.get("date", ""))
        except httpx2.HTTPError as error:
            problem = str(error) or type(error).__name__
            raise CentreUnavailable(f"{method} {path}: {problem}") from error
        return _judged(f"{method} {path}", response, answer)

    def _note_offset(self, date: str) -> None:
        """`date` as HTTP has it; what cannot be read says nothing."""
        try:
            centre_s = parsedate_to_datetime(date).timestamp()
        except ValueError:
            return
        self.offset_s = self._clock.now().wall_ms / 1000 - centre_s

    def _signature(self, parts: SignedParts) -> dict[str, str]:
        if self._signer is None:
            return {}
        return sign_request(
            parts,
            key_id=self._signer.edge_id,
            key=self._signer.key,
            created_s=self._clock.now().wall_s,
            nonce=secrets.token_urlsafe(_NONCE_BYTES),
        )


async def _read(response: httpx2.Response) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > MAX_ANSWER_BYTES:
            raise CentreUnavailable(f"the answer is longer than {MAX_ANSWER_BYTES} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _judged(what: str, response: httpx2.Response, answer: bytes) -> bytes | None:
    status = response.status_code
    if status == _OK:
        return answer
    if status == _NO_CONTENT:
        return None
    said = _error_body(answer)
    message = f"{what}: {status} {said.error} {said.detail}".strip()[:300]
    if status in {408, 425, 429} or status >= 500:  # noqa: PLR2004 - HTTP's own classes
        raise CentreUnavailable(message, _retry_after_s(response))
    raise CentreRefused(message, status=status, code=said.error, detail=said.detail)


def _error_body(answer: bytes) -> _ErrorBody:
    try:
        return msgspec.json.decode(answer, type=_ErrorBody)
    except msgspec.DecodeError:
        return _ErrorBody()


def _retry_after_s(response: httpx2.Response) -> float | None:
    """Retry-After in seconds; its other form, a date, is not used between our own programs."""
    text = response.headers.get("retry-after", "")
    return float(min(int(text), _MAX_RETRY_AFTER_S)) if text.isascii() and text.isdigit() else None
