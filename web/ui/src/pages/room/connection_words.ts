import type { LinkChanged, Quality } from "../../client";
import { texts } from "./connection_texts";

const SCREEN = {
  full: "screen_full",
  fewer_frames: "screen_fewer_frames",
  smaller: "screen_smaller",
  paused: "screen_paused",
} as const;
const CAMERAS = {
  fewer_frames: "cameras_fewer_frames",
  smaller: "cameras_smaller",
  paused: "cameras_paused",
} as const;

/** However quick the answers come: pictures that suffer are no good connection. */
export function feltQuality(measured: Quality, link: LinkChanged | null): Quality {
  const words = link === null ? [] : [link.screen, link.cameras];
  if (words.includes("paused")) return "poor";
  const suffers = words.includes("smaller") || words.includes("fewer_frames");
  return suffers && measured === "good" ? "fair" : measured;
}

/** What the server says of one's link, in sentences. Empty: it never had anything to say. */
export function connectionWords(link: LinkChanged | null, savesData: boolean): readonly string[] {
  if (savesData) return [texts("saving")];
  if (link === null) return [];
  const screen = link.screen in SCREEN ? SCREEN[link.screen as keyof typeof SCREEN] : null;
  const cameras = link.cameras in CAMERAS ? CAMERAS[link.cameras as keyof typeof CAMERAS] : null;
  const isFine = cameras === null && (screen === null || screen === "screen_full");
  const rate = texts("rate", { rate: rateText(link.available_bps) });
  if (isFine) return [texts("all")];
  return [rate, ...[cameras, screen].flatMap((key) => (key === null ? [] : [texts(key)]))];
}

/** 420 kbit/s, 2.4 Mbit/s: as people are told by those who sell lines. */
export function rateText(bps: number): string {
  if (bps < 1_000_000) return `${String(Math.round(bps / 10_000) * 10)} kbit/s`;
  return `${(bps / 1_000_000).toFixed(bps < 10_000_000 ? 1 : 0)} Mbit/s`;
}
