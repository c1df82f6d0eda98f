"""Pipeline: everything between a public post and a closed incident: facts, rules, steps, storage."""
