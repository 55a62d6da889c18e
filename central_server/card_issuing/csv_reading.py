"""A file of cards, bytes from outside, as lines and problems. Pure; raises nothing.

Columns: person (number, with or without `h`), notation, number. A first line with headings is
passed over. Comma, semicolon or tabulator; UTF-8 or GB 18030, as spreadsheets here write.
"""

import csv
import io
from collections.abc import Sequence
from typing import Final

from pydantic_core import PydanticCustomError

from central_server.card_issuing.schemas import ImportLine, Problem, ReadFile
from central_server.cards.card_numbers import Notation, read_number
from central_server.kit.i18n import Text, text

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_LINES: Final = 50_000
COLUMNS: Final = 3
_MAX_DIGITS: Final = 9
_DELIMITERS: Final = (",", ";", "\t")


def read_cards(data: bytes) -> ReadFile:
    """Every line of the file: understood, or a problem that names it."""
    decoded = _decoded(data)
    if decoded is None or len(data) > MAX_BYTES:
        said = text("The file is no text, or is longer than %(bytes)s bytes.", bytes=MAX_BYTES)
        return ReadFile((), (Problem(1, said),))
    lines: list[ImportLine] = []
    problems: list[Problem] = []
    first = decoded.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows = csv.reader(io.StringIO(decoded, newline=""), delimiter=delimiter)
    try:
        for count, row in enumerate(rows):
            if count > MAX_LINES:
                said = text("A file has %(count)s lines at most.", count=MAX_LINES)
                problems.append(Problem(rows.line_num, said))
                break
            cells = [cell.strip() for cell in row]
            if not any(cells) or (count == 0 and _is_heading(cells)):
                continue
            read = _line(rows.line_num, cells)
            if isinstance(read, ImportLine):
                lines.append(read)
            else:
                problems.append(read)
    except csv.Error:
        said = text("The file cannot be read on from here as a table.")
        problems.append(Problem(rows.line_num, said))
    return ReadFile(tuple(lines), tuple(problems))


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    return None


def _is_heading(cells: Sequence[str]) -> bool:
    return _holder(cells[0]) is None


def _line(number: int, cells: Sequence[str]) -> ImportLine | Problem:
    if len(cells) != COLUMNS:
        said = text("A line has three cells: person, notation, number; this has %(count)s.",
                    count=len(cells))  # fmt: skip
        return Problem(number, said)
    holder = _holder(cells[0])
    if holder is None:
        return Problem(number, text("The first cell is no person's number."))
    if cells[1].lower() not in frozenset(Notation):
        known = ", ".join(Notation)
        return Problem(number, text("The second cell is none of: %(known)s.", known=known))
    try:
        card = read_number(Notation(cells[1].lower()), cells[2])
    except PydanticCustomError as error:
        context = error.context or {}
        return Problem(number, Text(str(context["message"]), context["values"]))
    if len(card.pass_ids) != 1:
        said = text("The printed number leaves out a byte; write it first: 2B 0012345678.")
        return Problem(number, said)
    return ImportLine(line=number, holder=holder, card=card)


def _holder(cell: str) -> int | None:
    digits = cell[1:] if cell[:1] in {"h", "H"} else cell
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS
    return int(digits) if is_number and int(digits) else None
