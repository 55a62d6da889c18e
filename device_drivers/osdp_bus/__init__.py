"""The control panel of OSDP buses: what readers and doors on one RS-485 line use together."""
