"""Words for cards."""

from typing import Final

from access_core.model.credential import CredentialStatus
from central_server.cards.card_numbers import Notation
from central_server.kit.i18n import Text, text

_N = Notation
NOTATION_TEXTS: Final[dict[Notation, Text]] = {
    _N.W26: text("Wiegand 26: facility,number (123,45678)"),
    _N.W26_HEX: text("Wiegand 26: 6 hexadecimal digits"),
    _N.W34: text("Wiegand 34: facility,number"),
    _N.W34_HEX: text("Wiegand 34: 8 hexadecimal digits"),
    _N.W37: text("Wiegand 37: facility,number"),
    _N.W37_HEX: text("Wiegand 37: 10 hexadecimal digits"),
    _N.EM4100: text("125 kHz tag: the 10 digits printed on it"),
    _N.EM4100_HEX: text("125 kHz tag: 10 hexadecimal digits"),
    _N.UID_HEX: text("Serial number (UID) in hexadecimal"),
    _N.UID_DECIMAL: text("Serial number (UID) in decimal"),
}
STATUS_TEXTS: Final[dict[CredentialStatus, Text]] = {
    CredentialStatus.ENABLED: text("Enabled"),
    CredentialStatus.DISABLED: text("Disabled"),
    CredentialStatus.REVOKED: text("Revoked"),
}
