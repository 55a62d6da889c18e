"""Visits: booked by a visitor, decided by the host, watched by security."""
