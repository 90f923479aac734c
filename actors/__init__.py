"""The classroom: rooms, participants and tracks as supervised actors. `classroom` is the door."""
