"""Channels: each folder or module is one way to reach a recipient, complete in itself."""
