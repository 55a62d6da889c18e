"""Settings of a QR camera."""

import pytest
from pydantic import ValidationError

from device_drivers.qr_camera.settings import QrCameraSettings


def test_a_source_is_all_that_must_be_said() -> None:
    """Everything but the source has a default."""
    settings = QrCameraSettings(source="0")
    assert (settings.width_px, settings.height_px, settings.deadline_ms) == (1280, 720, 60)


@pytest.mark.parametrize("wrong", [{}, {"source": ""}, {"source": "0", "width_px": 10}])
def test_a_wrong_value_is_refused(wrong: dict[str, object]) -> None:
    """A missing source and a senseless size are refused."""
    with pytest.raises(ValidationError):
        QrCameraSettings.model_validate(wrong)
