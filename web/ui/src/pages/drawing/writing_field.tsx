import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { newItem } from "../../client/plugins/drawing_item";
import type { Easel, Writing } from "./easel";
import { newDraftKey } from "./easel";
import { measureWords } from "./measuring";
import { inkOf, noteOf } from "./palette";
import type { Point, Size } from "./space";
import { toPixels } from "./space";
import { texts } from "./texts";
import type { Layout } from "./words";
import { grownNote, noteLayout, textLayout } from "./words";

const MOST_CHARACTERS = 2_000;
const LEAST_LETTERS_PX = 14;

/** Where words are written, at the place and in the size in which they will stand. */
export function WritingField({ easel }: { easel: Easel }): JSX.Element | null {
  const writing = easel.writing.value;
  if (writing === null) return null;
  return <Field key={`${writing.at.x}/${writing.at.y}`} easel={easel} writing={writing} />;
}

function Field({ easel, writing }: { easel: Easel; writing: Writing }): JSX.Element {
  const [text, setText] = useState(writing.text);
  const field = useRef<HTMLTextAreaElement>(null);
  const latest = useRef(text);
  latest.current = text;
  const isOver = useRef(false);
  const view = easel.view.value;
  const isNote = writing.kind === "note";
  const layout = isNote ? layoutOf(easel, writing, text) : null;
  const letters = layout?.letters ?? writing.letters;
  // On a phone a whole page is small: one writes larger than it will stand.
  const scale = Math.max(view.scale, LEAST_LETTERS_PX / letters);
  const size = { width: (layout?.width ?? 0) * scale, height: (layout?.height ?? 0) * scale };
  const at = heldIn(easel.screen, toPixels(view, writing.at), size);
  const finish = (isKept: boolean): void => {
    if (isOver.current) return;
    isOver.current = true;
    easel.writing.value = null;
    if (isKept) void write(easel, writing, latest.current);
  };
  useEffect(() => {
    // After the touch that opened it, which would take the focus away again.
    const focus = setTimeout(() => field.current?.focus(), 0);
    return () => clearTimeout(focus);
  }, []);
  return (
    <textarea
      ref={field}
      class={`writing-field ${isNote ? "writing-note" : ""}`}
      data-testid="writing-field"
      aria-label={texts(isNote ? "tool.note" : "tool.text")}
      maxLength={MOST_CHARACTERS}
      value={text}
      rows={Math.max(1, text.split("\n").length)}
      style={{
        left: `${at.x}px`,
        top: `${at.y}px`,
        fontSize: `${letters * scale}px`,
        color: isNote ? undefined : inkOf(writing.ink),
        background: isNote ? noteOf(writing.ink) : undefined,
        width: layout === null ? undefined : `${size.width}px`,
        height: layout === null ? undefined : `${size.height}px`,
        padding: `${(layout?.padding ?? 0) * scale}px`,
      }}
      onInput={(event) => setText(event.currentTarget.value)}
      onBlur={() => finish(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.isComposing) return;
        if (event.key === "Escape") finish(false);
        else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) finish(true);
      }}
    />
  );
}

/** What would reach beyond the far edge begins before it. */
function heldIn(room: Size, at: Point, size: Size): Point {
  const held = (start: number, most: number): number => Math.max(0, Math.min(start, most));
  return { x: held(at.x, room.width - size.width), y: held(at.y, room.height - size.height) };
}

/** A note while it is written, as it will stand. */
function layoutOf({ space }: Easel, { size, letters }: Writing, text: string): Layout {
  const grown = grownNote(text, { least: size, most: space, letters }, measureWords);
  return noteLayout(text, grown, letters, measureWords);
}

async function write(easel: Easel, writing: Writing, text: string): Promise<void> {
  const words = text.trimEnd();
  const { kind, letters, ink, number } = writing;
  const removed = number === null ? [] : [number];
  if (words.trim() === "") {
    if (number !== null) await easel.change({ type: "edit", removed });
    return;
  }
  const usual = newItem(kind, new Uint8Array(), { ink, width: letters, text: words });
  const size =
    kind === "note" ? layoutOf(easel, writing, words) : textLayout(words, letters, measureWords);
  const at = kind === "note" ? heldIn(easel.space, writing.at, size) : writing.at;
  const corners = [at.x, at.y, at.x + size.width, at.y + size.height];
  const item = { ...usual, points: easel.stored(corners) };
  const { yScale } = easel.space;
  const points = Float32Array.from(corners, (value, index) => (index % 2 ? value / yScale : value));
  const done = await easel.add(item, newDraftKey(), points, removed);
  // What was typed survives a refusal: it is put back to be tried again.
  if (!done && easel.writing.value === null) easel.writing.value = { ...writing, text };
}
