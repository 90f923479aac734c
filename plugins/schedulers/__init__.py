"""Schedulers: which track is in which slot at which layer."""
