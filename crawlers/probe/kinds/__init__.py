"""One module per kind of place: each says what it takes a page for, or that it does not know it."""
