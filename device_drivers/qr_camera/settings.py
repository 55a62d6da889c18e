"""Settings of a QR camera."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class QrCameraSettings(BaseModel):
    """A camera whose frames are searched for QR codes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["qr_camera"] = "qr_camera"
    source: str = Field(min_length=1)
    """Where frames come from: a V4L2 path, best one that survives replugging
    (`/dev/v4l/by-id/...-video-index0`), or index (`0`), an address (`rtsp://`,
    `http://`, `https://`, `file://`), or a folder into which frames are written
    (`spool:/path/of/folder`)."""
    width_px: int = Field(default=1280, ge=320, le=4096)
    """Asked frame width, pixels. Default 1280."""
    height_px: int = Field(default=720, ge=240, le=2160)
    """Asked frame height, pixels. Default 720."""
    gone_after_ms: int = Field(default=1500, ge=100, le=60_000)
    """The same payload is one presentation until it was not seen for this long, ms.
    Default 1500."""
    deadline_ms: int = Field(default=60, ge=10, le=1_000)
    """No further decoding step starts after this time per frame, ms. Default 60."""
    silence_ms: int = Field(default=5_000, ge=500, le=60_000)
    """A camera (not a folder) that gives no frame for this long is lost, ms. Default 5000."""
    spool_poll_ms: int = Field(default=20, ge=5, le=1_000)
    """How often a folder is looked into, ms. Default 20."""
    spool_remove: bool = True
    """Delete frames of a folder once taken or overtaken. Default true; false leaves them."""
