import { expect, test } from "vitest";

import type { PulseState } from "../src/client/plugins/pulse";
import { countsAt, ownMood, pulseFold, reactionsOf } from "../src/client/plugins/pulse";
import { entry } from "./builders";

const PULSE = {
  bucket: 20,
  bucket_us: 5_000_000,
  window_buckets: 12,
  window: [
    [15, [1, 0, 0, 0]],
    [20, [1, 0, 0, 2]],
  ],
  curve: [
    [2, [1, 0, 0, 0]],
    [9, [0, 0, 0, 0]],
    [15, [1, 0, 0, 0]],
  ],
  pages: [[3_000_000, "page1"]],
  people: [{ participant_id: "PA_1", name: "Li", mood: "lost", at_us: 7 }],
  is_anonymous: false,
};

function loaded(pulse: object | null = PULSE): PulseState {
  const view = { own: null, is_anonymous: false, lasts_us: 60_000_000, pulse };
  return pulseFold.load(view, 10);
}

test("a host starts from the whole curve", () => {
  const { pulse } = loaded();
  if (pulse === null) throw new Error("no pulse");
  expect(countsAt(pulse, 1)).toEqual([0, 0, 0, 0]);
  expect(countsAt(pulse, 8)).toEqual([1, 0, 0, 0]);
  expect(countsAt(pulse, 12)).toEqual([0, 0, 0, 0]);
  expect(pulse.people[0]?.mood).toBe("lost");
});

test("what was said fades after a minute", () => {
  const { pulse } = loaded();
  if (pulse === null) throw new Error("no pulse");
  expect(countsAt(pulse, 20)).toEqual([2, 0, 0, 2]);
  expect(countsAt(pulse, 26)).toEqual([2, 0, 0, 2]);
  expect(countsAt(pulse, 27)).toEqual([1, 0, 0, 2]);
  expect(countsAt(pulse, 32)).toEqual([0, 0, 0, 0]);
});

test("a summary goes on where the curve was known", () => {
  const later = {
    ...PULSE,
    bucket: 30,
    curve: [
      [15, [1, 0, 0, 0]],
      [20, [2, 0, 0, 2]],
    ],
  };
  const told = pulseFold.summarize?.(loaded(), later);
  expect(told?.pulse?.curve.map(({ bucket }) => bucket)).toEqual([2, 9, 15, 20]);
  const again = told && pulseFold.summarize?.(told, later);
  expect(again).toEqual(told);
});

test("who is no host is told nothing", () => {
  const own = loaded(null);
  expect(pulseFold.summarize?.(own, {})).toBe(own);
  expect(own.pulse).toBeNull();
});

test("one's own mood counts for a minute", () => {
  const body = { identity: "me", name: "Me", mood: "slower" };
  const felt = pulseFold.apply(loaded(null), entry(11, { kind: "pulse.felt", body }));
  expect(ownMood(felt, 11 + 59_999_999)).toBe("slower");
  expect(ownMood(felt, 11 + 60_000_000)).toBeNull();
  const none = entry(12, { kind: "pulse.felt", body: { ...body, mood: null } });
  expect(pulseFold.apply(felt, none).own).toBeNull();
});

test("reactions are read as far as they are known", () => {
  const read = reactionsOf({ counts: { clap: 3, heart: 0, dance: 2 }, name: "Li" });
  expect(read && [...read.counts]).toEqual([["clap", 3]]);
  expect(reactionsOf({ counts: {} })).toBeNull();
  expect(reactionsOf("text")).toBeNull();
});
