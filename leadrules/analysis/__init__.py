"""Proofs: exact questions over all leads that there could be."""
