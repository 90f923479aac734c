"""The protocol between server and client, `emporion.v1`: docs/reference/protocol.md."""
