"""Implementations of the ports; chosen in api.bootstrap only."""
