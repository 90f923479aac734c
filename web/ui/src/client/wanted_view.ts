import type { Tile } from "./protocol";
import type { Reply, RequestBody } from "./session_output";

interface Surroundings {
  readonly request: (body: RequestBody) => Promise<Reply>;
  readonly isJoined: () => boolean;
}

/** What the page wants to see: told to the server when it changes, and anew in each session. */
export class WantedView {
  readonly #surroundings: Surroundings;
  #view: { tiles: readonly Tile[]; hidden: boolean } | null = null;
  #savesData = false;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** The most important tile comes first. */
  set(tiles: readonly Tile[], hidden: boolean): void {
    this.#view = { tiles, hidden };
    this.send();
  }

  /** Speech and still pictures only, whatever others get. */
  saveData(savesData: boolean): void {
    if (savesData === this.#savesData) return;
    this.#savesData = savesData;
    this.send();
  }

  send(): void {
    if (this.#view === null || !this.#surroundings.isJoined()) return;
    // The latest view wins; one that is lost with the socket is sent again when it is back.
    const view = { ...this.#view, saves_data: this.#savesData };
    this.#surroundings.request({ type: "set_view", ...view }).catch(() => undefined);
  }
}
