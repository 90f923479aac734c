"""Firefox in a class with Chromium, through our pages: as publisher and as viewer.

Everything runs in a private network (`network_namespace.py` says why); pages come from 127.0.0.1,
which both browsers trust with camera and microphone, media goes to `ADDRESS`.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from e2e.conftest import CHROMIUM, FLAGS, Enter, node_link
from e2e.firefox import FirefoxGuest, find_firefox, running_firefox, script_errors
from e2e.guest import WAIT_MS
from e2e.network_namespace import ADDRESS, NetworkUnavailable, private_network, write_launcher
from e2e.running_node import RunningNode
from e2e.test_breakouts import expect_in, plan
from e2e.webdriver_bidi import BidiConnection
from playwright.sync_api import Browser, expect

from emporion.engine.config import Config, HttpConfig, MediaConfig, MetricsConfig, NodeConfig
from emporion.engine.grants import RoleName
from emporion.engine.log import configure_logging

pytestmark = pytest.mark.browser

EnterFirefox = Callable[..., FirefoxGuest]

# Left to itself, Firefox repeats the last picture of a camera that is off each second, for ever.
SILENCE_S = 2.5


@pytest.fixture(scope="module")
def chromium(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Another Chromium in a private network, where all that is made after it is as well.

    The one that all tests share is there first, and stays outside. Playwright starts the other one
    from outside, too, and drives it through a pipe.
    """
    if find_firefox() is None:
        pytest.skip("no Firefox here: install Debian's package firefox-esr")
    with ExitStack() as stack:
        try:
            stack.enter_context(private_network())
        except NetworkUnavailable as error:
            pytest.skip(f"Firefox needs a private network: {error}")
        launcher = write_launcher(tmp_path_factory.mktemp("chromium") / "launcher", CHROMIUM)
        browser = chromium.browser_type.launch(executable_path=launcher, args=FLAGS)
        stack.callback(browser.close)
        yield browser


@pytest.fixture(scope="module")
def firefox(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BidiConnection]:
    with running_firefox(tmp_path_factory.mktemp("firefox")) as connection:
        yield connection


@pytest.fixture
def node(chromium: Browser, tmp_path: Path) -> Iterator[RunningNode]:
    configure_logging("warning", json=True, stream=sys.stderr)
    config = Config(
        node=NodeConfig(data_dir=str(tmp_path / "data"), stop_grace_s=1.0),
        http=HttpConfig(host="127.0.0.1", port=0),
        media=MediaConfig(host=ADDRESS, port=0),
        metrics=MetricsConfig(port=0),
    )
    with RunningNode(config, tmp_path / "data") as node:
        yield node


@pytest.fixture
def enter_firefox(node: RunningNode, firefox: BidiConnection) -> Iterator[EnterFirefox]:
    """Let somebody with Firefox into the room; their page must end without an error."""
    guests: list[FirefoxGuest] = []

    def enter_firefox(name: str, role: RoleName = "merchant") -> FirefoxGuest:
        guest = FirefoxGuest(firefox, name)
        guests.append(guest)
        guest.open(node_link(node, name, role, "class", None))
        guest.join()
        return guest

    firefox.events.clear()
    yield enter_firefox
    for guest in guests:
        guest.close()
    assert script_errors(firefox) == []


def test_firefox_and_chromium_see_hear_and_write_to_each_other(
    enter: Enter, enter_firefox: EnterFirefox
) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter_firefox("Merchant")

    merchant.expect_picture("Teacher")
    merchant.wait_rising("inbound", "video", "framesDecoded", by=20)
    merchant.wait_rising("inbound", "audio", "totalAudioEnergy", by=0.001)
    teacher.expect_picture("Merchant")
    teacher.wait_rising("video", "framesDecoded", by=20)
    teacher.wait_rising("audio", "energy", by=0.001)

    teacher.say("Welcome to the class")
    merchant.expect_message("Welcome to the class")
    merchant.say("Thank you")
    teacher.expect_message("Thank you")


def test_all_three_layers_of_firefoxs_camera_arrive(
    enter: Enter, enter_firefox: EnterFirefox
) -> None:
    """A smaller tile wants a lower one; they are told apart by their pictures' width.

    The camera is 1280 wide. A Firefox that is short of time may make each up to half smaller.
    """
    enter_firefox("Teacher", "host")
    merchant = enter("Merchant")
    merchant.expect_picture("Teacher")
    merchant.wait_widest(640 + 1)

    merchant.page.set_viewport_size({"width": 700, "height": 700})
    merchant.wait_narrower(640 + 1)
    merchant.wait_widest(320 + 1)

    merchant.page.set_viewport_size({"width": 360, "height": 500})
    merchant.wait_narrower(320 + 1)
    merchant.wait_rising("video", "framesDecoded", by=20)


def test_a_camera_that_is_off_in_firefox_sends_nothing_and_comes_back(
    enter: Enter, enter_firefox: EnterFirefox
) -> None:
    teacher = enter_firefox("Teacher", "host")
    merchant = enter("Merchant")
    merchant.expect_picture("Teacher")

    teacher.press("camera-button")
    merchant.expect_no_picture("Teacher")
    teacher.wait_still("outbound", "video", "packetsSent", for_s=SILENCE_S)
    assert merchant.rise("video", "packets", in_ms=1000) == 0

    teacher.press("camera-button")
    merchant.expect_picture("Teacher")
    merchant.wait_rising("video", "framesDecoded", by=20)


def test_pictures_that_firefox_repeats_of_a_camera_that_is_off_are_not_forwarded(
    enter: Enter, enter_firefox: EnterFirefox
) -> None:
    """The server does not rely on a page that switches its encodings off."""
    teacher = enter_firefox("Teacher", "host")
    merchant = enter("Merchant")
    merchant.expect_picture("Teacher")
    teacher.run("() => { RTCRtpSender.prototype.setParameters = async () => undefined; }")

    teacher.press("camera-button")
    merchant.expect_no_picture("Teacher")
    try:
        teacher.wait_rising("outbound", "video", "framesEncoded", by=3)  # One for each layer.
    except AssertionError:
        pytest.skip("this Firefox repeats no pictures (140 does not, 153 does)")
    received = merchant.total("video", "packets")
    teacher.wait_rising("outbound", "video", "framesEncoded", by=6)

    assert merchant.total("video", "packets") == received


# What would differ after a new connection: ICE's and DTLS's marks in the one description there is.
_CONNECTION = """() => {
  const { sdp } = window.emporion.pc.currentLocalDescription;
  return ['ice-ufrag', 'fingerprint'].map((name) => sdp.split(`a=${name}:`)[1].split('\\r\\n')[0])
    .concat(window.emporion.pc.connectionState).join(' ');
}"""


def test_firefox_goes_to_a_group_and_back_on_the_same_connection(
    enter: Enter, enter_firefox: EnterFirefox
) -> None:
    teacher = enter("Teacher", "host")
    firefox, mo = enter_firefox("Merchant"), enter("Mo")
    firefox.wait_rising("inbound", "audio", "totalAudioEnergy", by=0.001)
    before = firefox.run(_CONNECTION)

    plan(teacher, "hand")
    for identity in ("merchant", "mo"):
        row = teacher.page.get_by_test_id("group-none").locator(f"[data-identity='{identity}']")
        row.locator("select").select_option("1")
    expect(teacher.page.get_by_test_id("group-1")).to_contain_text("Mo", timeout=WAIT_MS)
    teacher.press("open-groups")
    expect_in(mo, "Group 1")
    firefox.expect_picture("Mo")
    firefox.wait_rising("inbound", "video", "framesDecoded", by=10)
    firefox.wait_rising("inbound", "audio", "totalAudioEnergy", by=0.001)
    mo.expect_picture("Merchant")
    mo.wait_rising("audio", "energy", by=0.001)
    assert firefox.run(_CONNECTION) == before

    firefox.press("group-back")
    firefox.expect_picture("Teacher")
    firefox.wait_rising("inbound", "video", "framesDecoded", by=10)
    teacher.expect_picture("Merchant")
    assert firefox.run(_CONNECTION) == before
