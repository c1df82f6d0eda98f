"""Spiders: how each kind of source is read."""
