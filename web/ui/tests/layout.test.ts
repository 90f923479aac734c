import { describe, expect, test } from "vitest";

import type { Area, Box } from "../src/pages/state/layout";
import { arrangeFocus, arrangeGrid, GAP_PX, stripCapacity } from "../src/pages/state/layout";

const DESKTOP: Area = { width: 1256, height: 663 };
const PHONE: Area = { width: 374, height: 730 };
const PHONE_ON_ITS_SIDE: Area = { width: 770, height: 346 };
const COUNTS = Array.from({ length: 12 }, (_, index) => index + 1);

function overlaps(a: Box, b: Box): boolean {
  const isApart =
    a.left + a.width <= b.left ||
    b.left + b.width <= a.left ||
    a.top + a.height <= b.top ||
    b.top + b.height <= a.top;
  return !isApart;
}

function isInside(area: Area, { left, top, width, height }: Box): boolean {
  const slack = 0.01;
  return (
    left >= -slack &&
    top >= -slack &&
    left + width <= area.width + slack &&
    top + height <= area.height + slack
  );
}

function expectTidy(area: Area, boxes: readonly Box[], count: number): void {
  expect(boxes).toHaveLength(count);
  for (const box of boxes) expect(isInside(area, box), JSON.stringify(box)).toBe(true);
  for (const [index, box] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) expect(overlaps(box, other)).toBe(false);
  }
}

describe.each([
  ["a desktop", DESKTOP],
  ["a phone", PHONE],
  ["a phone on its side", PHONE_ON_ITS_SIDE],
])("on %s", (_name, area) => {
  test.each(COUNTS)("%i tiles stand in the grid without overlapping", (count) => {
    expectTidy(area, arrangeGrid(area, count), count);
  });

  test.each(COUNTS)("%i tiles stand around a large one without overlapping", (count) => {
    const shown = Math.min(count, stripCapacity(area) + 1);
    expectTidy(area, arrangeFocus(area, shown), shown);
  });

  test.each(COUNTS)("%i tiles fill at least half of the window", (count) => {
    const boxes = arrangeGrid(area, count);
    const filled = boxes.reduce((sum, box) => sum + box.width * box.height, 0);
    expect(filled / (area.width * area.height)).toBeGreaterThan(0.5);
  });
});

test("two stand side by side on a desktop, one above the other on a phone", () => {
  const [left, right] = arrangeGrid(DESKTOP, 2);
  expect(left?.top).toBe(right?.top);
  const [upper, lower] = arrangeGrid(PHONE, 2);
  expect(upper?.left).toBe(lower?.left);
});

test("the last row is centred", () => {
  const boxes = arrangeGrid(DESKTOP, 5);
  const last = boxes.slice(3);
  const first = last[0];
  const end = last.at(-1);
  if (first === undefined || end === undefined) throw new Error("no last row");
  expect(first.left).toBeCloseTo(DESKTOP.width - end.left - end.width);
});

test("the large tile gets most of the window", () => {
  const [large] = arrangeFocus(DESKTOP, 6);
  if (large === undefined) throw new Error("no tile");
  expect((large.width * large.height) / (DESKTOP.width * DESKTOP.height)).toBeGreaterThan(0.75);
});

test("tiles keep their distance", () => {
  const [left, right] = arrangeGrid(DESKTOP, 2);
  if (left === undefined || right === undefined) throw new Error("no tiles");
  expect(right.left - left.left - left.width).toBeCloseTo(GAP_PX);
});

test("without room or tiles there is nothing to place", () => {
  expect(arrangeGrid({ width: 0, height: 0 }, 3)).toEqual([]);
  expect(arrangeGrid(DESKTOP, 0)).toEqual([]);
  expect(arrangeFocus(DESKTOP, 0)).toEqual([]);
});
