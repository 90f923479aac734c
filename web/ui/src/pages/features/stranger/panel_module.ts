/**
 * What a plugin's own panel is given and what it exports: `docs/reference/panels.md` in types.
 *
 * Stable: panels are written by others and are not built together with the pages. Additive only.
 */

import type { EntryInfo, PluginBody, PluginFold, PluginSignalled } from "../../../client";
import type { Language } from "../../i18n/translate";

/** Grows when something is added to `PanelApi`. */
export const PANEL_API_VERSION = 1;

export interface PanelParticipant {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly isHost: boolean;
  readonly isSelf: boolean;
}

export interface PanelApi {
  readonly version: number;
  /** The plugin's state, as the module's `fold` makes it; without a fold, the newest view or summary. */
  readonly state: unknown;
  readonly language: Language;
  readonly participants: readonly PanelParticipant[];
  /** The session's time in microseconds, on the clock of entries' `at_us`. */
  readonly nowUs: number;
  /** Rejects with an error that has a `code` if the plugin refuses. */
  request(body: PluginBody): Promise<void>;
  signal(body: PluginBody): void;
  /** Calls back at once and after anything of the above has changed. Returns how to stop it. */
  onChange(listener: () => void): () => void;
  onSignal(listener: (signal: PluginSignalled) => void): () => void;
}

export interface PanelModule {
  /** Shows the panel in an empty element; may return how to end it. */
  readonly mount: (element: HTMLElement, api: PanelApi) => unknown;
  readonly title?: string | Readonly<Partial<Record<Language, string>>>;
  readonly fold?: PanelFold;
}

export interface PanelFold {
  load(view: unknown): unknown;
  apply(state: unknown, entry: EntryInfo): unknown;
  summarize?(state: unknown, body: unknown): unknown;
}

/** What was imported, if it is a panel; it is anybody's code, so each part is looked at. */
export function panelModuleOf(imported: unknown): PanelModule | null {
  if (typeof imported !== "object" || imported === null) return null;
  return "mount" in imported && typeof imported.mount === "function"
    ? (imported as PanelModule) // The rest is optional and looked at where it is used.
    : null;
}

/** The fold by which the room keeps this panel's state. One that throws changes nothing. */
export function foldOf(name: string, module: PanelModule): PluginFold<unknown> {
  const { fold } = module;
  const attempt = (make: () => unknown, otherwise: unknown): unknown => {
    try {
      return make();
    } catch (error) {
      console.error(`The fold of the plugin ${name} failed.`, error);
      return otherwise;
    }
  };
  return {
    name,
    load: (view) => attempt(() => (fold === undefined ? view : fold.load(view)), undefined),
    apply: (state, entry) =>
      fold === undefined ? state : attempt(() => fold.apply(state, entry), state),
    summarize: (state, body) =>
      attempt(() => (fold?.summarize === undefined ? body : fold.summarize(state, body)), state),
  };
}

export function titleOf(name: string, module: PanelModule | null, language: Language): string {
  const title = module?.title;
  if (typeof title === "string") return title;
  return title?.[language] ?? title?.en ?? name;
}
