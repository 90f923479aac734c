/** What can be drawn, read from what the server sends; a thing of another shape gives null. */

import { fieldsOf, numberOf, textOf } from "../entry_bodies";

export const ITEM_KINDS = [
  "pen",
  "highlighter",
  "line",
  "arrow",
  "rectangle",
  "ellipse",
  "text",
  "note",
  "image",
] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** x' = sx·x + tx, y' = sy·y + ty. */
export type Frame = readonly [sx: number, sy: number, tx: number, ty: number];
export const UNMOVED: Frame = [1, 1, 0, 0];

export interface Item {
  readonly kind: ItemKind;
  readonly points: Uint8Array;
  readonly ink: number;
  /** In units of the surface; for words the size of letters. */
  readonly width: number;
  readonly filled: boolean;
  /** One byte for each point, or none. */
  readonly pressures: Uint8Array;
  readonly text: string;
  readonly fileId: string;
  readonly frame: Frame;
}

export interface Style {
  readonly ink?: number;
  readonly width?: number;
  readonly filled?: boolean;
  readonly text?: string;
}

/** `by` is the author's place in the list of authors. */
export interface Placed {
  readonly number: number;
  readonly by: number;
  readonly item: Item;
}

const NOTHING = new Uint8Array();
const KINDS: ReadonlySet<unknown> = new Set(ITEM_KINDS);

export function itemOf(value: unknown): Item | null {
  const fields = fieldsOf(value);
  const { kind, points } = fields;
  if (!isKind(kind) || !(points instanceof Uint8Array)) return null;
  const pressures = fields["pressures"];
  return {
    kind,
    points,
    ink: numberOf(fields["ink"]),
    width: typeof fields["width"] === "number" ? fields["width"] : 40,
    filled: fields["filled"] === true,
    pressures: pressures instanceof Uint8Array ? pressures : NOTHING,
    text: textOf(fields["text"]) ?? "",
    fileId: textOf(fields["file_id"]) ?? "",
    frame: frameOf(fields["frame"]),
  };
}

/** What is sent: everything that is not as usual. */
export function bodyOfItem(item: Item): Record<string, unknown> {
  return {
    kind: item.kind,
    points: item.points,
    ink: item.ink,
    width: item.width,
    ...(item.filled && { filled: true }),
    ...(item.pressures.length > 0 && { pressures: item.pressures }),
    ...(item.text !== "" && { text: item.text }),
    ...(item.fileId !== "" && { file_id: item.fileId }),
    ...(item.frame !== UNMOVED && { frame: item.frame }),
  };
}

/** An item with the usual looks. */
export function newItem(kind: ItemKind, points: Uint8Array, given: Partial<Item> = {}): Item {
  return {
    kind,
    points,
    ink: 0,
    width: 40,
    filled: false,
    pressures: NOTHING,
    text: "",
    fileId: "",
    frame: UNMOVED,
    ...given,
  };
}

export function placedOf(value: unknown): Placed | null {
  if (!Array.isArray(value)) return null;
  const [number, by, body] = value as readonly unknown[];
  const item = itemOf(body);
  if (typeof number !== "number" || typeof by !== "number" || item === null) return null;
  return { number, by, item };
}

export function frameOf(value: unknown): Frame {
  if (!Array.isArray(value) || value.length !== 4) return UNMOVED;
  const [sx, sy, tx, ty] = value as readonly unknown[];
  return [numberOf(sx), numberOf(sy), numberOf(tx), numberOf(ty)];
}

/** The frame that does `inner` first and `outer` after it. */
export function composed(outer: Frame, inner: Frame): Frame {
  return [
    outer[0] * inner[0],
    outer[1] * inner[1],
    outer[0] * inner[2] + outer[2],
    outer[1] * inner[3] + outer[3],
  ];
}

export function styled(item: Item, style: Style): Item {
  const { text, ...looks } = style;
  const hasWords = item.kind === "text" || item.kind === "note";
  return { ...item, ...looks, ...(text !== undefined && hasWords && { text }) };
}

export function styleOf(value: unknown): Style {
  const { ink, width, filled, text } = fieldsOf(value);
  return {
    ...(typeof ink === "number" && { ink }),
    ...(typeof width === "number" && { width }),
    ...(typeof filled === "boolean" && { filled }),
    ...(typeof text === "string" && { text }),
  };
}

function isKind(value: unknown): value is ItemKind {
  return KINDS.has(value);
}
