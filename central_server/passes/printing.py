"""A pass on paper: the code as SVG."""

from io import BytesIO
from typing import Final

import segno

from access_core.passes.pass_token import render

QUIET_ZONE_MODULES: Final = 4
"""ISO/IEC 18004: white around the symbol."""


def printed_code(signed: bytes) -> str:
    """SVG markup, without style attributes or scripts, of the pass whose item 1 is `signed`."""
    code = segno.make_qr(render(signed, None), error="m", mode="alphanumeric", boost_error=False)
    out = BytesIO()
    code.save(
        out,
        kind="svg",
        border=QUIET_ZONE_MODULES,
        xmldecl=False,
        svgns=True,
        omitsize=True,
        svgclass="code-print",
        lineclass=None,
        dark="#000",
        light="#fff",
    )
    return out.getvalue().decode()
