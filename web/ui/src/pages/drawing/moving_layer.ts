/** Paints what moves: strokes in the making, selections, cursors and laser pointers. */

import type { Cursor } from "./drafts";
import { TRAIL_MS } from "./drafts";
import type { Easel } from "./easel";
import { paintFramed } from "./framing";
import { WORDS_FONT } from "./measuring";
import type { Context, Pictures } from "./painter";
import { paintShape } from "./painter";
import { paintSelection } from "./selecting";
import type { Point } from "./space";

const LASER = "#e5281b";

export type NameOf = (participantId: string) => { name: string; colour: string };

export function paintMoving(
  easel: Easel,
  context: Context,
  pictures: Pictures,
  nameOf: NameOf,
): void {
  const nowMs = performance.now();
  easel.drafts.prune(easel.port.drawing().finishedDrafts, nowMs);
  easel.drafts.paint(context, pictures);
  for (const { items, frame } of easel.drafts.moves.list()) {
    paintFramed(context, items, frame, { space: easel.space, pictures });
  }
  for (const shape of easel.unconfirmed.values()) paintShape(context, shape, pictures);
  easel.preview?.(context, pictures);
  paintSelection(easel, context);
  for (const cursor of easel.drafts.cursors()) paintCursor(easel, context, cursor, nowMs, nameOf);
  const own = easel.pointer.trail.filter((old) => nowMs - old.ms < TRAIL_MS);
  easel.pointer.trail = own;
  paintTrail(easel, context, own, nowMs);
  const hasTrail =
    own.length > 0 || easel.drafts.cursors().some((cursor) => cursor.trail.length > 0);
  if (hasTrail) easel.repaint();
}

function paintCursor(
  easel: Easel,
  context: Context,
  cursor: Cursor,
  nowMs: number,
  nameOf: NameOf,
): void {
  const { name, colour } = nameOf(cursor.participantId);
  const unit = easel.reach(1);
  const { x, y } = cursor.at;
  if (cursor.isLaser) {
    paintTrail(easel, context, cursor.trail, nowMs);
    context.fillStyle = LASER;
    context.beginPath();
    context.arc(x, y, 5 * unit, 0, 2 * Math.PI);
    context.fill();
  } else {
    context.fillStyle = colour;
    context.strokeStyle = "#ffffff";
    context.lineWidth = 1.5 * unit;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + 4.5 * unit, y + 14 * unit);
    context.lineTo(x + 7.5 * unit, y + 8 * unit);
    context.lineTo(x + 14 * unit, y + 6 * unit);
    context.closePath();
    context.stroke();
    context.fill();
  }
  paintName(context, name, { x: x + 12 * unit, y: y + 20 * unit }, colour, unit);
}

function paintName(context: Context, name: string, at: Point, colour: string, unit: number): void {
  const shown = name.length > 24 ? `${name.slice(0, 23)}…` : name;
  context.font = `600 ${12 * unit}px ${WORDS_FONT}`;
  context.textBaseline = "middle";
  const width = context.measureText(shown).width;
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(at.x, at.y - 9 * unit, width + 12 * unit, 18 * unit, 5 * unit);
  context.fill();
  context.fillStyle = "#ffffff";
  context.fillText(shown, at.x + 6 * unit, at.y);
}

function paintTrail(
  easel: Easel,
  context: Context,
  trail: readonly { readonly at: Point; readonly ms: number }[],
  nowMs: number,
): void {
  context.strokeStyle = LASER;
  context.lineCap = "round";
  context.lineWidth = easel.reach(5);
  for (let index = 1; index < trail.length; index++) {
    const from = trail[index - 1];
    const to = trail[index];
    if (from === undefined || to === undefined) continue;
    context.globalAlpha = Math.max(0, 1 - (nowMs - to.ms) / TRAIL_MS);
    context.beginPath();
    context.moveTo(from.at.x, from.at.y);
    context.lineTo(to.at.x, to.at.y);
    context.stroke();
  }
  context.globalAlpha = 1;
}
