"""Ways to reach a device: opening and reading serial ports."""
