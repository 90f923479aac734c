import { signal } from "@preact/signals";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "calm" | "warning";
}

export const toasts = signal<readonly Toast[]>([]);

const SHOWN_MS = 6_000;
let nextId = 1;

/** Says something once; it goes away by itself and a screen reader hears it. */
export function showToast(text: string, tone: Toast["tone"] = "calm"): void {
  const id = nextId++;
  // The same words twice say no more than once.
  toasts.value = [
    ...toasts.value.filter((toast) => toast.text !== text).slice(-2),
    { id, text, tone },
  ];
  setTimeout(() => dismissToast(id), SHOWN_MS);
}

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}
