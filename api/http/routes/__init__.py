"""The JSON API under /api/v1, and what machines ask: one module per subject, one router each."""
