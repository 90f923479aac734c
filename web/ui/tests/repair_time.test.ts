import { expect, test } from "vitest";

import type { LinkQuality } from "../src/client/quality";
import type { Buffering } from "../src/client/repair_time";
import { RepairTime } from "../src/client/repair_time";

function link(inboundLostRatio: number, roundTripMs: number | null = 80): LinkQuality {
  return { quality: "fair", roundTripMs, lostRatio: inboundLostRatio, inboundLostRatio };
}

test("with losses pictures wait as long as a repair takes", () => {
  const [receiver, older]: [Buffering, Buffering] = [{ jitterBufferTarget: null }, {}];
  const repairs = new RepairTime();
  repairs.follow(link(0), [receiver, older]);
  expect(receiver.jitterBufferTarget).toBeNull();
  repairs.follow(link(0.05), [receiver, older]);
  expect(receiver.jitterBufferTarget).toBe(260);
  expect(older).toEqual({});
});

test("it follows the round trip in large steps, and stays within bounds", () => {
  const receiver: Buffering = { jitterBufferTarget: null };
  const repairs = new RepairTime();
  const follow = (roundTripMs: number | null): number | null | undefined => {
    repairs.follow(link(0.05, roundTripMs), [receiver]);
    return receiver.jitterBufferTarget;
  };
  expect([80, 100, null, 200, 3000].map(follow)).toEqual([260, 260, 260, 400, 400]);
  expect(follow(20)).toBe(110);
  expect(follow(3000)).toBe(400);
});

test("it ends when nothing was lost for a while", () => {
  const receiver: Buffering = { jitterBufferTarget: null };
  const repairs = new RepairTime();
  repairs.follow(link(0.05), [receiver]);
  for (let reading = 0; reading < 9; reading += 1) repairs.follow(link(0), [receiver]);
  expect(receiver.jitterBufferTarget).toBe(260);
  repairs.follow(link(0), [receiver]);
  expect(receiver.jitterBufferTarget).toBeNull();
});
