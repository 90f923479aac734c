/** What stands large on the stage, and what stands beside it. Pure, but for reading the room. */

import type { FeatureStage } from "../features/feature";
import type { Call } from "../state/call";
import type { Area, Box } from "../state/layout";
import { arrangeFocus, arrangeGrid, splitThing, stripCapacity } from "../state/layout";
import type { StageItem } from "../state/stage_items";
import { focusOf } from "../state/stage_items";

const MOST_TILES = 12;
/** Below this many square pixels a face is no longer a face. */
const SMALLEST_TILE = 14_000;

interface Plan {
  readonly perPage: number;
  readonly arrange: (count: number) => { boxes: Box[]; thingBox?: Box | undefined };
}

/** Where a whiteboard or the like is open it stands large, and first in the strip if a tile does. */
export function planOf(area: Area, focus: StageItem | null, thing: Thing | null): Plan {
  if (thing !== null) {
    const split = splitThing(area);
    const perPage = Math.min(MOST_TILES - 1, stripCapacity(area, split));
    return {
      perPage: focus === null ? perPage : Math.max(1, perPage - 1),
      arrange: (count) => {
        const [first, second, ...others] = arrangeFocus(area, count + 1, split);
        if (first === undefined) return { boxes: [] };
        if (second === undefined) return { boxes: [], thingBox: first };
        const [large, small] = focus === null ? [second, first] : [first, second];
        return { boxes: [large, ...others], thingBox: small };
      },
    };
  }
  if (focus === null)
    return { perPage: gridCapacity(area), arrange: (count) => ({ boxes: arrangeGrid(area, count) }) };
  return {
    perPage: Math.min(MOST_TILES - 1, stripCapacity(area)),
    arrange: (count) => ({ boxes: arrangeFocus(area, count) }),
  };
}

interface Choice {
  readonly pinned: string | null;
  readonly speaker: string;
  readonly isSpeakerLayout: boolean;
  readonly hasThing: boolean;
}

/** Only what somebody has pinned comes before a thing that is open for all. */
export function chooseFocus(items: readonly StageItem[], choice: Choice): StageItem | null {
  const { pinned, speaker, isSpeakerLayout, hasThing } = choice;
  if (hasThing) return items.find((item) => item.key === pinned) ?? null;
  return focusOf(items, { pinned, speaker: isSpeakerLayout ? speaker : null });
}

interface Thing {
  readonly plugin: string;
  readonly stage: FeatureStage;
}

export function openThing(call: Call): Thing | null {
  let front: Thing | null = null;
  const seqOf = (thing: Thing | null): number => thing?.stage.openedSeq?.(call) ?? 0;
  for (const { plugin, Stage: stage } of call.shell.features.value) {
    if (stage?.isOpen(call) !== true) continue;
    const thing = { plugin, stage };
    if (front === null || seqOf(thing) > seqOf(front)) front = thing;
  }
  return front;
}

function gridCapacity(area: Area): number {
  return Math.min(MOST_TILES, Math.max(4, Math.floor((area.width * area.height) / SMALLEST_TILE)));
}
