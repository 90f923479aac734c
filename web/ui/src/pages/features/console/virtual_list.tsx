import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { visibleRows } from "./people";

interface VirtualListProps<T> {
  items: readonly T[];
  rowPx: number;
  label: string;
  keyOf: (item: T) => string;
  draw: (item: T) => JSX.Element;
}

/**
 * Rows of equal height, of which only those in sight are in the page. The arrow keys go from row to
 * row; a screen reader is told the place of each among all.
 */
export function VirtualList<T>({
  items,
  rowPx,
  label,
  keyOf,
  draw,
}: VirtualListProps<T>): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  const [view, setView] = useState({ scrollTop: 0, height: 600 });
  const measure = (): void => {
    const element = list.current;
    if (element !== null)
      setView({ scrollTop: element.scrollTop, height: element.clientHeight });
  };
  useLayoutEffect(() => {
    measure();
    const observer = new ResizeObserver(measure);
    if (list.current !== null) observer.observe(list.current);
    return () => observer.disconnect();
  }, []);
  const { first, last } = visibleRows(items.length, { ...view, rowPx });
  return (
    <ul
      ref={list}
      class="people console-people"
      aria-label={label}
      onScroll={measure}
      onKeyDown={(event) => goToRow(event, items.length, rowPx)}
    >
      <li
        class="console-space"
        role="presentation"
        style={{ height: `${first * rowPx}px` }}
        aria-hidden="true"
      />
      {items.slice(first, last).map((item, index) => (
        <li
          key={keyOf(item)}
          class="console-row"
          style={{ height: `${rowPx}px` }}
          data-row={first + index}
          aria-setsize={items.length}
          aria-posinset={first + index + 1}
        >
          {draw(item)}
        </li>
      ))}
      <li
        class="console-space"
        role="presentation"
        style={{ height: `${(items.length - last) * rowPx}px` }}
        aria-hidden="true"
      />
    </ul>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** Moves the focus to the first button of the next row, which is scrolled into sight for it. */
function goToRow(event: KeyboardEvent, count: number, rowPx: number): void {
  const { currentTarget: list, target } = event;
  if (!(list instanceof HTMLElement) || !(target instanceof Element)) return;
  const row = Number(target.closest("[data-row]")?.getAttribute("data-row") ?? "0");
  const step = STEPS[event.key];
  const wanted =
    event.key === "Home" ? 0 : event.key === "End" ? count - 1 : step && row + step;
  if (wanted === undefined || wanted < 0 || wanted >= count) return;
  event.preventDefault();
  const top = wanted * rowPx;
  if (top < list.scrollTop) list.scrollTop = top;
  const bottom = top + rowPx - list.clientHeight;
  if (bottom > list.scrollTop) list.scrollTop = bottom;
  // The row may be drawn only after the scroll.
  requestAnimationFrame(() =>
    requestAnimationFrame(() =>
      list.querySelector<HTMLElement>(`[data-row="${wanted}"] button`)?.focus(),
    ),
  );
}
