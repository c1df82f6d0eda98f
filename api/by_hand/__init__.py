"""Entering by hand: what a person types, pastes or is handed becomes an incident. Page, API and command line use it."""
