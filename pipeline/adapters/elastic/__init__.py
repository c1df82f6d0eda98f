"""Everything that is kept, on Elasticsearch."""
