"""What the payloads of each codec say of themselves: descriptors only, nothing is decoded."""
