import { useEffect, useReducer } from "preact/hooks";

/** Draws a component again after each change of what it follows, and nothing around it. */
export function useChanges(follow: (listener: () => void) => () => void): void {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => follow(() => redraw(undefined)), [follow]);
}
