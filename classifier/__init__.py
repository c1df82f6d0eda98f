"""Classifier: gives an opinion with a confidence, or abstains."""
