"""Readers on an OSDP line: card, keypad, light, sound and text, over a Secure Channel."""
