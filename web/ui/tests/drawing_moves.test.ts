import { describe, expect, test } from "vitest";

import { composed, newItem } from "../src/client/plugins/drawing_item";
import { encodePoints } from "../src/client/plugins/drawing_points";
import type { Surface } from "../src/client/plugins/drawing_surface";
import { changed, surfaceOf } from "../src/client/plugins/drawing_surface";
import { MOST_LIVE, Moves } from "../src/pages/drawing/moves";

const RIGHT = [1, 1, 500, 0] as const;
const item = newItem("line", encodePoints([0, 0, 100, 100]));

function standing(count: number): Surface {
  const items = Array.from({ length: count }, (_, number) => ({ number, by: 0, item }));
  return surfaceOf(items, 1, true);
}

function moved(surface: Surface, number: number): Surface {
  return changed(surface, [number], 2, ({ placed }) => ({
    placed: { ...placed, item: { ...placed.item, frame: composed(RIGHT, placed.item.frame) } },
  }));
}

describe("what others move", () => {
  test("is lifted until its change has come, and others stay where they are", () => {
    const moves = new Moves();
    const surface = standing(3);
    moves.follow("PA_1/7", { numbers: [0, 2], frame: RIGHT }, surface, 0);
    expect([...moves.hidden]).toEqual([0, 2]);
    moves.settle(surface, 100);
    moves.settle(moved(surface, 1), 200);
    expect([...moves.list()]).toMatchObject([{ frame: RIGHT }]);
    moves.settle(moved(surface, 2), 300);
    expect([...moves.list()]).toEqual([]);
    expect(moves.hidden.size).toBe(0);
  });

  test("is the same set of things while it goes on", () => {
    const moves = new Moves();
    moves.follow("PA_1/7", { numbers: [0], frame: RIGHT }, standing(3), 0);
    const { hidden } = moves;
    moves.follow("PA_1/7", { numbers: [1], frame: [1, 1, 900, 0] }, standing(3), 40);
    expect(moves.hidden).toBe(hidden);
    expect([...moves.list()]).toMatchObject([{ frame: [1, 1, 900, 0] }]);
  });

  test("falls back where it was when the hand lets go of it, or is heard of no more", () => {
    const moves = new Moves();
    const surface = standing(3);
    moves.follow("PA_1/7", { numbers: [0], frame: RIGHT }, surface, 0);
    moves.follow("PA_2/7", { numbers: [1], frame: RIGHT }, surface, 5_000);
    expect(moves.drop("PA_3/7")).toBe(false);
    moves.settle(surface, 8_001);
    expect([...moves.hidden]).toEqual([1]);
    expect(moves.drop("PA_2/7")).toBe(true);
    expect(moves.hidden.size).toBe(0);
  });

  test("has a limit, whatever is sent", () => {
    const moves = new Moves();
    const surface = standing(MOST_LIVE + 50);
    const numbers = Array.from({ length: MOST_LIVE + 50 }, (_, number) => number);
    moves.follow("PA_1/1", { numbers, frame: RIGHT }, surface, 0);
    expect(moves.hidden.size).toBe(MOST_LIVE);
    for (const odd of [{}, { numbers: "0" }, { numbers: [null, -1, 9e9], frame: 3 }]) {
      moves.follow("PA_2/1", odd, surface, 0);
    }
    expect(moves.hidden.size).toBe(MOST_LIVE);
  });
});
