"""QR codes seen by a camera."""
