import { expect, test } from "vitest";

import { coursewareFold, readyPages } from "../src/client/plugins/courseware";
import { entry } from "./builders";

const EMPTY = coursewareFold.load(undefined, 0);

function happened(seq: number, kind: string, body: object): ReturnType<typeof entry> {
  return entry(seq, { kind: `courseware.${kind}`, body });
}

function added(...files: string[]): ReturnType<typeof entry> {
  return happened(1, "document_added", { document: "EV_1", name: "Slides", files });
}

test("a document is prepared, then shown", () => {
  let state = coursewareFold.apply(EMPTY, added("FI_1"));
  state = coursewareFold.apply(state, added("FI_1"));
  expect(state.documents).toMatchObject([{ id: "EV_1", status: "preparing", pages: [] }]);
  const sizes = [
    [2, 1600, 900],
    [1, 900, 1600],
  ];
  const body = { document: "EV_1", file_id: "FI_1", sizes };
  state = coursewareFold.apply(state, happened(2, "file_ready", body));
  expect(state.documents[0]?.status).toBe("ready");
  expect(state.documents[0]?.pages.map((page) => [page.number, page.widthPx])).toEqual([
    [1, 1600],
    [2, 1600],
    [3, 900],
  ]);
  state = coursewareFold.apply(state, happened(3, "presented", { document: "EV_1", page: 3 }));
  expect(state).toMatchObject({ documentId: "EV_1", page: 3, isOpen: true });
  state = coursewareFold.apply(state, happened(4, "stopped", {}));
  expect(state).toMatchObject({ documentId: "EV_1", page: 3, isOpen: false });
});

test("pages stand in the order of the files, whichever is ready first", () => {
  let state = coursewareFold.apply(EMPTY, added("FI_1", "FI_2"));
  for (const file of ["FI_2", "FI_1"]) {
    expect(state.documents[0]?.status).toBe("preparing");
    const body = { document: "EV_1", file_id: file, sizes: [[1, 8, 8]] };
    state = coursewareFold.apply(state, happened(2, "file_ready", body));
  }
  expect(state.documents[0]?.status).toBe("ready");
  expect(state.documents[0]?.pages.map((page) => page.fileId)).toEqual(["FI_1", "FI_2"]);
});

test("a broken file fails its document for good", () => {
  let state = coursewareFold.apply(EMPTY, added("FI_1", "FI_2"));
  const failure = { document: "EV_1", file_id: "FI_2", code: "pages.broken" };
  state = coursewareFold.apply(state, happened(2, "document_failed", failure));
  for (const file_id of ["FI_1", "FI_2"]) {
    const body = { document: "EV_1", file_id, sizes: [[1, 8, 8]] };
    state = coursewareFold.apply(state, happened(3, "file_ready", body));
  }
  expect(state.documents[0]).toMatchObject({ status: "failed", error: "pages.broken" });
});

test("what is removed is not shown any more", () => {
  let state = coursewareFold.apply(EMPTY, added("FI_1"));
  state = coursewareFold.apply(state, happened(2, "presented", { document: "EV_1", page: 2 }));
  state = coursewareFold.apply(state, happened(3, "document_removed", { document: "EV_1" }));
  expect(state).toMatchObject({ documents: [], documentId: null, page: 1, isOpen: false });
});

test("a late joiner is shown the same as an early one", () => {
  const sizes = [[3, 1600, 900]];
  let early = coursewareFold.apply(EMPTY, added("FI_1"));
  const ready = { document: "EV_1", file_id: "FI_1", sizes };
  early = coursewareFold.apply(early, happened(2, "file_ready", ready));
  early = coursewareFold.apply(early, happened(3, "presented", { document: "EV_1", page: 2 }));
  const parts = [{ file_id: "FI_1", sizes }];
  const documents = [{ document: "EV_1", name: "Slides", parts, status: "ready" }];
  const view = { documents, document: "EV_1", page: 2, is_open: true, presented_seq: 3 };
  expect(coursewareFold.load(view, 3)).toEqual(early);
});

test("progress is shown while it is prepared", () => {
  const state = coursewareFold.apply(EMPTY, added("FI_1"));
  const body = { document: "EV_1", file_id: "FI_1", done: 4, pages: 9 };
  const signal = { plugin: "courseware", event: "progress", author: null, body };
  const after = coursewareFold.signal?.(state, { type: "plugin_signalled", ...signal });
  expect(after?.documents[0]).toMatchObject({ done: 4, expected: 9 });
});

test("the first pages are shown while the rest is prepared, and none changes its number", () => {
  let state = coursewareFold.apply(EMPTY, added("FI_1", "FI_2"));
  const some = { document: "EV_1", file_id: "FI_1", sizes: [[4, 8, 8]], pages: 9 };
  state = coursewareFold.apply(state, happened(2, "pages_ready", some));
  const picture = { document: "EV_1", file_id: "FI_2", sizes: [[1, 8, 8]] };
  state = coursewareFold.apply(state, happened(3, "file_ready", picture));
  const [preparing] = state.documents;
  expect(preparing).toMatchObject({ status: "preparing" });
  expect(preparing?.pages).toHaveLength(10);
  expect(preparing && readyPages(preparing)).toBe(5);
  state = coursewareFold.apply(state, happened(4, "presented", { document: "EV_1", page: 4 }));
  const rest = { document: "EV_1", file_id: "FI_1", sizes: [[9, 8, 8]] };
  const whole = coursewareFold.apply(state, happened(5, "file_ready", rest));
  expect(whole.documents[0]).toMatchObject({ status: "ready" });
  expect(whole.documents[0]?.pages.map((page) => page.fileId).slice(-2)).toEqual(["FI_1", "FI_2"]);
  const failure = { document: "EV_1", file_id: "FI_1", code: "pages.broken" };
  expect(coursewareFold.apply(state, happened(5, "document_failed", failure)).isOpen).toBe(false);
});

test("who comes while pages are prepared sees how far it is", () => {
  const parts = [{ file_id: "FI_1", sizes: [[4, 8, 8]], expected: 9 }];
  const documents = [{ document: "EV_1", name: "Slides", parts }];
  const [document] = coursewareFold.load({ documents }, 1).documents;
  expect(document).toMatchObject({ status: "preparing", done: 4, expected: 9 });
  expect(document?.pages).toHaveLength(9);
  expect(document && readyPages(document)).toBe(4);
});

test("a page far behind is shown before those between, and keeps its number", () => {
  let state = coursewareFold.apply(EMPTY, added("FI_1"));
  const sizes = [[2, 8, 8], [297, 0, 0], [1, 6, 9]];
  const some = { document: "EV_1", file_id: "FI_1", sizes, pages: 500 };
  state = coursewareFold.apply(state, happened(2, "pages_ready", some));
  const [document] = state.documents;
  expect(document?.pages).toHaveLength(500);
  expect(document?.pages[299]).toEqual({ fileId: "FI_1", number: 300, widthPx: 6, heightPx: 9 });
  expect(document?.pages[298]?.widthPx).toBe(0);
  expect(document && readyPages(document)).toBe(3);
});
