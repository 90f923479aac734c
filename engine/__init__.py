"""Machinery that knows no classroom."""
