"""Operators: people with rights in the system. Sign-in, one-time links, roles."""
