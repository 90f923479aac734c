import { describe, expect, test } from "vitest";

import type { RequestFailed } from "../src/client/protocol";
import { Session } from "../src/client/session";
import { TIMES_MS } from "../src/client/session_timers";
import { entry, kinds, sentTypes, takeOutputs, welcome } from "./builders";

const DETAILS = { token: "t", name: "Lin", media: null, device_id: null };
const OFFERING = { ...DETAILS, media: { sdp: "v=0", send_lines: [] } };

function newSession(random = 0.5): Session {
  return new Session({ random: () => random });
}

/** A session that joined at 0 and has nothing left to say. */
function joinedSession(random = 0.5): Session {
  const session = newSession(random);
  session.join(DETAILS, 0);
  session.handleOpened(0);
  session.handleMessage(welcome(), 0);
  takeOutputs(session);
  return session;
}

/** The same, its socket lost at `atMs`. */
function lostSession(atMs: number, random = 0.5): Session {
  const session = joinedSession(random);
  session.handleClosed(atMs);
  takeOutputs(session);
  return session;
}

/** A session whose socket is open and whose offer is with the server, by the ref 1. */
function preparedSession(): Session {
  const session = newSession();
  session.prepare(OFFERING, 0);
  session.handleOpened(3);
  expect(sentTypes(takeOutputs(session))).toEqual(["prepare"]);
  return session;
}

function failed(ref: number, code: string): RequestFailed {
  return { type: "request_failed", ref, code, message: "", retryable: true };
}

function reconnect(session: Session, nowMs: number): void {
  session.handleTime(nowMs);
  session.handleOpened(nowMs);
}

describe("joining", () => {
  test("connects, then says hello with the offer, then is joined", () => {
    const session = newSession();
    session.join({ ...DETAILS, media: { sdp: "v=0", send_lines: [] } }, 0);
    expect(kinds(takeOutputs(session))).toEqual(["phase_changed", "connect"]);
    session.handleOpened(5);
    const [hello] = takeOutputs(session);
    expect(hello).toMatchObject({
      kind: "send",
      message: {
        type: "hello",
        protocol_version: 1,
        token: "t",
        name: "Lin",
        media: { sdp: "v=0" },
      },
    });
    session.handleMessage(welcome(), 9);
    expect(kinds(takeOutputs(session))).toEqual(["phase_changed", "welcomed"]);
    expect(session.phase).toBe("joined");
  });

  test("a socket that was opened ahead carries the hello at once", () => {
    const session = newSession();
    session.prepare(DETAILS, 0);
    session.handleOpened(3);
    expect(sentTypes(takeOutputs(session))).toEqual([]);
    session.join(DETAILS, 50);
    expect(sentTypes(takeOutputs(session))).toEqual(["hello"]);
  });

  test("a prepared socket that the server closes is opened anew by the click", () => {
    const session = newSession();
    session.prepare(DETAILS, 0);
    session.handleOpened(3);
    session.handleClosed(10_000);
    expect(session.phase).toBe("idle");
    takeOutputs(session);
    session.join(DETAILS, 20_000);
    expect(kinds(takeOutputs(session))).toContain("connect");
  });

  test("media that was opened ahead needs no offer in the hello", () => {
    const session = preparedSession();
    session.handleMessage({ type: "prepared", ref: 1, answer: "v=0 answer" }, 4);
    expect(takeOutputs(session)).toEqual([{ kind: "prepared", answer: "v=0 answer" }]);
    session.join(OFFERING, 50);
    expect(takeOutputs(session)).toContainEqual({
      kind: "send",
      message: expect.objectContaining({ type: "hello", media: null, is_prepared: true }),
    });
  });

  test("an offer that was not taken ahead goes with the hello", () => {
    const session = preparedSession();
    session.handleMessage(failed(1, "media.busy"), 4);
    session.join(OFFERING, 50);
    const [, hello] = takeOutputs(session);
    expect(hello).toMatchObject({ message: { type: "hello", media: OFFERING.media } });
    expect(hello).not.toMatchObject({ message: { is_prepared: true } });
  });

  test("what was prepared is lost with its socket, before the click without a word", () => {
    const session = preparedSession();
    session.handleClosed(60_000);
    expect(kinds(takeOutputs(session))).toEqual(["preparation_lost", "phase_changed"]);
    expect(session.phase).toBe("idle");
  });

  test("a server that has waited long enough for the click ends nothing", () => {
    const session = preparedSession();
    const gone = { type: "goodbye", code: "hello_timeout", message: "", retryable: false } as const;
    session.handleMessage(gone, 60_000);
    expect(session.phase).toBe("idle");
  });

  test("a join that finds nothing prepared comes again, with another offer", () => {
    const session = preparedSession();
    session.join(OFFERING, 50);
    takeOutputs(session);
    session.handleMessage(failed(2, "media.offer_needed"), 60);
    expect(kinds(takeOutputs(session))).toEqual(["disconnect", "preparation_lost"]);
    expect(session.phase).toBe("joining");
    session.join({ ...OFFERING, media: { sdp: "v=0 again", send_lines: [] } }, 90);
    session.handleOpened(95);
    const outputs = takeOutputs(session);
    expect(outputs.at(-1)).toMatchObject({
      message: { type: "hello", media: { sdp: "v=0 again" } },
    });
    session.handleMessage(welcome(), 99);
    expect(session.phase).toBe("joined");
  });

  test("without another offer the join is given up in time", () => {
    const session = preparedSession();
    session.join(OFFERING, 50);
    session.handleClosed(60);
    expect(session.nextDeadlineMs()).toBe(50 + TIMES_MS.join);
    session.handleTime(50 + TIMES_MS.join);
    expect(session.phase).toBe("ended");
  });

  test("after the welcome a lost socket takes nothing with it", () => {
    const session = preparedSession();
    session.join(OFFERING, 50);
    session.handleMessage(welcome(), 60);
    takeOutputs(session);
    session.handleClosed(100);
    expect(kinds(takeOutputs(session))).not.toContain("preparation_lost");
    expect(session.phase).toBe("reconnecting");
  });

  test("entries that overtake the welcome are held back, and those it covers are dropped", () => {
    const session = newSession();
    session.join(DETAILS, 0);
    session.handleOpened(0);
    takeOutputs(session);
    session.handleMessage({ type: "entries", entries: [entry(10), entry(11)] }, 1);
    expect(takeOutputs(session)).toEqual([]);
    session.handleMessage(welcome({ seq: 10 }), 2);
    expect(takeOutputs(session).at(-1)).toEqual({ kind: "entries", entries: [entry(11)] });
  });

  test("a refused token ends it with the server's code", () => {
    const session = newSession();
    session.join(DETAILS, 0);
    session.handleOpened(0);
    const refusal = { code: "token.expired", message: "", retryable: false };
    session.handleMessage({ type: "request_failed", ref: 1, ...refusal }, 1);
    const outputs = takeOutputs(session);
    expect(outputs.at(-1)).toMatchObject({ kind: "ended", error: { code: "token.expired" } });
    expect(kinds(outputs)).toContain("disconnect");
  });

  test("a passing refusal is tried again until time is up, and then named", () => {
    const session = newSession();
    session.join(DETAILS, 0);
    session.handleOpened(0);
    const refusal = { code: "actor.mailbox_full", message: "", retryable: true };
    session.handleMessage({ type: "request_failed", ref: 1, ...refusal }, 1);
    takeOutputs(session);
    session.handleTime(session.nextDeadlineMs() ?? 0);
    expect(kinds(takeOutputs(session))).toContain("connect");
    session.handleTime(TIMES_MS.join);
    expect(takeOutputs(session).at(-1)).toMatchObject({ error: { code: "actor.mailbox_full" } });
  });

  test("no answer for too long ends it, and it may be tried again", () => {
    const session = newSession();
    session.join(DETAILS, 0);
    session.handleTime(TIMES_MS.join);
    const error = { code: "connection.failed", retryable: true };
    expect(takeOutputs(session).at(-1)).toMatchObject({ kind: "ended", error });
  });

  test("a connect that neither succeeds nor fails is given up and repeated", () => {
    const session = newSession();
    session.join(DETAILS, 0);
    takeOutputs(session);
    session.handleTime(TIMES_MS.connect);
    expect(kinds(takeOutputs(session))).toContain("disconnect");
    session.handleTime(session.nextDeadlineMs() ?? 0);
    expect(kinds(takeOutputs(session))).toContain("connect");
  });
});

describe("entries", () => {
  test("pass once and in order, whatever way they come", () => {
    const session = joinedSession();
    session.handleMessage({ type: "entries", entries: [entry(13), entry(12)] }, 1);
    session.handleMessage({ type: "entries", entries: [entry(12), entry(13), entry(15)] }, 2);
    const passed = takeOutputs(session).flatMap((output) =>
      output.kind === "entries" ? output.entries.map(({ seq }) => seq) : [],
    );
    expect(passed).toEqual([12, 13, 15]);
    expect(session.lastSeq).toBe(15);
  });

  test("nothing is put out when nothing is new", () => {
    const session = joinedSession();
    session.handleMessage({ type: "entries", entries: [entry(9), entry(10)] }, 1);
    expect(takeOutputs(session)).toEqual([]);
  });
});

describe("a lost socket", () => {
  test("is resumed with the last seq and the latest token", () => {
    const session = joinedSession();
    session.handleMessage({ type: "entries", entries: [entry(14)] }, 1);
    session.handleClosed(100);
    expect(session.phase).toBe("reconnecting");
    takeOutputs(session);
    reconnect(session, session.nextDeadlineMs() ?? 0);
    expect(takeOutputs(session).at(-1)).toMatchObject({
      message: { type: "resume", resume_token: "first", last_seq: 14 },
    });
    const slotViews = { slot_views: [], resume_token: "second", can_publish: [], grants: null };
    session.handleMessage({ type: "resumed", ref: 2, entries: [entry(15)], ...slotViews }, 900);
    expect(kinds(takeOutputs(session))).toEqual(["phase_changed", "entries", "resumed"]);
    session.handleClosed(1_000);
    reconnect(session, session.nextDeadlineMs() ?? 0);
    expect(takeOutputs(session).at(-1)).toMatchObject({
      message: { resume_token: "second", last_seq: 15 },
    });
  });

  test("entries pushed before the answer to resume keep their place", () => {
    const session = lostSession(0);
    reconnect(session, 500);
    takeOutputs(session);
    session.handleMessage({ type: "entries", entries: [entry(13)] }, 501);
    const state = { slot_views: [], resume_token: "x", can_publish: [], grants: null };
    const resumed = { entries: [entry(11), entry(12)], ...state };
    session.handleMessage({ type: "resumed", ref: 2, ...resumed }, 502);
    const entries = [entry(11), entry(12), entry(13)];
    expect(takeOutputs(session)).toContainEqual({ kind: "entries", entries });
  });

  test("waits longer each time, with jitter, and never longer than the bound", () => {
    const waits = (random: number): number[] => {
      const session = lostSession(0, random);
      return Array.from({ length: 7 }, () => {
        const at = session.nextDeadlineMs() ?? 0;
        session.handleTime(at);
        session.handleClosed(at);
        return Math.round((session.nextDeadlineMs() ?? 0) - at);
      });
    };
    expect(waits(1)).toEqual([800, 1600, 3200, 5000, 5000, 5000, 5000]);
    expect(waits(0)).toEqual([400, 800, 1600, 2500, 2500, 2500, 2500]);
  });

  test("is given up when the server's window is over", () => {
    const session = lostSession(1_000);
    session.handleTime(30_999);
    expect(session.phase).toBe("reconnecting");
    session.handleTime(31_000);
    const error = { code: "connection.resume_window_over", retryable: true };
    expect(takeOutputs(session).at(-1)).toMatchObject({ kind: "ended", error });
    expect(session.nextDeadlineMs()).toBeNull();
  });

  test("a refused resume ends the session", () => {
    const session = lostSession(0);
    reconnect(session, 500);
    takeOutputs(session);
    const refusal = { code: "resume.unknown", message: "", retryable: false };
    session.handleMessage({ type: "request_failed", ref: 2, ...refusal }, 501);
    expect(takeOutputs(session).at(-1)).toMatchObject({ error: { code: "resume.unknown" } });
  });

  test("a network that is back is tried at once", () => {
    const session = lostSession(0);
    session.wake(10);
    expect(kinds(takeOutputs(session))).toEqual(["connect"]);
  });

  test("is noticed by a ping that is not answered", () => {
    const session = joinedSession();
    session.handleTime(TIMES_MS.pingEvery);
    expect(sentTypes(takeOutputs(session))).toEqual(["ping"]);
    session.handleTime(TIMES_MS.pingEvery + TIMES_MS.pong);
    expect(kinds(takeOutputs(session))).toContain("disconnect");
    expect(session.phase).toBe("reconnecting");
  });

  test("a ping that is answered keeps the session", () => {
    const session = joinedSession();
    session.handleTime(TIMES_MS.pingEvery);
    session.handleMessage({ type: "pong", ref: 2 }, TIMES_MS.pingEvery + 1);
    session.handleTime(TIMES_MS.pingEvery + TIMES_MS.pong);
    expect(session.phase).toBe("joined");
  });
});

describe("requests", () => {
  test("are answered by their ref, once", () => {
    const session = joinedSession();
    const ref = session.request({ type: "set_view", tiles: [] }, 0);
    takeOutputs(session);
    session.handleMessage({ type: "request_succeeded", ref, seq: null }, 1);
    session.handleMessage({ type: "request_succeeded", ref, seq: null }, 2);
    expect(takeOutputs(session)).toHaveLength(1);
  });

  test("time out, and a late answer is passed over", () => {
    const session = joinedSession();
    const ref = session.request({ type: "set_view", tiles: [] }, 0);
    takeOutputs(session);
    session.handleTime(TIMES_MS.request);
    const error = { code: "connection.request_timeout", retryable: true };
    expect(takeOutputs(session)[0]).toMatchObject({ kind: "failed", ref, error });
    session.handleMessage({ type: "request_succeeded", ref, seq: null }, TIMES_MS.request + 1);
    expect(kinds(takeOutputs(session))).not.toContain("answered");
  });

  test("fail with the server's code", () => {
    const session = joinedSession();
    const ref = session.request({ type: "publish_track", source: "screen_share" }, 0);
    takeOutputs(session);
    const failure = { code: "screen_share.taken", message: "", retryable: false };
    session.handleMessage({ type: "request_failed", ref, ...failure }, 1);
    const error = { code: "screen_share.taken", retryable: false };
    expect(takeOutputs(session)[0]).toMatchObject({ kind: "failed", ref, error });
  });

  test("fail when the socket is lost, and at once while there is none", () => {
    const session = joinedSession();
    const ref = session.request({ type: "set_view", tiles: [] }, 0);
    session.handleClosed(1);
    const error = { code: "connection.lost" };
    expect(takeOutputs(session)).toContainEqual(expect.objectContaining({ kind: "failed", ref }));
    session.request({ type: "set_view", tiles: [] }, 2);
    const outputs = takeOutputs(session);
    expect(outputs[0]).toMatchObject({ kind: "failed", error });
    expect(sentTypes(outputs)).toEqual([]);
  });
});

describe("the end", () => {
  test.each([
    ["duplicate_identity", false],
    ["removed", false],
    ["room_closed", false],
    ["server_stopping", true],
  ])("goodbye %s ends it for good", (code, retryable) => {
    const session = joinedSession();
    session.handleMessage({ type: "goodbye", code, message: "", retryable }, 1);
    expect(takeOutputs(session).at(-1)).toMatchObject({ error: { code, retryable } });
    session.handleClosed(2);
    session.handleTime(60_000);
    session.wake(60_000);
    expect(takeOutputs(session)).toEqual([]);
    expect(session.nextDeadlineMs()).toBeNull();
  });

  test("leaving waits for the goodbye, but not for long", () => {
    const session = joinedSession();
    session.leave(0);
    expect(sentTypes(takeOutputs(session))).toEqual(["leave"]);
    session.handleTime(TIMES_MS.leave);
    expect(takeOutputs(session).at(-1)).toMatchObject({ kind: "ended", error: { code: "left" } });
  });

  test("a socket that closes while leaving means that one has left", () => {
    const session = joinedSession();
    session.leave(0);
    session.handleClosed(5);
    expect(takeOutputs(session).at(-1)).toMatchObject({ kind: "ended", error: { code: "left" } });
  });

  test("leaving while the connection is lost is done at once", () => {
    const session = lostSession(0);
    session.leave(1);
    expect(session.phase).toBe("ended");
  });
});

describe("waiting at the door", () => {
  const WAITING = {
    type: "waiting",
    ref: 1,
    code: "lobby.waiting_room",
    message: "",
    position: 3,
    places: null,
  } as const;

  function waitingSession(): Session {
    const session = newSession();
    session.join(DETAILS, 0);
    session.handleOpened(0);
    takeOutputs(session);
    session.handleMessage(WAITING, 0);
    return session;
  }

  test("is told, and lasts as long as it must", () => {
    const session = waitingSession();
    expect(kinds(takeOutputs(session))).toEqual(["phase_changed", "waits"]);
    expect(session.phase).toBe("waiting");
    session.handleMessage({ ...WAITING, position: 2 }, 60_000);
    expect(kinds(takeOutputs(session))).toEqual(["waits"]);
    expect(session.giveUpAtMs).toBeNull();
    session.handleMessage(welcome(), 7_200_000);
    expect(kinds(takeOutputs(session))).toEqual(["phase_changed", "welcomed"]);
    expect(session.phase).toBe("joined");
  });

  test("the connection is looked after by pings", () => {
    const session = waitingSession();
    takeOutputs(session);
    session.handleTime(TIMES_MS.pingEvery);
    expect(sentTypes(takeOutputs(session))).toEqual(["ping"]);
    session.handleTime(TIMES_MS.pingEvery + TIMES_MS.pong);
    expect(kinds(takeOutputs(session))).toContain("disconnect");
  });

  test("a lost connection says hello again, and still waits", () => {
    const session = waitingSession();
    session.handleClosed(1_000);
    expect(session.phase).toBe("waiting");
    takeOutputs(session);
    reconnect(session, 10_000);
    expect(sentTypes(takeOutputs(session))).toEqual(["hello"]);
    session.handleMessage({ ...WAITING, ref: 2 }, 10_100);
    expect(session.giveUpAtMs).toBeNull();
  });

  test("it is given up some day", () => {
    const session = waitingSession();
    session.handleClosed(1_000);
    session.handleTime(1_000 + TIMES_MS.door);
    expect(session.phase).toBe("ended");
  });

  test("a server that restarts is asked again; a room that closes is not", () => {
    const stopping = waitingSession();
    takeOutputs(stopping);
    const goodbye = { type: "goodbye", message: "" } as const;
    stopping.handleMessage({ ...goodbye, code: "server_stopping", retryable: true }, 1_000);
    expect(kinds(takeOutputs(stopping))).toEqual(["disconnect"]);
    expect(stopping.phase).toBe("waiting");
    const closing = waitingSession();
    closing.handleMessage({ ...goodbye, code: "room_closed", retryable: false }, 1_000);
    expect(closing.phase).toBe("ended");
  });

  test("a refusal ends it with the host's words", () => {
    const session = waitingSession();
    takeOutputs(session);
    session.handleMessage(
      { type: "request_failed", ref: 1, code: "lobby.refused", message: "No.", retryable: false },
      1_000,
    );
    expect(takeOutputs(session).at(-1)).toMatchObject({
      kind: "ended",
      error: { code: "lobby.refused", message: "No." },
    });
  });

  test("leaving is said to the server", () => {
    const session = waitingSession();
    takeOutputs(session);
    session.leave(1_000);
    expect(sentTypes(takeOutputs(session))).toEqual(["leave"]);
  });
});
