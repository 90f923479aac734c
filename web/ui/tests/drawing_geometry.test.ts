import { describe, expect, test } from "vitest";

import { newItem } from "../src/client/plugins/drawing_item";
import { encodePoints } from "../src/client/plugins/drawing_points";
import { straightened } from "../src/pages/drawing/actions";
import { INKS } from "../src/pages/drawing/palette";
import { cut, simplified } from "../src/pages/drawing/path";
import { pdfOf } from "../src/pages/drawing/pdf";
import { isHit, shapeOf } from "../src/pages/drawing/shape";
import {
  fittedView,
  heldInSight,
  PAGE_SPACE,
  pictureSpace,
  toPixels,
  toUnits,
  zoomedAt,
} from "../src/pages/drawing/space";
import type { StrokePath } from "../src/pages/drawing/stroke_steps";
import { addSteps, addStroke } from "../src/pages/drawing/stroke_steps";
import { wrapped } from "../src/pages/drawing/words";

const SCREEN = { width: 800, height: 600 };
const measure = (text: string): number => text.length;

describe("the view", () => {
  test("fits the page into the middle", () => {
    const view = fittedView(PAGE_SPACE, SCREEN);
    expect(view).toEqual({ scale: 0.05, left: 0, top: 75 });
  });

  test("units and pixels are each other's inverse", () => {
    const view = { scale: 0.3, left: -20, top: 7 };
    const there = toUnits(view, toPixels(view, { x: 123, y: 45 }));
    expect(there.x).toBeCloseTo(123);
    expect(there.y).toBeCloseTo(45);
  });

  test("what is under the finger stays there while one zooms", () => {
    const before = fittedView(PAGE_SPACE, SCREEN);
    const at = { x: 300, y: 200 };
    const after = zoomedAt(before, 2, at, before.scale);
    expect(toUnits(after, at).x).toBeCloseTo(toUnits(before, at).x);
    expect(toUnits(after, at).y).toBeCloseTo(toUnits(before, at).y);
  });

  test("zoom ends at the whole page and at eight times", () => {
    const least = fittedView(PAGE_SPACE, SCREEN).scale;
    const at = { x: 0, y: 0 };
    expect(zoomedAt({ scale: least, left: 0, top: 0 }, 0.1, at, least).scale).toBe(least);
    expect(zoomedAt({ scale: least, left: 0, top: 0 }, 99, at, least).scale).toBe(least * 8);
  });

  test("the page cannot be lost", () => {
    const far = heldInSight({ scale: 0.1, left: 5_000, top: -9_000 }, PAGE_SPACE, SCREEN);
    expect(far).toEqual({ scale: 0.1, left: 0, top: -300 });
  });

  test("over a picture both directions go from edge to edge", () => {
    const space = pictureSpace({ width: 1_280, height: 800 });
    const item = newItem("line", encodePoints([0, 0, 16_000, 16_000]));
    expect([...shapeOf(item, space).points]).toEqual([0, 0, 16_000, 10_000]);
  });
});

describe("hitting", () => {
  const shape = (kind: Parameters<typeof newItem>[0], points: number[], given = {}) =>
    shapeOf(newItem(kind, encodePoints(points), { width: 20, ...given }), PAGE_SPACE);
  const at = (x: number, y: number): { x: number; y: number } => ({ x, y });

  test("a line is hit on it, not beside it", () => {
    const line = shape("line", [0, 0, 1_000, 0]);
    expect(isHit(line, at(500, 15), 10)).toBe(true);
    expect(isHit(line, at(500, 100), 10)).toBe(false);
  });

  test("a rectangle is hit on its edge, a filled one inside too", () => {
    const corners = [0, 0, 1_000, 1_000];
    expect(isHit(shape("rectangle", corners), at(500, 500), 10)).toBe(false);
    expect(isHit(shape("rectangle", corners), at(0, 500), 10)).toBe(true);
    expect(isHit(shape("rectangle", corners, { filled: true }), at(500, 500), 10)).toBe(true);
  });

  test("an ellipse is hit on its line", () => {
    const oval = shape("ellipse", [0, 0, 1_000, 600]);
    expect(isHit(oval, at(0, 300), 10)).toBe(true);
    expect(isHit(oval, at(500, 300), 10)).toBe(false);
    expect(isHit(oval, at(5, 5), 10)).toBe(false);
  });

  test("what was moved is hit where it is", () => {
    const moved = shape("note", [0, 0, 500, 500], { text: "x", frame: [2, 2, 1_000, 0] });
    expect(isHit(moved, at(1_900, 900), 0)).toBe(true);
    expect(isHit(moved, at(100, 100), 0)).toBe(false);
  });
});

describe("paths", () => {
  test("points on the way are left out, corners stay", () => {
    const points = [0, 0, 50, 1, 100, 0, 100, 50, 100, 100];
    expect(simplified({ points, pressures: [] }, 5).points).toEqual([0, 0, 100, 0, 100, 100]);
  });

  test("a change of pressure stays", () => {
    const path = { points: [0, 0, 50, 0, 100, 0], pressures: [10, 250, 10] };
    expect(simplified(path, 5)).toEqual(path);
  });

  test("the rubber leaves what it did not pass", () => {
    const path = { points: [0, 0, 1_000, 0], pressures: [] };
    const pieces = cut(path, { x: 500, y: -100 }, { x: 500, y: 100 }, 50) ?? [];
    expect(pieces).toHaveLength(2);
    expect(pieces[0]?.points.at(-2)).toBeLessThan(450.1);
    expect(pieces[1]?.points[0]).toBeGreaterThan(549.9);
    expect(cut(path, { x: 500, y: 200 }, { x: 600, y: 200 }, 50)).toBeNull();
  });

  test("with Shift lines go in steps of 45°, and rectangles are squares", () => {
    const line = straightened("line", { x: 0, y: 0 }, { x: 100, y: 8 });
    expect(line.y).toBeCloseTo(0);
    const square = straightened("rectangle", { x: 0, y: 0 }, { x: -30, y: 80 });
    expect(square).toEqual({ x: -80, y: 80 });
  });
});

describe("the line of a stroke", () => {
  const steps = (): { path: StrokePath; said: string[] } => {
    const said: string[] = [];
    const path = {
      moveTo: () => void said.push("move"),
      lineTo: () => void said.push("line"),
      quadraticCurveTo: () => void said.push("curve"),
    };
    return { path, said };
  };
  const kinds = (...points: number[]): string => {
    const { path, said } = steps();
    addStroke(path, Float32Array.from(points));
    return said.join(" ");
  };

  test("goes round where the hand went round", () => {
    expect(kinds(0, 0, 100, 0, 190, 40, 260, 110)).toBe("move line curve curve line");
  });

  test("is sharp at a corner, and straight where it is long", () => {
    expect(kinds(0, 0, 100, 0, 100, 100)).toBe("move line line");
    expect(kinds(0, 0, 3_000, 0, 6_000, 600)).toBe("move line line");
  });

  test("is a dot where the hand only touched", () => expect(kinds(5, 5)).toBe("move line"));

  test("is the same if it grows point by point", () => {
    const points = [0, 0, 100, 0, 190, 40, 260, 110, 3_000, 110, 3_050, 160, 3_060, 240];
    const { path, said } = steps();
    let wasBent = false;
    for (let count = 2; count <= points.length / 2; count++) {
      const known = Float32Array.from(points.slice(0, 2 * count));
      wasBent = addSteps(path, known, count === 2 ? 0 : count - 2, wasBent);
    }
    expect([...said, "line"].join(" ")).toBe(kinds(...points));
  });
});

describe("words", () => {
  test("break at spaces, and within what has none", () => {
    expect(wrapped("one two three", 7, measure)).toEqual(["one two", "three"]);
    expect(wrapped("a\n\nb", 7, measure)).toEqual(["a", "", "b"]);
    expect(wrapped("abcdefghij", 4, measure)).toEqual(["abcd", "efgh", "ij"]);
  });

  test("Chinese breaks anywhere", () => {
    const text = String.fromCodePoint(0x767d, 0x677f, 0x8bfe, 0x5802, 0x5b66);
    expect(wrapped(text, 2, measure).map((line) => line.length)).toEqual([2, 2, 1]);
  });
});

test("a PDF says where each of its objects is", () => {
  const jpeg = Uint8Array.of(0xff, 0xd8, 1, 2, 3, 0xff, 0xd9);
  const bytes = pdfOf([
    { jpeg, widthPx: 1_920, heightPx: 1_080 },
    { jpeg, widthPx: 1_920, heightPx: 1_080 },
  ]);
  const text = Buffer.from(bytes).toString("latin1");
  expect(text.startsWith("%PDF-1.4\n")).toBe(true);
  expect(text).toContain("/Count 2 /Kids [3 0 R 6 0 R]");
  const table = Number(/startxref\n(\d+)/.exec(text)?.[1]);
  const starts = [...text.slice(table).matchAll(/^(\d{10}) 00000 n $/gm)].map((m) => Number(m[1]));
  expect(starts).toHaveLength(8);
  starts.forEach((start, index) => expect(text.slice(start)).toMatch(new RegExp(`^${index + 1} 0 obj`)));
});

test("inks can be read on white paper, but for those for highlighters and pictures", () => {
  const channel = (value: number): number =>
    value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = (hex: string): number => {
    const [r, g, b] = [1, 3, 5].map((at) => channel(parseInt(hex.slice(at, at + 2), 16) / 255));
    return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
  };
  for (const ink of INKS.slice(0, 6)) {
    expect(1.05 / (luminance(ink) + 0.05), ink).toBeGreaterThanOrEqual(4.5);
  }
});
