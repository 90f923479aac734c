/** Which tiles there are, in which order. Pure: the room goes in, a list comes out. */

import type { Participant, Room, Source, Track } from "../../client";

export interface StageItem {
  /** Stays the same while the tile shows the same thing. */
  readonly key: string;
  readonly participant: Participant;
  readonly source: Extract<Source, "camera" | "screen_share">;
  readonly track: Track | undefined;
  readonly isSelf: boolean;
}

/**
 * Screens first, then people in the order in which they came, oneself last.
 *
 * One's own screen is the last of the screens: there one sees what others draw on it.
 */
export function stageItems(room: Room): StageItem[] {
  const people = room.roster.participants.filter((participant) => isOnStage(room, participant));
  const isSelf = (participant: Participant): boolean => participant.id === room.participantId;
  const ordered = [...people.filter((person) => !isSelf(person)), ...people.filter(isSelf)];
  const item = (participant: Participant, source: StageItem["source"]): StageItem => ({
    key: `${participant.id}/${source}`,
    participant,
    source,
    track: room.roster.trackOf(participant.id, source),
    isSelf: isSelf(participant),
  });
  const screens = ordered
    .map((person) => item(person, "screen_share"))
    .filter((screen) => screen.track !== undefined);
  return [...screens, ...ordered.map((person) => item(person, "camera"))];
}

/** What to show large: what was pinned, else the newest screen, else in speaker layout who speaks. */
export function focusOf(
  items: readonly StageItem[],
  choice: { pinned: string | null; speaker: string | null },
): StageItem | null {
  const pinned = items.find((item) => item.key === choice.pinned);
  const screen = newestScreen(items);
  const speaking = items.find(
    (item) => item.source === "camera" && item.participant.id === choice.speaker,
  );
  const others = items.find((item) => item.source === "camera" && !item.isSelf);
  return pinned ?? screen ?? (choice.speaker === null ? null : (speaking ?? others ?? null));
}

/** The screen that was shared last. One's own never comes by itself: it would show itself without end. */
export function newestScreen(items: readonly StageItem[]): StageItem | undefined {
  return items
    .filter((item) => item.source === "screen_share" && !item.isSelf)
    .reduce<StageItem | undefined>(
      (newest, item) => (newest === undefined || seqOf(item) > seqOf(newest) ? item : newest),
      undefined,
    );
}

export function seqOf(item: StageItem | undefined): number {
  return item?.track?.publishedSeq ?? 0;
}

export function pageOf(items: readonly StageItem[], page: number, perPage: number): StageItem[] {
  return items.slice(page * perPage, (page + 1) * perPage);
}

/** Where thousands listen, the stage is for those who speak; elsewhere it is everybody's. */
function isOnStage(room: Room, participant: Participant): boolean {
  const isForAll = room.info?.template !== "briefing" && participant.role !== "observer";
  return isForAll || room.roster.tracks.some((track) => track.participantId === participant.id);
}
