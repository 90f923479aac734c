/** Annotations as this page has them: over which picture one draws, and one easel for each. */

import { signal } from "@preact/signals";

import type { PluginState, Room } from "../../../client";
import type { AnnotateState } from "../../../client/plugins/annotate";
import { annotateFold } from "../../../client/plugins/annotate";
import { Drafts } from "../../drawing/drafts";
import { Easel } from "../../drawing/easel";
import { Kit } from "../../drawing/kit";
import { drawingPort } from "../../drawing/port";
import { pictureSpace } from "../../drawing/space";
import type { Call } from "../../state/call";

const RED = 2;
const kit = new Kit(RED);
/** The track over whose picture one draws just now. */
export const drawnOver = signal<string | null>(null);
/** One draws on the pages of documents just now: also on the next one, after leafing. */
export const drawsOnPages = signal(false);
const easels = new WeakMap<Room, Map<string, Easel>>();

export function annotationsOf(call: Call): PluginState<AnnotateState> {
  return call.room.plugin(annotateFold);
}

export function runsRoom(call: Call): boolean {
  const role = call.room.self?.role;
  return role === "host" || role === "assistant";
}

/** `isOwn`: it is one's own picture. */
export function mayDraw(call: Call, isOwn: boolean): boolean {
  const { room } = call;
  const everybody = annotationsOf(call).state.everybodyDraws && room.self?.role === "merchant";
  return room.grants.canDraw || everybody || isOwn;
}

export function easelOf(call: Call, surface: string, isOwn: boolean): Easel {
  const { room } = call;
  const known = easels.get(room) ?? new Map<string, Easel>();
  easels.set(room, known);
  const there = known.get(surface);
  if (there !== undefined) return there;
  const rights = { mayDraw: () => mayDraw(call, isOwn) };
  const port = drawingPort(call, annotationsOf(call), surface, rights);
  const drafts: Drafts = new Drafts(surface, () => easel.space.yScale);
  const easel: Easel = new Easel(port, kit, pictureSpace({ width: 16, height: 9 }), drafts, {
    isFixed: true,
  });
  known.set(surface, easel);
  return easel;
}
