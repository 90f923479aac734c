import { expect, test } from "vitest";

import { EmporionError } from "../src/client/errors";
import type { ChatState } from "../src/client/plugins/chat";
import { chatFold, withReading } from "../src/client/plugins/chat";
import { ChatOutbox } from "../src/client/plugins/chat_outbox";
import { withGroupPage } from "../src/client/plugins/chat_groups";
import { entry } from "./builders";

const BODY = { message_id: "EV_1", text: "hello", to: null, author_name: "Lin" };
const EMPTY = chatFold.load(undefined, 0);

function said(seq: number, changes: object = {}): ReturnType<typeof entry> {
  return entry(seq, { kind: "chat.message", author: "PA_1", body: { ...BODY, ...changes } });
}

function listed(seq: number, changes: object = {}): object {
  return { ...BODY, seq, at_us: seq, author: "PA_1", message_id: `EV_${seq}`, ...changes };
}

function history(body: object): Parameters<NonNullable<typeof chatFold.signal>>[1] {
  return { type: "plugin_signalled", plugin: "chat", event: "history", author: null, body };
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}

function quiet(): void {
  // Nobody draws in these tests.
}

/** An outbox over a plugin whose state and answers the test decides. */
function outbox(request: (body: object) => Promise<never>): {
  box: ChatOutbox;
  plugin: { state: ChatState; request: (body: object) => Promise<never> };
} {
  const plugin = { state: EMPTY, request };
  return { box: new ChatOutbox(plugin, quiet), plugin };
}

test("history comes from the view, what is newer from entries", () => {
  let state = chatFold.load({ messages: [listed(4)], total: 1 }, 5);
  state = chatFold.apply(state, said(4));
  state = chatFold.apply(state, said(6, { message_id: "EV_6", to: ["PA_me"] }));
  state = chatFold.apply(state, said(6, { message_id: "EV_6", to: ["PA_me"] }));
  expect(state.messages.map(({ seq, to }) => [seq, to])).toEqual([
    [4, null],
    [6, ["PA_me"]],
  ]);
  expect(state.hasMore).toBe(false);
});

test("older messages come before the first one, each once", () => {
  let state = chatFold.load({ messages: [listed(8), listed(9)], total: 5 }, 9);
  expect(state.hasMore).toBe(true);
  const page = { before_seq: 8, messages: [listed(5), listed(7)], has_more: true };
  for (let time = 0; time < 2; time += 1) {
    state = chatFold.signal?.(state, history(page)) ?? state;
    expect(state.messages.map(({ seq }) => seq)).toEqual([5, 7, 8, 9]);
    expect(state.hasMore).toBe(true);
  }
  const last = { before_seq: 5, messages: [listed(2)], has_more: false };
  state = chatFold.signal?.(state, history(last)) ?? state;
  expect([state.messages.length, state.hasMore]).toEqual([5, false]);
});

test("of a deleted message nothing is left, not even where it was quoted", () => {
  const reply_to = { message_id: "EV_4", author_name: "Lin", text: "hello" };
  let state = chatFold.load({ messages: [listed(4), listed(5, { reply_to })], total: 2 }, 5);
  const deletion = { kind: "chat.message_deleted", body: { message_id: "EV_4" } };
  state = chatFold.apply(state, entry(6, deletion));
  expect(state.messages[0]).toMatchObject({ text: "", image: null, isDeleted: true });
  expect(state.messages[1]?.replyTo).toMatchObject({ messageId: "EV_4", text: "" });
});

test("who may write is known from the view and follows changes", () => {
  let state = chatFold.load({ messages: [], total: 0, slow_s: 5 }, 1);
  expect([state.slowS, state.hostsOnly]).toEqual([5, false]);
  const body = { slow_s: 0, hosts_only: true };
  state = chatFold.apply(state, entry(2, { kind: "chat.mode_changed", body }));
  expect([state.slowS, state.hostsOnly]).toEqual([0, true]);
});

test("mentions, a quote and a picture are read", () => {
  const image = { file_id: "FI_1", name: "a.png", width_px: 4, height_px: 3, alt: "shop" };
  const body = { image, mentions: ["lin"], reply_to: { message_id: "EV_0", author_name: "Mo" } };
  const state = chatFold.apply(EMPTY, said(3, body));
  expect(state.messages[0]).toMatchObject({
    image: { fileId: "FI_1", widthPx: 4, heightPx: 3, alt: "shop" },
    mentions: ["lin"],
    replyTo: { messageId: "EV_0", authorName: "Mo", text: "" },
  });
});

test("a message waits until it is confirmed", async () => {
  const requests: object[] = [];
  const { box } = outbox((body) => Promise.resolve(requests.push(body) as never));
  box.send({ text: "hi", to: "PA_2" });
  expect(box.unsent).toHaveLength(1);
  await settled();
  expect(requests).toMatchObject([{ type: "send_message", text: "hi", to: ["PA_2"] }]);
  expect(box.unsent).toEqual([]);
});

test("a failed message stays, and goes out as the same one when it is tried again", async () => {
  const answers = [
    Promise.reject(new EmporionError("chat.rate_limited", "", true)),
    Promise.resolve(undefined as never),
  ];
  const nonces: unknown[] = [];
  const { box } = outbox((body) => {
    nonces.push((body as { nonce: string }).nonce);
    return answers.shift() ?? Promise.resolve(undefined as never);
  });
  box.send({ text: "hi", to: null });
  await settled();
  expect(box.unsent).toMatchObject([
    { draft: { text: "hi" }, error: { code: "chat.rate_limited" } },
  ]);
  box.retry(box.unsent[0]?.nonce ?? "");
  await settled();
  expect(box.unsent).toEqual([]);
  expect(nonces[0]).toBe(nonces[1]);
});

test("a message whose answer was lost is known by its entry", async () => {
  const lost = new EmporionError("connection.lost", "", true);
  const { box, plugin } = outbox(() => Promise.reject(lost));
  box.send({ text: "hello", to: null });
  await settled();
  const nonce = box.unsent[0]?.nonce ?? "";
  plugin.state = chatFold.apply(plugin.state, said(7, { nonce }));
  expect(box.unsent).toEqual([]);
  expect(plugin.state.messages).toHaveLength(1);
});

test("the same words of somebody else confirm nothing", async () => {
  const lost = new EmporionError("connection.lost", "", true);
  const { box, plugin } = outbox(() => Promise.reject(lost));
  box.send({ text: "hello", to: null });
  await settled();
  plugin.state = chatFold.apply(plugin.state, said(7));
  expect(box.unsent).toHaveLength(1);
});

test("older messages stay for as long as they are read, within a bound", () => {
  let state = chatFold.load({ messages: [listed(1), listed(2)], total: 2 }, 2);
  state = withReading(state, true);
  for (let seq = 3; seq <= 5_200; seq += 1) {
    state = chatFold.apply(state, said(seq, { message_id: `EV_${seq}` }));
  }
  expect([state.messages[0]?.seq, state.messages.length]).toEqual([1, 5_200]);
  state = withReading(state, false);
  expect([state.messages[0]?.seq, state.messages.length, state.hasMore]).toEqual([201, 5_000, true]);
  state = chatFold.apply(state, said(5_201, { message_id: "EV_5201" }));
  expect([state.messages[0]?.seq, state.messages.length]).toEqual([202, 5_000]);
});

test("what a group said comes in pages, each once and at its place", () => {
  const page = (before_seq: number | null, seqs: number[], has_more: boolean): ReturnType<typeof history> => ({
    ...history({ group_id: "RM_tea", before_seq, messages: seqs.map((seq) => listed(seq)), has_more }),
    event: "group_history",
  });
  const newest = withGroupPage(null, page(null, [8, 9], true), "RM_tea");
  expect(withGroupPage(newest, page(null, [8, 9], true), "RM_tea")).toBeNull();
  expect(withGroupPage(newest, page(8, [6, 7], false), "RM_silk")).toBeNull();
  const all = withGroupPage(newest, page(8, [6, 7], false), "RM_tea");
  expect(all?.messages.map((message) => message.seq)).toEqual([6, 7, 8, 9]);
  expect(all?.hasMore).toBe(false);
});
