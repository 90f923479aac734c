"""RTP, RTCP and SRTP: reading and building, sans-IO. The modules are the names."""
