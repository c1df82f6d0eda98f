"""What the API shows, as typed values: one module per subject. From these OpenAPI is made; no author stands in any."""
