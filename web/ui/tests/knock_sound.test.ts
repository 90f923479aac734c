/** The sound at the door: once for many, silent where it may not sound or nobody wants it. */

import { beforeEach, expect, test, vi } from "vitest";

interface Tone {
  hertz: number;
}

const played: Tone[] = [];
const activation = { hasBeenActive: true };

class FakeContext {
  currentTime = 0;
  state = "running";
  destination = {};
  createOscillator(): object {
    const tone = { hertz: 0 };
    return {
      frequency: { setValueAtTime: (hertz: number) => (tone.hertz = hertz) },
      connect: (next: object) => next,
      start: () => played.push(tone),
      stop: () => undefined,
    };
  }
  createGain(): object {
    const gain = { setValueAtTime: () => undefined, exponentialRampToValueAtTime: () => undefined };
    return { gain, connect: (next: object) => next };
  }
}

beforeEach(() => {
  vi.resetModules();
  played.length = 0;
  activation.hasBeenActive = true;
  const stored = new Map<string, string>();
  vi.stubGlobal("AudioContext", FakeContext);
  vi.stubGlobal("navigator", { userActivation: activation });
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  });
});

test("two taps, and many who come at once are one knock", async () => {
  const { playKnock } = await import("../src/pages/features/lobby/knock_sound");
  expect(playKnock(1_000)).toBe(true);
  expect(played).toHaveLength(2);
  expect(playKnock(2_000)).toBe(false);
  expect(playKnock(6_000)).toBe(true);
});

test("a page that nobody has touched yet stays silent", async () => {
  const { playKnock } = await import("../src/pages/features/lobby/knock_sound");
  activation.hasBeenActive = false;
  expect(playKnock(1_000)).toBe(false);
  activation.hasBeenActive = true;
  expect(playKnock(1_100)).toBe(true);
});

test("whoever wants no sound is remembered", async () => {
  const first = await import("../src/pages/features/lobby/knock_sound");
  first.setKnockHeard(false);
  expect(first.playKnock(1_000)).toBe(false);
  vi.resetModules();
  const again = await import("../src/pages/features/lobby/knock_sound");
  expect(again.isKnockHeard.value).toBe(false);
});
