"""Which addresses are bound and offered."""

import ipaddress

from emporion.engine.transport.addresses import candidate_lines, local_addresses, plan_addresses


def test_by_default_every_local_address_is_bound_and_offered_loopback_last() -> None:
    """webrtc.md 10: a browser on this machine connects at once."""
    plan = plan_addresses("", ())

    assert "127.0.0.1" in plan.bound
    assert plan.advertised == plan.bound
    loopback = [ipaddress.ip_address(address).is_loopback for address in plan.bound]
    assert loopback == sorted(loopback)


def test_local_addresses_never_need_a_zone() -> None:
    assert not any(ipaddress.ip_address(text).is_link_local for text in local_addresses())


def test_advertised_local_addresses_are_all_that_is_bound() -> None:
    plan = plan_addresses("", ("127.0.0.1",))

    assert plan.bound == plan.advertised == ("127.0.0.1",)


def test_a_public_address_of_a_nat_is_offered_and_the_local_ones_are_bound() -> None:
    plan = plan_addresses("0.0.0.0", ("203.0.113.9",))

    assert plan.advertised == ("203.0.113.9",)
    assert "127.0.0.1" in plan.bound
    assert not any(":" in address for address in plan.bound)


def test_a_given_host_is_bound_alone() -> None:
    assert plan_addresses("127.0.0.1", ()).bound == ("127.0.0.1",)
    assert plan_addresses("127.0.0.1", ("203.0.113.9",)).advertised == ("203.0.113.9",)


def test_candidates_are_host_candidates_of_falling_priority() -> None:
    lines = candidate_lines(("192.0.2.1", "2001:db8::1"), 7882).split("\r\n")

    assert lines == [
        "a=candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host",
        "a=candidate:2 1 udp 2130706175 2001:db8::1 7882 typ host",
        "",
    ]
