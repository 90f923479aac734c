import { describe, expect, test } from "vitest";

import { newItem } from "../src/client/plugins/drawing_item";
import { encodePoints } from "../src/client/plugins/drawing_points";
import { measureWords } from "../src/pages/drawing/measuring";
import { isHit, shapeOf } from "../src/pages/drawing/shape";
import { PAGE_SPACE } from "../src/pages/drawing/space";
import type { Layout } from "../src/pages/drawing/words";
import { grownNote, LINE_HEIGHT, noteLayout } from "../src/pages/drawing/words";

describe("a note", () => {
  const layout = (text: string, width: number, height: number, wanted = 300) =>
    noteLayout(text, { width, height }, wanted, (word) => word.length * 0.6);
  const isWhole = (found: Layout, text: string): boolean => {
    const { height, letters, lines, padding, width } = found;
    const fits = lines.length * LINE_HEIGHT * letters + 2 * padding <= height;
    const isNarrow = lines.every((line) => line.length * 0.6 * letters <= width - 2 * padding + 0.1);
    return fits && isNarrow && lines.join("").replaceAll(" ", "") === text.replaceAll(" ", "");
  };
  const words = "Write the title first, then the price, and then all the sizes there are";

  test("keeps the letters that were chosen where its words fit", () => {
    const found = layout("Title first", 3_000, 1_900);
    expect(found).toMatchObject({ letters: 300, width: 3_000, height: 1_900 });
  });

  test("has smaller letters where there are more words, and its own size", () => {
    const found = layout(words, 3_000, 1_400);
    expect(found.letters).toBeLessThan(300);
    expect(found).toMatchObject({ width: 3_000, height: 1_400 });
    expect(isWhole(found, words)).toBe(true);
  });

  test("grows where smaller letters do not fit either", () => {
    const found = layout(words, 1_500, 300);
    expect(found.letters).toBeCloseTo(210);
    expect(found.height).toBeGreaterThan(300);
    expect(isWhole(found, words)).toBe(true);
    expect(layout(words, 1_500, 300, 160).letters).toBe(140);
  });

  test("is wider than usual where its words need more than a page", () => {
    const least = { width: 3_000, height: 1_900 };
    const long = "word ".repeat(390).trim();
    const grown = grownNote(long, { least, most: PAGE_SPACE, letters: 315 }, measureWords);
    expect(grown.width).toBeGreaterThan(3_000);
    expect(grown.height).toBeLessThanOrEqual(PAGE_SPACE.height);
    expect(isWhole(layout(long, grown.width, grown.height, 315), long)).toBe(true);
  });

  test("hides no word at any size to which one can pull it", () => {
    for (const scale of [0.05, 0.2, 0.5, 0.8, 1.3, 5]) {
      expect(isWhole(layout(words, 3_000 * scale, 900 * scale, 300 * scale), words)).toBe(true);
    }
  });

  test("is hit and mended where its words are, also below the corner that it was given", () => {
    const corners = encodePoints([0, 0, 1_500, 300]);
    const shape = shapeOf(newItem("note", corners, { width: 300, text: words }), PAGE_SPACE);
    const bottom = shape.words?.height ?? 0;
    expect(bottom).toBeGreaterThan(300);
    expect(isHit(shape, { x: 700, y: bottom - 10 }, 0)).toBe(true);
    expect(shape.box.bottom).toBeGreaterThan(bottom);
  });
});
