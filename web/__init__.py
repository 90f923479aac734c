"""The face of a node: one TCP port for pages, HTTP and WebSocket; tokens; the command line."""
