"""People's verbs: load, decide, append."""
