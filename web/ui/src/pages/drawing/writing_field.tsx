import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { newItem } from "../../client/plugins/drawing_item";
import type { Easel, Writing } from "./easel";
import { newDraftKey } from "./easel";
import { measureWords } from "./painter";
import { inkOf, noteOf } from "./palette";
import { toPixels } from "./space";
import { texts } from "./texts";
import { grownNote, NOTE_PADDING, sizeOfWords } from "./words";

const MOST_CHARACTERS = 2_000;

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
  const at = toPixels(view, writing.at);
  const isNote = writing.kind === "note";
  const letters = writing.letters * view.scale;
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
        fontSize: `${Math.max(8, letters)}px`,
        color: isNote ? undefined : inkOf(writing.ink),
        background: isNote ? noteOf(writing.ink) : undefined,
        width: isNote ? `${writing.size.width * view.scale}px` : undefined,
        height: isNote ? `${writing.size.height * view.scale}px` : undefined,
        padding: isNote ? `${NOTE_PADDING * view.scale}px` : "0",
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

async function write(easel: Easel, writing: Writing, text: string): Promise<void> {
  const words = text.trimEnd();
  const { kind, letters, ink, number, at } = writing;
  const removed = number === null ? [] : [number];
  if (words.trim() === "") {
    if (number !== null) await easel.change({ type: "edit", removed });
    return;
  }
  const usual = newItem(kind, new Uint8Array(), { ink, width: letters, text: words });
  const size =
    kind === "note" ? grownNote(usual, writing.size, measureWords) : sizeOfWords(usual, measureWords);
  const corners = [at.x, at.y, at.x + size.width, at.y + size.height];
  const item = { ...usual, points: easel.stored(corners) };
  const { yScale } = easel.space;
  const points = Float32Array.from(corners, (value, index) => (index % 2 ? value / yScale : value));
  const done = await easel.add(item, newDraftKey(), points, removed);
  // What was typed survives a refusal: it is put back to be tried again.
  if (!done && easel.writing.value === null) easel.writing.value = { ...writing, text };
}
