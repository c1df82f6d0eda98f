"""The pages that people see: one module per subject, one router each."""
