"""How a door is reached: by its seat on the line that it shares with readers.

The line itself is opened, read and written by the bus (`osdp_bus/service.py`).
"""

from device_drivers.osdp_bus.service import OsdpBus, Seat, bus_of

__all__ = ["OsdpBus", "Seat", "bus_of"]
