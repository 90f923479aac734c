import { expect, test } from "vitest";

import { SessionClock } from "../src/client/session_clock";

test("the clock starts with our own joining and runs", () => {
  const clock = new SessionClock();
  expect(clock.nowUs(5)).toBe(0);
  clock.start(2_000_000, 1_000);
  expect(clock.nowUs(1_500)).toBe(2_500_000);
});

test("less delayed news makes it better, old news changes nothing", () => {
  const clock = new SessionClock();
  clock.start(2_000_000, 1_000);
  clock.hear(1_000_000, 1_100); // From before we joined.
  expect(clock.nowUs(1_100)).toBe(2_100_000);
  clock.hear(2_250_000, 1_200);
  expect(clock.nowUs(1_200)).toBe(2_250_000);
});

test("another session has another time", () => {
  const clock = new SessionClock();
  clock.start(9_000_000, 1_000);
  clock.start(1_000, 2_000);
  expect(clock.nowUs(2_001)).toBe(2_000);
});
