import { computed, signal } from "@preact/signals";

import type { Room } from "../../client";
import type { Feature } from "../features/feature";
import { Zooms } from "./zoom";

/** What stands around the stage: the features of this room, and which panel is open. */
export class Shell {
  /** What the room's plugins add; the same list until the room has others. */
  readonly features = computed<readonly Feature[]>(() => this.#offered());
  /** For who waits at the door; null until it is loaded. */
  readonly door = signal<Feature["DoorPage"] | null>(null);
  readonly panel = signal<string | null>(null);
  readonly isMoreOpen = signal(false);
  readonly zooms = new Zooms();
  readonly #room: () => Room;
  readonly #loaded = signal<readonly Feature[]>([]);
  #lastOffered: readonly Feature[] = [];
  #opener: Element | null = null;

  constructor(room: () => Room) {
    this.#room = room;
  }

  /** Fetches the features ahead; `load` tells of a failure. */
  prepare(): void {
    import("../features/all").catch(() => undefined);
  }

  /** The features come in a file of their own, asked for at the latest when somebody joins. */
  async load(): Promise<void> {
    const { FEATURES, loadStrangers } = await import("../features/all");
    this.#loaded.value = FEATURES;
    const strangers = await loadStrangers(this.#room().plugins);
    this.#loaded.value = [...FEATURES, ...strangers];
  }

  /** The door page of whichever plugin makes people wait. */
  async loadDoor(): Promise<void> {
    const { FEATURES } = await import("../features/all");
    this.door.value = FEATURES.find(({ DoorPage }) => DoorPage !== undefined)?.DoorPage ?? null;
  }

  /** A button that opens a panel is where the focus goes back to. */
  openPanel(id: string): void {
    if (this.panel.value === null) this.#opener = document.activeElement;
    this.isMoreOpen.value = false;
    this.panel.value = id;
  }

  togglePanel(id: string): void {
    if (this.panel.value === id) this.closePanel();
    else this.openPanel(id);
  }

  /** Something is to be seen on the stage: a panel that covers it gives way. */
  showStage(): void {
    const panel = document.querySelector(".panel");
    if (panel !== null && getComputedStyle(panel).getPropertyValue("--covers-stage") === "1") {
      this.closePanel();
    }
  }

  closePanel(): void {
    const id = this.panel.value;
    this.panel.value = null;
    const ownButton = document.querySelector(`[data-testid="${id ?? ""}-button"]`);
    const moreButton = document.querySelector('[data-testid="more-button"]');
    const places = [this.#opener, ownButton, moreButton];
    this.#opener = null;
    // The opener may be gone: it stood in a sheet, or on a person who has left.
    const place = places.find((element) => element?.isConnected === true);
    if (place instanceof HTMLElement) place.focus();
  }

  close(): void {
    this.panel.value = null;
    this.isMoreOpen.value = false;
  }

  #offered(): readonly Feature[] {
    const room = this.#room();
    const offered = this.#loaded.value.filter((feature) => room.hasPlugin(feature.plugin));
    const last = this.#lastOffered;
    const isSame =
      offered.length === last.length && offered.every((feature, index) => feature === last[index]);
    if (!isSame) this.#lastOffered = offered;
    return this.#lastOffered;
  }
}
