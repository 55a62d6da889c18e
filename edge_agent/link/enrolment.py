"""Becoming known to the centre: once, with a one-time code, with a key made here."""

from pathlib import Path
from typing import Final

from access_core.errors import MalformedMessage
from access_core.wire.messages import VERSION, EnrolRequest, EnrolResponse, Reader, encode
from edge_agent.link.identity import make_or_load_key, save_enrolment
from edge_agent.link.transport import Transport

PATH: Final = "/edge/v1/enrol"
_RESPONSE: Final = Reader(EnrolResponse)


async def enrol(transport: Transport, folder: Path, code: str) -> EnrolResponse:
    """Introduce this edge with `code`; what the centre answered is kept in `folder`.

    Raises CentreUnavailable, CentreRefused (a wrong or used code), or MalformedMessage.
    """
    key = make_or_load_key(folder)
    public_key = key.public_key().public_bytes_raw()
    request = EnrolRequest(version=VERSION, code=code, public_key=public_key)
    answer = await transport.post(PATH, encode(request))
    if answer is None:
        raise MalformedMessage("enrolment: the centre gave no answer")
    response = _RESPONSE.read(answer)
    save_enrolment(folder, response)
    return response
