"""Turnstiles behind a Modbus board, over a serial line or TCP."""
