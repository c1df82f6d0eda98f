"""Every port on SQLite: the embedded default."""
