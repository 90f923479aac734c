import { describe, expect, test } from "vitest";

import { Participant } from "../src/client/participant";
import type { LessonPulse } from "../src/client/plugins/pulse";
import { found, inOrder, visibleRows } from "../src/pages/features/console/people";
import { curveOf, hardMoments, stepPath } from "../src/pages/features/pulse/curve";
import { formatSpan } from "../src/pages/state/session_clock";
import { participant } from "./builders";

function named(name: string, changes: object = {}): Participant {
  return new Participant(participant(name, { name, ...changes }), null);
}

const PULSE: LessonPulse = {
  bucket: 60,
  bucketUs: 5_000_000,
  windowBuckets: 12,
  window: [{ bucket: 60, counts: [0, 1, 0, 0] }],
  curve: [
    { bucket: 2, counts: [3, 0, 0, 0] },
    { bucket: 4, counts: [5, 1, 0, 0] },
    { bucket: 14, counts: [0, 0, 0, 0] },
    { bucket: 40, counts: [2, 0, 0, 9] },
    { bucket: 52, counts: [0, 0, 0, 0] },
  ],
  pages: [{ atUs: 100_000_000, page: "EV_1", slide: 2 }],
  people: [],
};

describe("people", () => {
  test("hosts stand first, then who came first", () => {
    const people = [
      named("late", { joined_at_us: 9 }),
      named("early", { joined_at_us: 1 }),
      named("bo", { role: "assistant", joined_at_us: 8 }),
      named("ana", { role: "host", joined_at_us: 7 }),
    ];
    expect(inOrder(people).map(({ name }) => name)).toEqual(["ana", "bo", "early", "late"]);
  });

  test("a search needs all words, whatever case and accents", () => {
    const people = [named("Zoë Müller"), named("王小明"), named("zoe lin")];
    expect(found(people, "ZOE").map(({ name }) => name)).toEqual(["Zoë Müller", "zoe lin"]);
    expect(found(people, " muller zoe ").map(({ name }) => name)).toEqual(["Zoë Müller"]);
    expect(found(people, "小明")).toHaveLength(1);
    expect(found(people, " ")).toHaveLength(3);
  });

  test("of ten thousand rows few are drawn", () => {
    const rowPx = 60;
    const middle = visibleRows(10_000, { scrollTop: 300_000, height: 600, rowPx });
    expect(middle).toEqual({ first: 4994, last: 5016 });
    expect(visibleRows(10_000, { scrollTop: 0, height: 600, rowPx })).toEqual({
      first: 0,
      last: 16,
    });
    expect(visibleRows(3, { scrollTop: 900, height: 600, rowPx }).last).toBe(3);
    expect(visibleRows(0, { scrollTop: 0, height: 0, rowPx })).toEqual({ first: 0, last: 0 });
  });

  test("ten thousand are put in order and searched in time", () => {
    const people = Array.from({ length: 10_000 }, (_, index) =>
      named(`Person ${index}`, { joined_at_us: 10_000 - index }),
    );
    const startedMs = performance.now();
    expect(found(inOrder(people), "person 999")).toHaveLength(19);
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});

describe("the curve", () => {
  test("has a value for each bucket up to now", () => {
    const { fromBucket, toBucket, lines, highest } = curveOf(PULSE, 62, 60);
    expect([fromBucket, toBucket, highest]).toEqual([3, 62, 9]);
    expect(lines[0]?.slice(0, 3)).toEqual([3, 5, 5]);
    expect(lines[1]?.slice(-4)).toEqual([0, 1, 1, 1]);
  });

  test("hard moments are apart, in the order of time, with their page", () => {
    expect(hardMoments(PULSE, 5)).toEqual([
      { atUs: 20_000_000, count: 6, mark: null },
      { atUs: 200_000_000, count: 2, mark: { atUs: 100_000_000, page: "EV_1", slide: 2 } },
      { atUs: 300_000_000, count: 1, mark: { atUs: 100_000_000, page: "EV_1", slide: 2 } },
    ]);
    expect(hardMoments(PULSE, 1)).toHaveLength(1);
  });

  test("is drawn in steps", () => {
    const size = { width: 40, height: 10, highest: 2 };
    expect(stepPath([0, 0, 1, 2], size)).toBe("M0 10H20V5H30V0H40");
    expect(stepPath([], size)).toBe("H40");
  });
});

test("spans are minutes and seconds", () => {
  expect([0, 59_999_999, 125_000_000, -5].map(formatSpan)).toEqual(["0:00", "0:59", "2:05", "0:00"]);
});
