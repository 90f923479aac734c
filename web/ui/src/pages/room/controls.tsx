import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { t } from "../i18n/translate";
import type { Call } from "../state/call";
import { ControlButton } from "./control_button";
import type { ControlItem } from "./control_items";
import { controlItems } from "./control_items";
import { controlCapacity, splitControls } from "./control_slots";
import { MoreSheet } from "./more_sheet";

interface ControlsProps {
  call: Call;
  onDevices: () => void;
  onLeave: () => void;
}

const COLUMN = "(max-height: 500px) and (orientation: landscape)";

/** The control bar: what there is room for, then a button for the rest, then the way out. */
export function Controls({ call, onDevices, onLeave }: ControlsProps): JSX.Element {
  const [capacity, measure] = useCapacity();
  const [counts, setCounts] = useState<ReadonlyMap<string, number>>(new Map());
  const items = controlItems(call, onDevices);
  const slots = items.map(({ key, rank }) => ({ key, rank, count: counts.get(key) ?? 1 }));
  const split = splitControls(slots, capacity);
  const inBar = items.filter((item) => split.bar.includes(item.key));
  const inMore = items.filter((item) => split.more.includes(item.key));
  const count = (key: string, buttons: number): void => {
    if ((counts.get(key) ?? 1) !== buttons) setCounts(new Map(counts).set(key, buttons));
  };
  const draw = (item: ControlItem): JSX.Element => (
    <CountedSlot key={item.key} onCount={(buttons) => count(item.key, buttons)}>
      {item.element}
    </CountedSlot>
  );
  const group = (name: ControlItem["group"]): JSX.Element => (
    <div class={`controls-group controls-${name}`}>
      {inBar.filter((item) => item.group === name).map(draw)}
    </div>
  );
  const { isMoreOpen } = call.shell;
  return (
    <nav ref={measure} class="controls" aria-label={t("control.bar")}>
      {group("act")}
      {group("panel")}
      {inMore.length > 0 && (
        <ControlButton
          testId="more-button"
          icon="more"
          label={t("control.more_label")}
          short={t("control.more")}
          hasPopup="menu"
          isExpanded={isMoreOpen.value}
          badge={inMore.reduce((sum, item) => sum + item.badge, 0)}
          onClick={() => {
            isMoreOpen.value = !isMoreOpen.value;
          }}
        />
      )}
      {isMoreOpen.value && inMore.length > 0 && (
        <MoreSheet
          onClose={() => {
            isMoreOpen.value = false;
          }}
        >
          {inMore.map(draw)}
        </MoreSheet>
      )}
      <ControlButton
        testId="leave-button"
        icon="leave"
        label={t("control.leave")}
        short={t("control.leave")}
        hasPopup="dialog"
        tone="leave"
        onClick={onLeave}
      />
    </nav>
  );
}

/** A feature's control may show no button, or several: only the page itself tells how many. */
function CountedSlot({
  onCount,
  children,
}: {
  onCount: (buttons: number) => void;
  children: ComponentChildren;
}): JSX.Element {
  const slot = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (slot.current !== null) onCount(slot.current.querySelectorAll(".control").length);
  });
  return (
    <div ref={slot} class="control-slot">
      {children}
    </div>
  );
}

function useCapacity(): [number, (element: HTMLElement | null) => void] {
  const [capacity, setCapacity] = useState(6);
  const [element, setElement] = useState<HTMLElement | null>(null);
  useLayoutEffect(() => {
    if (element === null) return undefined;
    const media = matchMedia(COLUMN);
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = element;
      setCapacity(controlCapacity({ width, height, isColumn: media.matches }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [capacity, setElement];
}
