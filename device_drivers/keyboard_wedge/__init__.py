"""Scanners and card readers that type what they read, as USB keyboards."""
