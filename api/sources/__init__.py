"""Sources as an officer deals with them: trying an address, enabling, pausing, changing, and the list of ten places."""
