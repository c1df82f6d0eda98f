"""People: accounts and roles, passwords, sessions, links, tokens, limits, and who read what."""
