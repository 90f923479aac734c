import { expect, test } from "vitest";

import { controlCapacity, splitControls } from "../src/pages/room/control_slots";

const SLOTS = [
  { key: "microphone", rank: 0, count: 1 },
  { key: "camera", rank: 0, count: 1 },
  { key: "share", rank: 40, count: 1 },
  { key: "hand", rank: 10, count: 1 },
  { key: "devices", rank: 90, count: 1 },
  { key: "chat", rank: 11, count: 1 },
  { key: "people", rank: 30, count: 1 },
];

test("everything stands in a bar that has room for it", () => {
  const { bar, more } = splitControls(SLOTS, 8);
  expect(bar).toHaveLength(7);
  expect(more).toEqual([]);
});

test("a phone shows what is needed most, and two ways on: more, and out", () => {
  const { bar, more } = splitControls(SLOTS, 6);
  expect(bar).toEqual(["microphone", "camera", "hand", "chat"]);
  expect(more).toEqual(["share", "devices", "people"]);
});

test("a control without a button takes no place, one with two takes two", () => {
  const empty = SLOTS.map((slot) => (slot.key === "hand" ? { ...slot, count: 0 } : slot));
  expect(splitControls(empty, 6).bar).toEqual(["microphone", "camera", "hand", "chat", "people"]);
  const double = SLOTS.map((slot) => (slot.key === "hand" ? { ...slot, count: 2 } : slot));
  expect(splitControls(double, 6).bar).toEqual(["microphone", "camera", "hand"]);
});

test("phones have six places, a low screen as many as are high enough, a desktop more", () => {
  expect(controlCapacity({ width: 360, height: 62, isColumn: false })).toBe(6);
  expect(controlCapacity({ width: 430, height: 62, isColumn: false })).toBe(6);
  expect(controlCapacity({ width: 64, height: 360, isColumn: true })).toBe(6);
  expect(controlCapacity({ width: 1280, height: 80, isColumn: false })).toBe(12);
  expect(controlCapacity({ width: 760, height: 80, isColumn: false })).toBe(8);
});
