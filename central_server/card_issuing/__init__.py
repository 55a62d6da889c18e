"""Issuing cards: one by one at a person's page, or many from a file."""
