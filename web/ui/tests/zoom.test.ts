import { expect, test } from "vitest";

import { MOST_SCALE, panBy, pictureBox, WHOLE, zoomAt } from "../src/pages/state/zoom";

test("what is under the pointer stays there", () => {
  const zoomed = zoomAt(WHOLE, 2, { x: 0.25, y: 0.5 });
  expect(zoomed).toEqual({ scale: 2, x: -0.25, y: -0.5 });
  expect(zoomAt(zoomed, 0.5, { x: 0.25, y: 0.5 })).toEqual(WHOLE);
});

test("the picture is never smaller than its tile, nor magnified without end", () => {
  expect(zoomAt(WHOLE, 0.3, { x: 0.5, y: 0.5 }).scale).toBe(1);
  expect(zoomAt(WHOLE, 100, { x: 0.5, y: 0.5 }).scale).toBe(MOST_SCALE);
});

test("the picture is not moved out of its tile", () => {
  const zoomed = zoomAt(WHOLE, 2, { x: 0.5, y: 0.5 });
  expect(panBy(zoomed, 9, -9)).toEqual({ scale: 2, x: 0, y: -1 });
  expect(panBy(WHOLE, 0.4, 0.4)).toEqual(WHOLE);
});

test("the picture's box is what is seen of it", () => {
  const tile = { width: 400, height: 400 };
  const wide = { width: 1600, height: 900 };
  expect(pictureBox(tile, wide, "contain")).toEqual({ left: 0, top: 87.5, width: 400, height: 225 });
  expect(pictureBox(tile, { width: 200, height: 100 }, "cover")).toEqual({
    left: -200,
    top: 0,
    width: 800,
    height: 400,
  });
  expect(pictureBox(tile, { width: 0, height: 0 }, "contain")).toEqual({ left: 0, top: 0, ...tile });
});
