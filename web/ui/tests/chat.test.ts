import { expect, test } from "vitest";

import { Chat } from "../src/client/chat";
import { EmporionError } from "../src/client/errors";
import { entry } from "./builders";

const BODY = { message_id: "EV_1", text: "hello", to: null, author_name: "Lin" };

function said(seq: number, changes: object = {}): ReturnType<typeof entry> {
  return entry(seq, { kind: "chat.message", author: "PA_1", body: { ...BODY, ...changes } });
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}

function quiet(): void {
  // Nobody draws in these tests.
}

test("history comes from the view, what is newer from entries", () => {
  const chat = new Chat(() => Promise.resolve(), quiet);
  const old = { seq: 4, at_us: 1, author: "PA_1", ...BODY };
  chat.load({ seq: 5, body: { messages: [old], total: 1 } });
  chat.apply(said(4), "PA_me");
  chat.apply(said(6, { message_id: "EV_2", to: ["PA_me"] }), "PA_me");
  expect(chat.messages.map(({ seq, to }) => [seq, to])).toEqual([
    [4, null],
    [6, ["PA_me"]],
  ]);
});

test("a message waits until it is confirmed", async () => {
  const requests: unknown[] = [];
  const chat = new Chat((body) => Promise.resolve(requests.push(body)), quiet);
  chat.send("hi", "PA_2");
  expect(chat.unsent).toHaveLength(1);
  await settled();
  expect(requests).toEqual([{ type: "send_message", text: "hi", to: ["PA_2"] }]);
  expect(chat.unsent).toEqual([]);
});

test("a failed message stays, and goes out when it is tried again", async () => {
  const answers = [
    Promise.reject(new EmporionError("chat.rate_limited", "", true)),
    Promise.resolve(),
  ];
  const chat = new Chat(() => answers.shift() ?? Promise.resolve(), quiet);
  chat.send("hi", null);
  await settled();
  expect(chat.unsent).toMatchObject([{ text: "hi", error: { code: "chat.rate_limited" } }]);
  chat.retry(chat.unsent[0]?.localId ?? 0);
  await settled();
  expect(chat.unsent).toEqual([]);
});

test("a message whose answer was lost is known by its entry", async () => {
  const chat = new Chat(
    () => Promise.reject(new EmporionError("connection.lost", "", true)),
    quiet,
  );
  chat.send("hello", null);
  await settled();
  chat.apply(said(7, {}), "PA_1");
  expect(chat.unsent).toEqual([]);
  expect(chat.messages).toHaveLength(1);
});

test("the same words of somebody else confirm nothing", async () => {
  const chat = new Chat(
    () => Promise.reject(new EmporionError("connection.lost", "", true)),
    quiet,
  );
  chat.send("hello", null);
  await settled();
  chat.apply(said(7), "PA_me");
  expect(chat.unsent).toHaveLength(1);
});
