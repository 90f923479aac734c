"""A room in virtual time: the server's own code, with models of encoders, links and viewers."""
