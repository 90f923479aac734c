import { expect, test } from "vitest";

import { readToken } from "../src/client/token";
import { mediaLinesOf } from "../src/pages/state/media_lines";

function tokenOf(payload: object): string {
  return `x.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.x`;
}

test("reads LiveKit's grants and a Chinese name", () => {
  const grants = { room: "三班", template: "class", role: "merchant" };
  const token = tokenOf({ sub: "lin", name: "林晓雨", exp: 5, video: grants });
  expect(readToken(token)).toEqual({
    room: "三班",
    identity: "lin",
    name: "林晓雨",
    template: "class",
    role: "merchant",
    canPublish: true,
    expiresAtUnixS: 5,
  });
});

test("reads flat grants, and a link for many names nobody", () => {
  const token = tokenOf({ sub: "merchant", shared: true, room: "r" });
  expect(readToken(token)).toMatchObject({ room: "r", name: "", template: null });
});

test.each(["", "x", "a.b.c", "a.e30", tokenOf([])])("%j is no crash", (token) => {
  const claims = readToken(token);
  if (claims !== null) expect(claims.room).toBe("");
});

test.each([
  ["guidance", 2],
  ["class", 12],
  ["briefing", 4],
  ["academy", 12],
  [null, 12],
])("a room of template %s shows %i pictures at once", (template, slots) => {
  const claims = readToken(tokenOf({ sub: "a", video: { room: "r", template } }));
  if (claims === null) throw new Error("unreadable");
  expect(mediaLinesOf(claims, "").videoSlots).toBe(slots);
});

test.each([
  ["?camera=svc", "svc", "vp8"],
  ["?camera=film&codec=h261", "simulcast", "vp8"],
  ["?codec=av1", "simulcast", "av1"],
  ["", "simulcast", "vp8"],
])("a link with %j sends cameras by %s, in %s", (query, camera, codec) => {
  const claims = readToken(tokenOf({ sub: "a", video: { room: "r" } }));
  if (claims === null) throw new Error("unreadable");
  expect(mediaLinesOf(claims, query).sending).toEqual({ camera, codec });
});

test.each([
  [{ role: "merchant" }, true],
  [{ role: "merchant", canPublish: false }, false],
  [{ role: "observer" }, false],
  [{ role: "observer", canPublishSources: ["microphone"] }, true],
])("%j may publish: %s", (grants, expected) => {
  expect(readToken(tokenOf({ sub: "a", video: grants }))?.canPublish).toBe(expected);
});
