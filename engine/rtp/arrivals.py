"""What became of one group of packets that was sent at once: the row that estimators read."""

from typing import NamedTuple


class ArrivalRow(NamedTuple):
    """One train, audio packet, retransmission or piece of a probe, and how it arrived.

    The two clocks have origins of their own: only differences between rows mean anything.

    Attributes:
        send_s: When the group was handed to the wire, on the server's clock.
        arrival_s: When the last packet of it that arrived did so, on the receiver's clock;
            `None`: none of those this report tells of arrived.
        sent_bytes: What the reported packets took on the wire, with IP and UDP headers.
        received_bytes: The same of those that arrived.
        packets: Packets this report tells of. A group that two reports share makes two rows.
        lost: How many of them the report says did not arrive.
        probe_id: The probe it was part of; 0: none.
    """

    send_s: float
    arrival_s: float | None
    sent_bytes: int
    received_bytes: int
    packets: int
    lost: int
    probe_id: int
