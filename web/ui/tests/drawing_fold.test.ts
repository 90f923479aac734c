import { describe, expect, test } from "vitest";

import type { EntryInfo, PluginSignalled } from "../src/client";
import { bodyOfItem, newItem } from "../src/client/plugins/drawing_item";
import { decodePoints, encodePoints } from "../src/client/plugins/drawing_points";
import {
  countOf,
  differenceOf,
  EMPTY_SURFACE,
  itemAt,
  itemsOf,
  type Surface,
} from "../src/client/plugins/drawing_surface";
import { annotateFold } from "../src/client/plugins/annotate";
import { whiteboardFold, type WhiteboardState } from "../src/client/plugins/whiteboard";

const LINE = bodyOfItem(newItem("line", encodePoints([0, 0, 100, 100])));
let seq = 0;

function entry(event: string, body: object, plugin = "whiteboard"): EntryInfo {
  seq += 1;
  const common = { surface: "page1", author: "ana" };
  return { seq, at_us: 0, author: "PA_ana", kind: `${plugin}.${event}`, body: { ...common, ...body } };
}

function drawn(first: number, count = 1, body: object = {}): EntryInfo {
  return entry("edited", { first_number: first, added: Array(count).fill(LINE), ...body });
}

function fold(...entries: EntryInfo[]): WhiteboardState {
  return entries.reduce(
    (state, one) => whiteboardFold.apply(state, one),
    whiteboardFold.load(undefined, 0),
  );
}

function page(state: WhiteboardState, name = "page1"): Surface {
  return state.drawing.surfaces.get(name) ?? EMPTY_SURFACE;
}

function numbers(state: WhiteboardState): number[] {
  return [...itemsOf(page(state))].map((placed) => placed.number);
}

function chunk(body: object): PluginSignalled {
  return { type: "plugin_signalled", plugin: "whiteboard", event: "items", author: null, body };
}

describe("a change is quiet", () => {
  const isQuiet = (before: WhiteboardState, ...entries: EntryInfo[]): boolean | undefined => {
    const after = entries.reduce((state, one) => whiteboardFold.apply(state, one), before);
    return whiteboardFold.isQuiet?.(before, after);
  };

  test("if only canvases show it", () => {
    expect(isQuiet(fold(drawn(0)), drawn(1))).toBe(true);
  });

  test("but not if a page is turned, or the first thing of a surface or of a person comes", () => {
    const before = fold(drawn(0));
    expect(isQuiet(before, drawn(1), entry("opened", { is_open: true }))).toBe(false);
    expect(isQuiet(before, drawn(1, 1, { author: "li" }))).toBe(false);
    expect(isQuiet(before, drawn(0, 1, { surface: "page2" }))).toBe(false);
  });
});

describe("points", () => {
  test.each([[[]], [[0, 0]], [[1, -1, 63, 64, -64, -65, 8191, 8192, 60_000, -60_000]]])(
    "%j come back as they were",
    (points) => expect([...decodePoints(encodePoints(points))]).toEqual(points),
  );

  test("are the same bytes as the server makes", () => {
    expect([...encodePoints([40, -40, 64, 300])]).toEqual([80, 79, 48, 168, 5]);
  });

  test("broken bytes give what came before", () => {
    expect([...decodePoints(Uint8Array.of(2, 2, 0x80))]).toEqual([1, 1]);
    expect([...decodePoints(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 1))]).toEqual([]);
  });
});

describe("the surface", () => {
  test("items are added on top and removed", () => {
    const state = fold(drawn(0, 3), entry("edited", { first_number: 3, removed: [1] }));
    expect(numbers(state)).toEqual([0, 2]);
  });

  test("an entry that comes twice changes nothing", () => {
    const twice = drawn(0);
    const state = fold(twice);
    expect(whiteboardFold.apply(state, twice)).toBe(state);
  });

  test("moves and looks come on top of each other", () => {
    const state = fold(
      drawn(0),
      entry("transformed", { numbers: [0], frame: [1, 1, 10, 0] }),
      entry("transformed", { numbers: [0], frame: [2, 2, 0, 5] }),
      entry("restyled", { numbers: [0], style: { ink: 3, text: "no words here" } }),
    );
    expect(itemAt(page(state), 0)?.item).toMatchObject({ frame: [2, 2, 20, 5], ink: 3, text: "" });
  });

  test("one may clear all, or only what is one's own", () => {
    const both = [drawn(0), drawn(1, 1, { author: "li" })];
    expect(numbers(fold(...both, entry("cleared", { only_author: "li" })))).toEqual([0]);
    expect(numbers(fold(...both, entry("cleared", { only_author: null })))).toEqual([]);
  });

  test("an undo brings back what was removed, as it was", () => {
    const state = fold(
      drawn(0, 2),
      entry("restyled", { numbers: [0], style: { ink: 5 } }),
      entry("edited", { first_number: 2, removed: [0] }),
      entry("reverted", { restored: [0], removed: [1] }),
    );
    expect(numbers(state)).toEqual([0]);
    expect(itemAt(page(state), 0)?.item.ink).toBe(5);
  });

  test("the difference names only what changed", () => {
    const before = fold(drawn(0, 500));
    const after = whiteboardFold.apply(before, entry("edited", { first_number: 500, removed: [7] }));
    const { before: gone, after: come } = differenceOf(page(before), page(after));
    expect([gone.map((placed) => placed.number), come]).toEqual([[7], []]);
    expect(page(after).buckets[3]).toBe(page(before).buckets[3]);
  });

  test("finished drafts are known by their author and key", () => {
    expect(fold(drawn(0, 1, { draft: 77 })).drawing.finishedDrafts).toEqual(["PA_ana/77"]);
  });
});

describe("a page that comes in parts", () => {
  const view = {
    pages: [{ page: "page1", paper: "grid", numbers_used: 4 }],
    presented: "page1",
    is_open: true,
    everybody_draws: false,
    authors: ["ana"],
    items: [[0, 0, LINE]],
    is_whole: false,
  };
  const rest = { surface: "page1", after: 0, until: 3, is_last: true };

  test("is whole when its last part has come", () => {
    const start = whiteboardFold.load(view, 10);
    expect(page(start).loadedUntil).toBe(0);
    const items = [1, 2, 3].map((number) => [number, 0, LINE]);
    const state = whiteboardFold.signal?.(start, chunk({ ...rest, seq: 10, items })) ?? start;
    expect(numbers(state)).toEqual([0, 1, 2, 3]);
    expect(page(state).loadedUntil).toBe(Infinity);
    expect(whiteboardFold.signal?.(state, chunk({ ...rest, seq: 10, items }))).toBe(state);
  });

  test("what happened in the meantime happens to what arrives", () => {
    seq = 10;
    let state = whiteboardFold.load(view, 10);
    state = whiteboardFold.apply(state, entry("edited", { first_number: 4, removed: [2] }));
    state = whiteboardFold.apply(state, entry("restyled", { numbers: [3], style: { ink: 4 } }));
    // The server made this part before it knew of either.
    const items = [1, 2, 3].map((number) => [number, 0, LINE]);
    state = whiteboardFold.signal?.(state, chunk({ ...rest, seq: 10, items })) ?? state;
    expect(numbers(state)).toEqual([0, 1, 3]);
    expect(itemAt(page(state), 3)?.item.ink).toBe(4);
  });

  test("what a part has already does not happen to it again", () => {
    seq = 10;
    const move = entry("transformed", { numbers: [1], frame: [1, 1, 50, 0] });
    const moved = { ...LINE, frame: [1, 1, 50, 0] };
    let state = whiteboardFold.load(view, 10);
    const items = [[1, 0, moved]];
    state = whiteboardFold.signal?.(state, chunk({ ...rest, seq: 11, items })) ?? state;
    state = whiteboardFold.apply(state, move);
    expect(itemAt(page(state), 1)?.item.frame).toEqual([1, 1, 50, 0]);
  });

  test("what an undo brings back and nobody here has is asked for", () => {
    seq = 20;
    const whole = whiteboardFold.load({ ...view, is_whole: true }, 20);
    const state = whiteboardFold.apply(whole, entry("reverted", { restored: [3] }));
    expect(page(state).loadedUntil).toBe(2);
  });
});

describe("the board", () => {
  const on = (event: string, body: object): EntryInfo => entry(event, body);

  test("pages are added, turned, moved and removed", () => {
    const state = fold(
      on("page_added", { page: "page2", position: 1, paper: "grid" }),
      on("page_added", { page: "page3", position: 0, paper: "blank" }),
      on("page_moved", { page: "page3", position: 2 }),
      on("paper_changed", { page: "page1", paper: "dots" }),
      on("page_presented", { page: "page2" }),
      on("page_removed", { page: "page2" }),
      on("opened", { is_open: true }),
      on("everybody_draws", { is_allowed: true }),
    );
    expect(state.pages).toEqual([
      { page: "page1", paper: "dots", group: null },
      { page: "page3", paper: "blank", group: null },
    ]);
    expect(state).toMatchObject({ presented: "page3", isOpen: true, everybodyDraws: true });
    expect([...state.drawing.surfaces.keys()].sort()).toEqual(["page3"]);
  });

  test("a group's page is fetched, and its author is counted", () => {
    const brought = { page: "RM_tea.1", position: 1, paper: "dots", numbers_used: 4 };
    const state = fold(
      on("author_added", { author: "group:RM_tea" }),
      on("page_added", { ...brought, group_id: "RM_tea", group_name: "Tea" }),
      on("paper_changed", { page: "RM_tea.1", paper: "grid" }),
      drawn(0, 1),
    );
    const group = { groupId: "RM_tea", name: "Tea" };
    expect(state.pages[1]).toEqual({ page: "RM_tea.1", paper: "grid", group });
    expect(state.presented).toBe("page1");
    expect(state.drawing.surfaces.get("RM_tea.1")?.loadedUntil).toBe(-1);
    expect(state.drawing.authors).toEqual(["group:RM_tea", "ana"]);
  });

  test("those who run the room know which groups have drawn", () => {
    const told = { group_id: "RM_tea", name: "Tea", pages: 1, things: 7 };
    const state = fold(on("group_drawn", told));
    expect(state.groupBoards).toEqual([{ groupId: "RM_tea", pages: 1, things: 7 }]);
    const view = { group_boards: [told], is_group: true };
    expect(whiteboardFold.load(view, 0).groupBoards).toEqual(state.groupBoards);
    expect(whiteboardFold.load(view, 0).isGroup).toBe(true);
  });

  test("an entry of another plugin changes nothing", () => {
    const state = fold(drawn(0));
    expect(whiteboardFold.apply(state, entry("message", {}, "chat"))).toBe(state);
  });
});

describe("annotations", () => {
  const over = (event: string, body: object): EntryInfo =>
    entry(event, { surface: "TR_1", ...body }, "annotate");

  test("are gone when the share ends", () => {
    let state = annotateFold.load({ surfaces: [], authors: [], everybody_draws: false }, 0);
    for (const one of [
      over("edited", { first_number: 0, added: [LINE] }),
      over("frozen", { file_id: "FI_1" }),
      over("everybody_draws", { is_allowed: true }),
    ]) {
      state = annotateFold.apply(state, one);
    }
    expect(countOf(state.drawing.surfaces.get("TR_1") ?? EMPTY_SURFACE)).toBe(1);
    expect(state.frozen.get("TR_1")).toBe("FI_1");
    expect(state.everybodyDraws).toBe(true);
    seq += 1;
    const ended: EntryInfo = {
      seq,
      at_us: 0,
      author: null,
      kind: "room.track_unpublished",
      body: { track_id: "TR_1" },
    };
    state = annotateFold.apply(state, ended);
    expect([state.drawing.surfaces.size, state.frozen.size]).toEqual([0, 0]);
  });

  test("come with the view", () => {
    const overlay = { surface: "TR_1", items: [[0, 0, LINE]], is_whole: true, frozen: "FI_2" };
    const state = annotateFold.load(
      { surfaces: [overlay], authors: ["ana"], everybody_draws: true },
      5,
    );
    expect(countOf(state.drawing.surfaces.get("TR_1") ?? EMPTY_SURFACE)).toBe(1);
    expect(state.frozen.get("TR_1")).toBe("FI_2");
  });
});

test("5,000 strokes are folded in a moment", () => {
  const entries = Array.from({ length: 5_000 }, (_, number) => drawn(number));
  const startMs = performance.now();
  const state = fold(...entries);
  expect(performance.now() - startMs).toBeLessThan(1_500);
  expect(countOf(page(state))).toBe(5_000);
});
