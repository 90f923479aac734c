import { expect, test } from "vitest";

import type { LinkReading } from "../src/client/quality";
import { judge } from "../src/client/quality";

function reading(changes: Partial<LinkReading> = {}): LinkReading {
  return { roundTripS: 0.05, packetsReceived: 0, packetsLost: 0, outboundLostRatio: 0, ...changes };
}

test.each([
  [{ packetsReceived: 1_000 }, "good"],
  [{ packetsReceived: 950, packetsLost: 50 }, "fair"],
  [{ packetsReceived: 880, packetsLost: 120 }, "poor"],
  [{ packetsReceived: 1_000, outboundLostRatio: 0.2 }, "poor"],
  [{ packetsReceived: 1_000, roundTripS: 0.3 }, "fair"],
  [{ packetsReceived: 1_000, roundTripS: 0.9 }, "poor"],
  [{ roundTripS: null }, "unknown"],
])("%j is %s", (changes, quality) => {
  expect(judge(reading(), reading(changes)).quality).toBe(quality);
});

test("a few packets prove nothing, and recovered ones do not count below zero", () => {
  expect(judge(reading(), reading({ packetsReceived: 3, packetsLost: 2 })).quality).toBe("good");
  expect(judge(reading({ packetsLost: 9 }), reading({ packetsLost: 4 })).lostRatio).toBe(0);
});
