/** Inks: each is at least 4.5 : 1 against white paper, but for those that are for dark pictures. */

export const INKS = [
  "#16233d", // Ink.
  "#2450c0", // Cobalt.
  "#c22a1c", // Cinnabar.
  "#0b7550", // Jade.
  "#a05a00", // Ochre.
  "#7433a6", // Violet.
  "#ffd400", // Yellow: for highlighters, and over pictures.
  "#ffffff", // White: over pictures.
] as const;

export const INK_NAMES = [
  "ink.black",
  "ink.blue",
  "ink.red",
  "ink.green",
  "ink.ochre",
  "ink.violet",
  "ink.yellow",
  "ink.white",
] as const;

/** Papers of notes, by the ink that was chosen for them. */
const NOTES = [
  "#fff3b8",
  "#dbe6ff",
  "#ffdcd6",
  "#d5f2e4",
  "#ffe6c7",
  "#ecdcf9",
  "#fff3b8",
  "#ffffff",
] as const;

export const NOTE_INK = "#1d2434";

export function inkOf(index: number): string {
  return INKS[index % INKS.length] ?? INKS[0];
}

export function noteOf(index: number): string {
  return NOTES[index % NOTES.length] ?? NOTES[0];
}
