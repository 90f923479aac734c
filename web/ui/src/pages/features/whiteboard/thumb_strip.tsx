import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { countOf, EMPTY_SURFACE } from "../../../client/plugins/drawing_surface";
import type { BoardPage } from "../../../client/plugins/whiteboard";
import type { Call } from "../../state/call";
import { boardOf, turnTo } from "./board_desk";
import { PageThumb } from "./page_thumb";
import { texts } from "./texts";

/** All pages in small, in a row: to go to with a tap, or with the arrow keys and Enter. */
export function ThumbStrip({ call, shown }: { call: Call; shown: BoardPage }): JSX.Element {
  const list = useRef<HTMLOListElement>(null);
  const { pages, presented, drawing } = boardOf(call).state;
  const index = pages.indexOf(shown);
  useEffect(() => {
    list.current?.children[index]?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [index]);
  return (
    <ol
      ref={list}
      class="thumb-strip"
      aria-label={texts("pages")}
      data-testid="thumb-strip"
      onKeyDown={moveFocus}
    >
      {pages.map((page, position) => {
        const number = position + 1;
        const things = countOf(drawing.surfaces.get(page.page) ?? EMPTY_SURFACE);
        const isPresented = page.page === presented;
        const label = texts(isPresented ? "shown_page" : "go_to", { number });
        return (
          <li key={page.page}>
            <button
              type="button"
              class="thumb-button"
              data-things={things}
              aria-label={page.group === null ? label : `${label}: ${page.group.name}`}
              title={page.group?.name ?? label}
              aria-current={page === shown ? "page" : undefined}
              onClick={() => turnTo(call, page.page)}
            >
              <PageThumb call={call} page={page} />
              <span class={isPresented ? "presented" : ""}>{number}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}

function moveFocus(event: JSX.TargetedKeyboardEvent<HTMLOListElement>): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
  const next = buttons[buttons.indexOf(event.target as HTMLElement) + step];
  next?.focus();
  event.preventDefault();
  event.stopPropagation();
}
