import type { ComponentChildren, JSX } from "preact";
import { useId, useRef } from "preact/hooks";

interface PopoverProps {
  /** What is on the button. */
  face: ComponentChildren;
  label: string;
  testId: string;
  /** Whether one of what is inside is in use. */
  isOn?: boolean;
  /** A second press on a button that is on opens; the first one does this. */
  onPress?: () => void;
  children: ComponentChildren;
}

const GAP = 8;

/** A button with a small panel: the browser's own popover, which lies over all and goes at a touch. */
export function Popover(props: PopoverProps): JSX.Element {
  const { face, label, testId, isOn = false, onPress, children } = props;
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const place = (): void => {
    if (button.current === null || panel.current === null) return;
    const at = button.current.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = panel.current;
    const isRail = button.current.closest(".tool-bar")?.clientHeight ?? 0;
    const isUpright = isRail > (button.current.closest(".tool-bar")?.clientWidth ?? 0);
    const left = isUpright ? at.right + GAP : at.left + at.width / 2 - width / 2;
    const top = isUpright ? at.top : at.top - height - GAP;
    const held = (value: number, most: number): number => Math.max(GAP, Math.min(value, most - GAP));
    panel.current.style.left = `${held(left, window.innerWidth - width)}px`;
    panel.current.style.top = `${held(top, window.innerHeight - height)}px`;
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class="tool-button has-more"
        data-testid={testId}
        aria-label={label}
        title={label}
        aria-pressed={isOn}
        aria-haspopup="true"
        popovertarget={id}
        onClick={() => onPress?.()}
      >
        {face}
      </button>
      <div ref={panel} id={id} popover="auto" class="tool-popover" onToggle={place}>
        {children}
      </div>
    </>
  );
}

/** Closes the panel in which something was chosen, and gives the focus back to its button. */
export function closePopover(from: Element): void {
  const panel = from.closest<HTMLElement>("[popover]");
  panel?.hidePopover();
}
