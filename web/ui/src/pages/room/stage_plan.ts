/** What stands large on the stage, and what stands beside it. Pure, but for reading the room. */

import type { FeatureStage } from "../features/feature";
import type { Call } from "../state/call";
import type { Area, Box } from "../state/layout";
import { arrangeFocus, arrangeGrid, splitFocus, splitThing, stripCapacity } from "../state/layout";
import type { StageItem } from "../state/stage_items";
import { focusOf, newestScreen, seqOf } from "../state/stage_items";

const MOST_TILES = 12;
/** Below this many square pixels a face is no longer a face. */
const SMALLEST_TILE = 14_000;

/** The height of the buttons that leaf through the tiles, with a gap above. */
const PAGER_PX = 54;

interface Plan {
  readonly perPage: number;
  readonly arrange: (count: number) => { boxes: Box[]; thingBox?: Box | undefined };
  /** Where the strip begins, if it stands beside what is large. */
  readonly stripLeft: number | null;
}

/** What stands large, or may. */
export interface Large {
  readonly focus: StageItem | null;
  readonly thing: Thing | null;
  /** The height of what stands below the picture in the tile of `focus`. */
  readonly barPx: number;
}

export interface PagedPlan extends Plan {
  readonly pages: number;
}

/**
 * How the stage is laid out for so many tiles in the strip or the grid.
 *
 * Those who do not fit are leafed to. The pager takes its room from a strip that stands beside what
 * is large, and only otherwise from everything: on a phone on its side each line counts.
 */
export function planOf(area: Area, large: Large, count: number): PagedPlan {
  const whole = unpagedPlan(area, large, 0);
  if (count <= whole.perPage) return { ...whole, pages: 1 };
  const lower = { ...area, height: area.height - PAGER_PX };
  const plan =
    whole.stripLeft === null
      ? { ...unpagedPlan(lower, large, 0), stripLeft: null }
      : unpagedPlan(area, large, PAGER_PX);
  return { ...plan, pages: Math.max(1, Math.ceil(count / plan.perPage)) };
}

/** Where a whiteboard or the like is open it stands large, and first in the strip if a tile does. */
function unpagedPlan(area: Area, { focus, thing, barPx }: Large, pagerPx: number): Plan {
  if (focus === null && thing === null) {
    const arrange = (count: number): { boxes: Box[] } => ({ boxes: arrangeGrid(area, count) });
    return { perPage: gridCapacity(area), arrange, stripLeft: null };
  }
  const { rest, ...split } = thing === null ? splitFocus(area, barPx) : splitThing(area);
  const strip = { ...split, rest: { width: rest.width, height: rest.height - pagerPx } };
  const perPage = Math.min(MOST_TILES - 1, stripCapacity(area, strip));
  const stripLeft = split.top === 0 ? split.left : null;
  if (thing === null) {
    const arrange = (count: number): { boxes: Box[] } => ({ boxes: arrangeFocus(area, count, strip) });
    return { perPage, arrange, stripLeft };
  }
  return {
    perPage: focus === null ? perPage : Math.max(1, perPage - 1),
    stripLeft,
    arrange: (count) => {
      const [first, second, ...others] = arrangeFocus(area, count + 1, strip);
      if (first === undefined) return { boxes: [] };
      if (second === undefined) return { boxes: [], thingBox: first };
      const [large, small] = focus === null ? [second, first] : [first, second];
      return { boxes: [large, ...others], thingBox: small };
    },
  };
}

/** What somebody wants large: a tile by its key, or the open thing. `newestSeq`: when it was chosen. */
export interface Pin {
  readonly key: string;
  readonly newestSeq: number;
}

/** The key of whatever a feature has open. */
export const THING = "thing";

interface Choice {
  readonly pin: Pin | null;
  readonly speaker: string;
  readonly isSpeakerLayout: boolean;
  /** Of the thing that is open; null: none is. */
  readonly thingSeq: number | null;
}

/**
 * The tile that stands large; null: the thing does, or all are alike.
 *
 * What was begun last is shown, be it a screen or a thing: so the one who leads decides. A face that
 * somebody has pinned stays, as that is how one looks at people; a pinned screen or thing stays until
 * something newer is shown.
 */
export function chooseFocus(items: readonly StageItem[], choice: Choice): StageItem | null {
  const { pin, speaker, isSpeakerLayout, thingSeq } = choice;
  const pinned = items.find((item) => item.key === pin?.key);
  const isUpToDate = pin !== null && pin.newestSeq >= newestSeq(items, thingSeq);
  if (pinned !== undefined && (pinned.source === "camera" || isUpToDate)) return pinned;
  const screen = newestScreen(items);
  if (thingSeq !== null && ((pin?.key === THING && isUpToDate) || thingSeq >= seqOf(screen))) {
    return null;
  }
  return focusOf(items, { pinned: null, speaker: isSpeakerLayout ? speaker : null });
}

/** When the newest of all that is shown was begun. */
export function newestSeq(items: readonly StageItem[], thingSeq: number | null): number {
  return Math.max(thingSeq ?? 0, seqOf(newestScreen(items)));
}

interface Thing {
  readonly plugin: string;
  readonly stage: FeatureStage;
  readonly seq: number;
}

export function openThing(call: Call): Thing | null {
  let front: Thing | null = null;
  for (const { plugin, Stage: stage } of call.shell.features.value) {
    if (stage?.isOpen(call) !== true) continue;
    const seq = stage.openedSeq?.(call) ?? 0;
    if (front === null || seq > front.seq) front = { plugin, stage, seq };
  }
  return front;
}

function gridCapacity(area: Area): number {
  return Math.min(MOST_TILES, Math.max(4, Math.floor((area.width * area.height) / SMALLEST_TILE)));
}
