"""Turnstiles behind a Modbus RTU relay board."""
