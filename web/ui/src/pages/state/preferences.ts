/** What the page remembers of a person on this device. */

export interface Preferences {
  readonly language?: string;
  readonly name?: string;
  readonly microphoneOn?: boolean;
  readonly cameraOn?: boolean;
  readonly microphoneId?: string;
  readonly cameraId?: string;
  readonly speakerId?: string;
}

const KEY = "emporion.preferences";

export function readPreferences(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof stored === "object" && stored !== null ? stored : {};
  } catch {
    return {}; // Storage is closed to this page, or was written by something else.
  }
}

export function writePreferences(changes: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...readPreferences(), ...changes }));
  } catch {
    // Without storage nothing is remembered, and nothing else is lost.
  }
}
