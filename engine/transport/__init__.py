"""The media port: UDP, ICE-lite, DTLS and SDP around a forwarder; see `service.MediaService`."""
