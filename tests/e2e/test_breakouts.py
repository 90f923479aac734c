"""Groups through the pages: moved without a new connection, heard inside and not outside."""

from typing import Any

import pytest
from e2e.breaking import crash_first_group
from e2e.conftest import Enter
from e2e.guest import WAIT_MS, Guest
from e2e.running_node import RunningNode
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

_TRANSPORT = """async () => {
  const { pc } = window.emporion;
  const report = [...(await pc.getStats()).values()];
  const transport = report.find((s) => s.type === 'transport');
  const sent = report.filter((s) => s.type === 'outbound-rtp' && s.kind === 'audio')
    .reduce((a, b) => (a.packetsSent > b.packetsSent ? a : b));
  return {
    certificate: transport.localCertificateId, pair: transport.selectedCandidatePairId,
    changes: transport.selectedCandidatePairChanges, dtls: transport.dtlsState,
    ufrag: transport.iceLocalUsernameFragment, negotiated: pc.currentLocalDescription.sdp.length,
    ssrc: sent.ssrc,
  };
}"""

# How long the longest pause between two packets of one's own microphone was, in milliseconds, by
# the clock of the statistics: the page's own stands still when the machine is busy, and reports
# are kept.
_WATCH_MICROPHONE = """() => {
  const { pc } = window.emporion;
  const watch = { longest: 0, last: -1, packets: -1 };
  window.watchedMicrophone = watch;
  setInterval(async () => {
    const report = [...(await pc.getStats()).values()]
      .filter((s) => s.type === 'outbound-rtp' && s.kind === 'audio');
    const sent = report.reduce((sum, s) => sum + s.packetsSent, 0);
    const at = Math.max(...report.map((s) => s.timestamp));
    if (sent > watch.packets) { watch.packets = sent; watch.last = at; }
    watch.longest = Math.max(watch.longest, at - watch.last);
  }, 20);
}"""


def plan(teacher: Guest, by: str = "even") -> None:
    open_panel(teacher)
    form = teacher.page.get_by_test_id("plan-form")
    expect(form).to_be_visible(timeout=WAIT_MS)
    form.locator(f"input[value='{by}']").check()
    teacher.press("make-plan")
    expect(teacher.page.get_by_test_id("open-groups")).to_be_visible(timeout=WAIT_MS)


def open_panel(guest: Guest) -> None:
    if guest.page.get_by_test_id("breakouts-panel").is_visible():
        return
    button = guest.page.get_by_test_id("breakouts-button")
    if not button.is_visible():
        guest.press("more-button")
    button.click()


def expect_in(guest: Guest, group: str) -> None:
    expect(guest.page.get_by_test_id("group-banner")).to_contain_text(group, timeout=WAIT_MS)


def expect_in_main_room(guest: Guest) -> None:
    expect(guest.page.get_by_test_id("group-banner")).to_have_count(0, timeout=WAIT_MS)


def transport(guest: Guest) -> dict[str, Any]:
    found: dict[str, Any] = guest.page.evaluate(_TRANSPORT)
    return found


def test_groups_from_plan_to_end(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    li, mo = enter("Li"), enter("Mo")
    for guest in (teacher, li, mo):
        guest.wait_rising("audio", "energy", by=0.001)
    before = {guest.name: transport(guest) for guest in (teacher, li, mo)}
    for guest in (li, mo):
        guest.page.evaluate(_WATCH_MICROPHONE)

    plan(teacher, "hand")
    box = teacher.page.get_by_test_id("group-none")
    box.locator("[data-identity='li'] select").select_option("1")
    expect(teacher.page.get_by_test_id("group-1")).to_contain_text("Li", timeout=WAIT_MS)
    mo_row = teacher.page.locator("[data-identity='mo']")
    mo_row.drag_to(teacher.page.get_by_test_id("group-1"))
    expect(teacher.page.get_by_test_id("group-1")).to_contain_text("Mo", timeout=WAIT_MS)
    teacher.press("open-groups")
    expect_in(li, "Group 1")
    expect_in(mo, "Group 1")

    li.wait_rising("audio", "energy", by=0.001)
    mo.wait_rising("video", "framesDecoded", by=10)
    expect(li.tile_of("Mo")).to_be_visible(timeout=WAIT_MS)
    expect(li.tile_of("Teacher")).to_have_count(0)
    assert teacher.rise("audio", "packets", in_ms=1_500) == 0, (
        "nothing of the group is heard outside"
    )
    li.say("only for us")
    mo.expect_message("only for us")

    li.press("group-help")
    expect(teacher.page.get_by_test_id("help-go")).to_be_visible(timeout=WAIT_MS)
    teacher.page.get_by_test_id("groups-announce").fill("Three minutes left")
    teacher.press("groups-announce-send")
    for guest in (li, mo):
        announcement = guest.page.get_by_test_id("group-announcement")
        expect(announcement).to_contain_text("Three minutes left", timeout=WAIT_MS)
    before_call = mo.total("audio", "packets")
    mo.page.wait_for_timeout(1_000)
    alone = mo.total("audio", "packets") - before_call
    teacher.press("speak-to-all")
    expect(mo.page.get_by_test_id("group-voice")).to_be_visible(timeout=WAIT_MS)
    assert mo.rise("audio", "packets", in_ms=1_000) > 1.5 * alone, "the teacher is heard as well"
    teacher.press("help-go")
    expect_in(teacher, "Group 1")
    expect(mo.page.get_by_test_id("group-voice")).to_have_count(0, timeout=WAIT_MS)
    teacher.wait_rising("audio", "energy", by=0.001)
    li.expect_picture("Teacher")
    teacher.press("group-back")
    expect_in_main_room(teacher)

    open_panel(teacher)
    teacher.press("close-groups-now")
    for guest in (li, mo):
        expect_in_main_room(guest)
    teacher.wait_rising("audio", "energy", by=0.001)
    teacher.page.get_by_test_id("group-summary").filter(has_text="Group 1").click()
    brought = teacher.page.get_by_test_id("group-chat")
    expect(brought).to_contain_text("only for us", timeout=WAIT_MS)
    assert {guest.name: transport(guest) for guest in (teacher, li, mo)} == before
    for guest in (li, mo):
        longest_ms = guest.page.evaluate("window.watchedMicrophone.longest")
        assert longest_ms < 400, f"{guest.name}'s microphone paused for {longest_ms} ms"
    expect(li.page.get_by_test_id("chat-message").filter(has_text="only for us")).to_have_count(0)


@pytest.mark.no_cameras
def test_late_joiner_and_reload_land_in_the_right_group(enter: Enter, node: RunningNode) -> None:
    teacher = enter("Teacher", "host")
    li, mo = enter("Li"), enter("Mo")
    plan(teacher)
    teacher.press("open-groups")
    expect_in(li, "Group 1")
    expect_in(mo, "Group 2")

    late = enter("Wu")
    expect_in(late, "Group 1")
    expect(late.tile_of("Li")).to_be_visible(timeout=WAIT_MS)
    mo.page.reload()
    mo.join()
    expect_in(mo, "Group 2")
    li.press("group-back")
    expect_in_main_room(li)
    li.press("group-enter")
    expect_in(li, "Group 1")
    late.wait_rising("audio", "energy", by=0.001)

    li.say("before it broke down")
    late.expect_message("before it broke down")
    for _ in range(4):  # Its supervisor bears three.
        crash_first_group(node)
        teacher.page.wait_for_timeout(200)
    for guest in (teacher, li, late):
        expect(guest.page.get_by_test_id("lost-banner")).to_be_visible(timeout=WAIT_MS)
    expect_in_main_room(li)
    expect(mo.page.get_by_test_id("lost-banner")).to_have_count(0)
    teacher.page.get_by_test_id("group-summary").click()
    brought = teacher.page.get_by_test_id("group-chat")
    expect(brought).to_contain_text("before it broke down", timeout=WAIT_MS)
    li.press("lost-hide")
    expect(li.page.get_by_test_id("lost-banner")).to_have_count(0)
    teacher.press("reopen-group")
    for guest in (late, li):  # Also who had gone back alone once, and had come again.
        expect_in(guest, "Group 1")
    expect(teacher.page.get_by_test_id("lost-banner")).to_have_count(0)
    expect(teacher.page.get_by_test_id("reopen-group")).to_have_count(0)


@pytest.mark.no_cameras
def test_everybody_chooses(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    li, mo = enter("Li"), enter("Mo")
    plan(teacher, "choice")
    for guest, number in ((li, 2), (mo, 2)):
        guest.press("choice-open")
        guest.press(f"choose-{number}")
    expect(teacher.page.get_by_test_id("group-2")).to_contain_text("Mo", timeout=WAIT_MS)
    teacher.press("open-groups")
    for guest in (li, mo):
        expect_in(guest, "Group 2")
