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
import type { StageItem } from "../../state/stage_items";

const RED = 2;
const kit = new Kit(RED);
/** The track over whose picture one draws just now. */
export const drawnOver = signal<string | null>(null);
const easels = new WeakMap<Room, Map<string, Easel>>();

export function annotationsOf(call: Call): PluginState<AnnotateState> {
  return call.room.plugin(annotateFold);
}

export function runsRoom(call: Call): boolean {
  const role = call.room.self?.role;
  return role === "host" || role === "assistant";
}

export function mayDraw(call: Call, item: Pick<StageItem, "isSelf">): boolean {
  const { room } = call;
  const everybody = annotationsOf(call).state.everybodyDraws && room.self?.role === "merchant";
  return room.grants.canDraw || everybody || item.isSelf;
}

export function easelOf(call: Call, item: StageItem, trackId: string): Easel {
  const { room } = call;
  const known = easels.get(room) ?? new Map<string, Easel>();
  easels.set(room, known);
  const there = known.get(trackId);
  if (there !== undefined) return there;
  const rights = { mayDraw: () => mayDraw(call, item) };
  const port = drawingPort(call, annotationsOf(call), trackId, rights);
  const drafts: Drafts = new Drafts(trackId, () => easel.space.yScale);
  const easel: Easel = new Easel(port, kit, pictureSpace({ width: 16, height: 9 }), drafts, {
    isFixed: true,
  });
  known.set(trackId, easel);
  return easel;
}
