import { expect, test } from "vitest";

import { annotateFold } from "../src/client/plugins/annotate";
import { entry } from "./builders";

const PEN = { kind: "pen", points: new Uint8Array([20, 20, 80, 80]) };

function edited(seq: number, surface: string): ReturnType<typeof entry> {
  const body = { surface, author: "ana", first_number: 0, added: [PEN], removed: [], draft: 0 };
  return entry(seq, { kind: "annotate.edited", body });
}

test("a document that is gone takes along what was drawn on its pages, and nothing else", () => {
  const begun = annotateFold.load({ surfaces: [], authors: [], everybody_draws: false }, 10);
  const drawn = ["FI_a/1", "FI_a/12", "FI_ab/1", "TR_1"].reduce(
    (state, surface, index) => annotateFold.apply(state, edited(11 + index, surface)),
    begun,
  );
  expect([...drawn.drawing.surfaces.keys()]).toEqual(["FI_a/1", "FI_a/12", "FI_ab/1", "TR_1"]);
  const body = { file_id: "FI_a" };
  const left = annotateFold.apply(drawn, entry(20, { kind: "annotate.file_removed", body }));
  expect([...left.drawing.surfaces.keys()]).toEqual(["FI_ab/1", "TR_1"]);
});
