"""Bounded numbers."""

import msgspec
import pytest

from access_core.quantities import Count, WallMs


@pytest.mark.parametrize(("kind", "top"), [(Count, 2**63 - 1), (WallMs, 2**42 - 1)])
def test_a_number_fits_every_store(kind: type[int], top: int) -> None:
    """From 0 to the largest that a store or an index key can hold, and no further."""
    for good in (0, top):
        assert msgspec.json.decode(str(good), type=kind) == good
    for bad in (-1, top + 1, 2**64, 2**200):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(str(bad), type=kind)
