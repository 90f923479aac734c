"""Networks that merchants have, by name; what is measured on them is compared by these names.

All are synthetic and seeded. The quantiles of `4g-moving` and `3g` are those of one-second windows
of recorded drives (0.6 / 3.7 / 11 and 0 / 1.9 / 5.4 Mbit/s at 5, 50 and 95 %); delays are half the
round trips that such networks show. Recorded traces are used by `trace_profile`.
"""

from pathlib import Path
from typing import Final

from .loss import BurstLoss, RandomLoss
from .profile import LinkProfile, NetworkProfile, Outage
from .rates import ConstantRate, StepRate, WalkRate
from .trace import read_trace

_MOVING: Final = WalkRate(((0, 0.1e6), (0.05, 0.5e6), (0.5, 3.5e6), (0.95, 11e6), (1, 14e6)))
_STEADY_4G: Final = WalkRate(((0, 3e6), (0.05, 4e6), (0.5, 8e6), (0.95, 14e6), (1, 18e6)))
_CROWDED: Final = WalkRate(
    ((0, 0.2e6), (0.05, 0.5e6), (0.5, 2.5e6), (0.95, 6e6), (1, 8e6)), memory_s=1.5, step_s=0.1
)
_THIRD: Final = WalkRate(((0, 0), (0.07, 0), (0.5, 1.8e6), (0.95, 5.4e6), (1, 6e6)), max_gap_s=6.0)

FIBRE: Final = NetworkProfile(
    name="fibre",
    summary="a wire: 100 Mbit/s, 10 ms round trip",
    down=LinkProfile(rate=ConstantRate(100e6), queue_s=0.05, delay_s=0.005),
    up=LinkProfile(rate=ConstantRate(40e6), queue_s=0.05, delay_s=0.005),
)
HOME_WIFI: Final = NetworkProfile(
    name="home-wifi",
    summary="the living room: 20 Mbit/s, a little jitter, losses one by one",
    down=LinkProfile(
        rate=ConstantRate(20e6), queue_s=0.2, delay_s=0.012, jitter_s=0.004, loss=RandomLoss(0.002)
    ),
    up=LinkProfile(
        rate=ConstantRate(8e6), queue_s=0.3, delay_s=0.012, jitter_s=0.004, loss=RandomLoss(0.002)
    ),
)
CROWDED_WIFI: Final = NetworkProfile(
    name="crowded-wifi",
    summary="a market hall: 0.5 to 6 Mbit/s, jitter, losses in bursts",
    down=LinkProfile(
        rate=_CROWDED,
        queue_s=0.3,
        delay_s=0.015,
        jitter_s=0.015,
        loss=BurstLoss(enter_ratio=0.004, leave_ratio=0.25, bad_ratio=0.6),
    ),
    up=LinkProfile(
        rate=_CROWDED,
        queue_s=0.3,
        delay_s=0.015,
        jitter_s=0.015,
        loss=BurstLoss(enter_ratio=0.004, leave_ratio=0.25, bad_ratio=0.6),
    ),
)
FOURTH: Final = NetworkProfile(
    name="4g",
    summary="a phone at rest: 4 to 14 Mbit/s, 60 ms round trip",
    down=LinkProfile(rate=_STEADY_4G, queue_s=0.4, delay_s=0.030, jitter_s=0.003),
    up=LinkProfile(rate=ConstantRate(5e6), queue_s=0.5, delay_s=0.030, jitter_s=0.004),
)
FOURTH_MOVING: Final = NetworkProfile(
    name="4g-moving",
    summary="a phone on the road: 0.6 to 11 Mbit/s, rising and falling within seconds",
    down=LinkProfile(
        rate=_MOVING, queue_s=0.6, delay_s=0.035, jitter_s=0.006, loss=RandomLoss(0.001)
    ),
    up=LinkProfile(
        rate=ConstantRate(2e6), queue_s=0.6, delay_s=0.035, jitter_s=0.006, loss=RandomLoss(0.001)
    ),
)
THIRD: Final = NetworkProfile(
    name="3g",
    summary="an old phone: 0 to 5.4 Mbit/s, gaps of up to 6 s, 140 ms round trip",
    down=LinkProfile(rate=_THIRD, queue_s=1.0, delay_s=0.070, jitter_s=0.010),
    up=LinkProfile(rate=ConstantRate(0.8e6), queue_s=1.0, delay_s=0.070, jitter_s=0.010),
)
EDGE: Final = NetworkProfile(
    name="edge",
    summary="the village: 0.2 Mbit/s, 400 ms round trip",
    # 200 kbit/s down and 80 up: four slots of EDGE at MCS-8 and two at MCS-6 (3GPP TS 43.064).
    down=LinkProfile(rate=ConstantRate(0.2e6), queue_s=1.5, delay_s=0.200, jitter_s=0.020),
    up=LinkProfile(rate=ConstantRate(0.08e6), queue_s=1.5, delay_s=0.200, jitter_s=0.020),
)
BUFFERBLOAT: Final = NetworkProfile(
    name="bufferbloat",
    summary="a modem that drops nothing: 2 Mbit/s, a queue of 1 s",
    down=LinkProfile(rate=ConstantRate(2e6), queue_s=1.0, delay_s=0.020),
    up=LinkProfile(rate=ConstantRate(0.8e6), queue_s=1.0, delay_s=0.020),
)
DIP: Final = NetworkProfile(
    name="dip",
    summary="2.5 Mbit/s, at 20 s for 10 s only 0.4, each minute",
    down=LinkProfile(
        rate=StepRate([(20, 2.5e6), (10, 0.4e6), (30, 2.5e6)]), queue_bytes=50_000, delay_s=0.025
    ),
    up=LinkProfile(rate=ConstantRate(2.5e6), queue_s=0.3, delay_s=0.025),
)
OUTAGE: Final = NetworkProfile(
    name="outage-2s",
    summary="2.5 Mbit/s, at 15 s nothing at all for 2 s, each 30 s",
    down=LinkProfile(
        rate=ConstantRate(2.5e6), queue_s=0.3, delay_s=0.025, outages=(Outage(15, 2, 30),)
    ),
    up=LinkProfile(
        rate=ConstantRate(2.5e6), queue_s=0.3, delay_s=0.025, outages=(Outage(15, 2, 30),)
    ),
)
WIFI_TO_4G: Final = NetworkProfile(
    name="wifi-to-4g",
    summary="out of the door: at 20 s another address, from 20 Mbit/s to 5",
    down=LinkProfile(rate=StepRate([(20, 20e6), (3600, 5e6)]), queue_bytes=250_000, delay_s=0.025),
    up=LinkProfile(rate=StepRate([(20, 8e6), (3600, 2e6)]), queue_bytes=100_000, delay_s=0.025),
    address_changes_s=(20.0,),
)


def _lossy(percent: int) -> NetworkProfile:
    link = LinkProfile(
        rate=ConstantRate(5e6), queue_s=0.25, delay_s=0.040, loss=RandomLoss(percent / 100)
    )
    return NetworkProfile(
        name=f"lossy-{percent}",
        summary=f"5 Mbit/s, 80 ms round trip, {percent} % of packets lost one by one",
        down=link,
        up=link,
    )


PROFILES: Final = {
    profile.name: profile
    for profile in (
        FIBRE,
        HOME_WIFI,
        CROWDED_WIFI,
        FOURTH,
        FOURTH_MOVING,
        THIRD,
        EDGE,
        _lossy(5),
        _lossy(20),
        BUFFERBLOAT,
        WIFI_TO_4G,
        DIP,
        OUTAGE,
    )
}


def trace_profile(path: Path) -> NetworkProfile:
    """A network whose way down follows a recorded trace in Mahimahi's format.

    Raises:
        TraceError: The file is no such trace.
        OSError: It cannot be read.
    """
    return NetworkProfile(
        name=path.name,
        summary=f"the recorded trace {path.name}, 60 ms round trip",
        down=LinkProfile(rate=read_trace(path), queue_s=0.5, delay_s=0.030),
        up=LinkProfile(rate=ConstantRate(5e6), queue_s=0.5, delay_s=0.030),
    )


def find_profile(name: str) -> NetworkProfile:
    """A profile by its name, or by the path of a trace file.

    Raises:
        ValueError: Neither; the text says which names there are. `TraceError` is one of these.
    """
    if name in PROFILES:
        return PROFILES[name]
    try:
        return trace_profile(Path(name))
    except OSError as error:
        known = ", ".join(PROFILES)
        raise ValueError(f"{name!r} is no profile ({known}) and no file of a trace") from error
