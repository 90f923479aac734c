"""How the estimator `gcc` does on links of every kind, in virtual time.

The floors are below what is reached (docs/explanation/congestion.md has the figures); each fails
when the part it is about is taken out.
"""

import pytest
from bench.closed_loop import LAYERS_BPS, Packet, Run, Viewer, run, run_profile

from emporion.engine.congestion.gcc import GccEstimator
from emporion.engine.ids import TransportId
from emporion.engine.testing.network import (
    PROFILES,
    ConstantRate,
    Link,
    LinkProfile,
    NetworkProfile,
    Outage,
    RandomLoss,
    StepRate,
)

FORMER_BPS = 2.5e6
DIP_S = 10.0


def on(
    down: LinkProfile, *, seconds: float, layers: bool = False, round_trip_s: float = 0.05
) -> tuple[Run, Viewer]:
    viewer = Viewer(TransportId("TP_1"), layers_bps=LAYERS_BPS if layers else None)
    back = LinkProfile(rate=None, delay_s=round_trip_s / 2)
    profile = NetworkProfile(name="test", summary="", down=down, up=back)
    return run_profile(GccEstimator(), profile, viewer, seconds=seconds), viewer


@pytest.mark.parametrize("rate_bps", [0.4e6, 2.5e6, 10e6])
def test_a_steady_link_is_used_and_its_queue_stays_short(rate_bps: float) -> None:
    outcome, _ = on(LinkProfile(rate=ConstantRate(rate_bps)), seconds=25)
    assert outcome.used_ratio > 0.9
    # A packet alone takes 25 ms on the slowest of them, and a probe is at least four.
    assert outcome.queue_s[1] < 0.1 + 6 * 1228 * 8 / rate_bps


@pytest.mark.parametrize("rate_bps", [1e6, 2.5e6, 10e6])
def test_it_starts_within_two_seconds(rate_bps: float) -> None:
    outcome, _ = on(LinkProfile(rate=ConstantRate(rate_bps)), seconds=4)
    assert outcome.start_s is not None
    assert outcome.start_s <= 2.0


def test_after_a_dip_the_former_rate_is_back_within_six_seconds() -> None:
    rate = StepRate([(DIP_S, FORMER_BPS), (10, 0.4e6), (30, FORMER_BPS)])
    outcome, viewer = on(LinkProfile(rate=rate, queue_bytes=100_000), seconds=30)
    back_s = viewer.reached_s(0.9 * 0.95 * FORMER_BPS, after_s=DIP_S + 10)
    assert back_s is not None
    assert back_s <= 6.0
    assert outcome.queue_s[1] < 0.5


def test_a_dip_is_followed_down_within_a_second() -> None:
    rate = StepRate([(DIP_S, FORMER_BPS), (10, 0.4e6)])
    _, viewer = on(LinkProfile(rate=rate, queue_bytes=100_000), seconds=DIP_S + 3)
    after = [s.available_bps for s in viewer.samples if s.now_s > DIP_S + 1.0]
    assert max(after) < 0.4e6 * 1.2


def test_after_an_outage_it_goes_on_at_once() -> None:
    link = LinkProfile(rate=ConstantRate(FORMER_BPS), outages=(Outage(10, 2),))
    _, viewer = on(link, seconds=16)
    during = [s for s in viewer.samples if 11.8 < s.now_s < 12]
    assert {s.reason for s in during} == {"silence"}
    back_s = viewer.reached_s(0.8 * FORMER_BPS, after_s=12.0)
    assert back_s is not None
    assert back_s <= 0.5


def test_five_percent_of_random_loss_do_not_cut_the_rate() -> None:
    link = LinkProfile(rate=ConstantRate(FORMER_BPS), delay_s=0.04, loss=RandomLoss(0.05))
    outcome, _ = on(link, seconds=30, round_trip_s=0.08)
    assert outcome.used_ratio > 0.85 * 0.95


def test_a_link_that_overflows_without_a_long_queue_is_not_flooded() -> None:
    link = LinkProfile(rate=ConstantRate(2e6), queue_s=0.03)
    _, viewer = on(link, seconds=30)
    sent = sum(p.size_bytes for p in viewer.sent if p.sent_s > 10)
    arrived = sum(p.size_bytes for _, p in viewer.arrived if p.sent_s > 10)
    assert 1 - arrived / sent < 0.12


def test_a_deep_buffer_is_not_filled() -> None:
    outcome, _ = on(LinkProfile(rate=ConstantRate(2e6), queue_s=2.0), seconds=30)
    assert outcome.queue_s[1] < 0.15
    assert outcome.queue_s[2] < 0.3


def test_two_viewers_share_one_link() -> None:
    link: Link[Packet] = Link(LinkProfile(rate=ConstantRate(4e6)), seed=1)
    viewers = [Viewer(TransportId("TP_1")), Viewer(TransportId("TP_2"), starts_s=5.0)]
    run(GccEstimator(), link, viewers, seconds=45)
    shares = [
        sum(8 * p.size_bytes for at_s, p in viewer.arrived if at_s > 20) / 25 / 4e6
        for viewer in viewers
    ]
    assert min(shares) > 0.25
    assert sum(shares) > 0.85


def test_layers_on_a_steady_link_do_not_flap() -> None:
    """A source without any hysteresis of its own, on a link between two of its layers."""
    _, viewer = on(LinkProfile(rate=ConstantRate(2e6)), seconds=90, layers=True)
    settled = [change for change in viewer.layer_changes if change[0] > 10]
    assert len(settled) <= 6


def test_what_is_wanted_is_probed_for_and_no_more() -> None:
    """A satisfied scheduler costs no probes; one that wants the next layer gets it."""
    viewer = Viewer(TransportId("TP_1"), layers_bps=LAYERS_BPS)
    run(GccEstimator(), Link(PROFILES["fibre"].down, seed=1), [viewer], seconds=12)
    assert viewer.layer_changes[-1][1] == len(LAYERS_BPS) - 1
    assert viewer.layer_changes[-1][0] < 4.0
    late = [at_s for at_s, _ in viewer.probes if at_s > 5.0]
    assert late == []


def test_it_is_the_same_to_the_bit_each_time() -> None:
    def samples() -> list[tuple[float, int]]:
        viewer = Viewer(TransportId("TP_1"))
        run_profile(GccEstimator(), PROFILES["4g-moving"], viewer, seconds=8)
        return [(s.now_s, s.available_bps) for s in viewer.samples]

    assert samples() == samples()


def test_a_browser_that_reports_only_each_quarter_of_a_second_is_served_as_well() -> None:
    """Chromium does so where it only receives: its reports may take 5 % of its own uplink."""
    viewer = Viewer(TransportId("TP_1"), feedback_s=0.25)
    link = LinkProfile(rate=ConstantRate(FORMER_BPS), queue_s=1.0)
    back = LinkProfile(rate=None, delay_s=0.025)
    profile = NetworkProfile(name="test", summary="", down=link, up=back)
    outcome = run_profile(GccEstimator(), profile, viewer, seconds=25)
    assert outcome.used_ratio > 0.8
    assert outcome.queue_s[1] < 0.2
    assert outcome.start_s is not None
    assert outcome.start_s <= 3.0
    assert all(sample.reason != "silence" for sample in viewer.samples)
