"""Letters, visits and 12345 orders from a table: which column is what, which rows are taken, what became of them."""
