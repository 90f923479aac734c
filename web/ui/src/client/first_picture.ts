import type { TrackInfo } from "./protocol";

/** Longer than a picture takes on a good network. */
const LONGEST_MS = 400;

/**
 * The first picture of the others. On a small machine whatever else starts in the moment of the join
 * delays it: one's own encoders, and all that stands around the stage.
 */
export class FirstPicture {
  /** It is shown, there is none, or it has been waited for long enough. */
  readonly settled: Promise<void>;
  #settle: () => void = () => undefined;

  constructor() {
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** The join has been answered: these are the tracks that there are. */
  expect(tracks: readonly TrackInfo[]): void {
    if (tracks.some(isShown)) setTimeout(this.#settle, LONGEST_MS);
    else this.#settle();
  }

  handleFrame(): void {
    this.#settle();
  }
}

function isShown({ source, muted }: TrackInfo): boolean {
  return !muted && (source === "camera" || source === "screen_share");
}
