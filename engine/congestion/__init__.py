"""Congestion: what a viewer's link is believed to carry. Sans-IO."""
