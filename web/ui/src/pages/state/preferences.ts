/** What the page remembers of a person on this device. */

export interface Preferences {
  readonly language?: string;
  readonly screenContent?: "text" | "motion";
  readonly name?: string;
  readonly microphoneOn?: boolean;
  readonly cameraOn?: boolean;
  readonly savesData?: boolean;
  /** Hear it when somebody comes to the door; hosts only. */
  readonly knockSound?: boolean;
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

const DEVICE_KEY = "emporion.device";

/**
 * Tells this tab from others that were opened by the same shared link; a reload keeps it.
 * Null where storage is closed to the page: each reload is then a new guest.
 */
export function deviceId(): string | null {
  try {
    const known = sessionStorage.getItem(DEVICE_KEY);
    if (known !== null) return known;
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const id = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    sessionStorage.setItem(DEVICE_KEY, id);
    return id;
  } catch {
    return null;
  }
}
