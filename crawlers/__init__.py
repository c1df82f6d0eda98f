"""Crawlers: read public pages, and nothing else."""
