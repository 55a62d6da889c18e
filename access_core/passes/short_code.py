"""The 8-character code that a guard can type: seven characters and a check character.

31 characters, without those that are misread for another (I, L, O, U, Z). 31 is a prime, so a
weighted sum modulo 31 finds every single wrong character and every swap of two.
A short code is a reference only: it proves nothing and is worth only what the record behind it
allows.
"""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
LENGTH = 8
_BODY = LENGTH - 1
COUNT = len(ALPHABET) ** _BODY
"""How many codes there are: 27.5 thousand million, 34 bits."""
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "Z": "2", "-": "", " ": ""})
_MAX_TYPED = 4 * LENGTH


def make(number: int) -> str:
    """The code for a random number below `COUNT`; the caller brings the randomness."""
    digits: list[str] = []
    for _ in range(_BODY):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    body = "".join(digits)
    return body + _check(body)


def normalise(typed: str) -> str | None:
    """The code a person meant, or None if it cannot be one.

    Case, blanks, hyphens and the usual misreadings (O, I, L, Z) are forgiven; a wrong check
    character is not.
    """
    if len(typed) > _MAX_TYPED:
        return None
    code = typed.upper().translate(_MISREAD)
    if len(code) != LENGTH or any(c not in ALPHABET for c in code):
        return None
    return code if code[_BODY:] == _check(code[:_BODY]) else None


def grouped(code: str) -> str:
    """The code as people read it: two groups of four."""
    return f"{code[:4]} {code[4:]}"


def _check(body: str) -> str:
    total = sum((i + 1) * ALPHABET.index(c) for i, c in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]
