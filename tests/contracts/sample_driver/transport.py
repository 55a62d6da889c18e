"""How the reader is reached: any line, on a port of this machine or behind a serial server."""

from device_drivers.transports.line import Line, open_line

__all__ = ["Line", "open_line"]
