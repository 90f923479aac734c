"""What one direction of a network does to packets, and both together: plain values."""

from dataclasses import dataclass, field

from .loss import Loss
from .rates import ConstantRate, Rate


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which nothing gets through: what reaches the end of the line is lost.

    Attributes:
        start_s: Since the link began.
        duration_s: > 0.
        period_s: It comes again after this time, longer than it lasts; None: never.
    """

    start_s: float
    duration_s: float
    period_s: float | None = None

    def __post_init__(self) -> None:
        if self.duration_s <= 0 or (self.period_s or self.duration_s * 2) <= self.duration_s:
            raise ValueError("an outage lasts longer than 0 s and ends before it comes again")

    def covers(self, at_s: float) -> bool:
        """Whether it is on at `at_s`, seconds since the link began."""
        into_s = at_s - self.start_s
        if self.period_s is not None and into_s >= 0:
            into_s %= self.period_s
        return 0 <= into_s < self.duration_s


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkProfile:
    """One direction: a queue, behind it a line, behind that the way through the air and the cable.

    Attributes:
        rate: Of the line; None: without limit, so there is no queue.
        queue_bytes: Packets that do not fit are dropped at the tail; one always fits if the queue
            is empty. None: see `queue_s`.
        queue_s: The same as a time at the rate's mean; used if `queue_bytes` is None.
        codel: Drop at the head by RFC 8289 as well.
        delay_s: From the line's end to the receiver.
        jitter_s: Added delay of each packet: the absolute value of a Gaussian with this standard
            deviation, at most four times it.
        reorders: A packet may overtake by its jitter; otherwise it waits for those before it.
        loss: Behind the line: a lost packet has cost capacity.
        outages: When nothing gets through.
    """

    rate: Rate | None = field(default_factory=lambda: ConstantRate(10e6))
    queue_bytes: int | None = None
    queue_s: float = 0.25
    codel: bool = False
    delay_s: float = 0.010
    jitter_s: float = 0.0
    reorders: bool = False
    loss: Loss | None = None
    outages: tuple[Outage, ...] = ()

    def __post_init__(self) -> None:
        if min(self.delay_s, self.jitter_s, self.queue_s, self.queue_bytes or 0) < 0:
            raise ValueError("delays and queues are not below zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkProfile:
    """What stands between one client and the server, under a name people know.

    Attributes:
        name: As `emporion stress --profile` takes it.
        summary: What it stands for, for people.
        down: Server to client.
        up: Client to server.
        address_changes_s: When the client's address changes, in seconds since it came.
    """

    name: str
    summary: str
    down: LinkProfile
    up: LinkProfile
    address_changes_s: tuple[float, ...] = ()
