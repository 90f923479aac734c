import type { Room, Source } from "../../client";
import { t } from "../i18n/translate";
import { showToast } from "./toasts";

/** Returns whether the server took the track; it has told the person if not. */
type Send = (source: Source, track: MediaStreamTrack | null) => Promise<boolean>;

const SOURCES = ["screen_share", "screen_share_audio"] as const;

/** Sharing one's screen, from the browser's picker to the end of it. */
export class ScreenSharing {
  readonly #room: () => Room;
  readonly #send: Send;

  constructor(room: () => Room, send: Send) {
    this.#room = room;
    this.#send = send;
  }

  get isOn(): boolean {
    return this.#room().outbound("screen_share")?.isOn === true;
  }

  async toggle(): Promise<void> {
    if (this.isOn) return this.stop();
    try {
      await this.#start();
    } catch (error) {
      // Whoever closes the browser's picker has changed their mind; nothing has failed.
      const isChangeOfMind = error instanceof DOMException && error.name === "NotAllowedError";
      if (!isChangeOfMind) showToast(t("toast.screen_failed"), "warning");
    }
  }

  async stop(): Promise<void> {
    this.release();
    for (const source of SOURCES) await this.#send(source, null);
  }

  /** End the capture itself; the room may be over already. */
  release(): void {
    for (const source of SOURCES) this.#room().outbound(source)?.track?.stop();
  }

  async #start(): Promise<void> {
    const video = { frameRate: { max: 15 } };
    const stream = await navigator.mediaDevices.getDisplayMedia({ video, audio: true });
    const [picture] = stream.getVideoTracks();
    const [sound] = stream.getAudioTracks();
    if (picture === undefined) return;
    picture.contentHint = "detail"; // Text first: frames are given up before sharpness.
    picture.addEventListener("ended", () => void this.stop());
    if (!(await this.#send("screen_share", picture))) {
      for (const track of stream.getTracks()) track.stop();
    } else if (sound !== undefined && this.#room().canPublish("screen_share_audio")) {
      await this.#send("screen_share_audio", sound);
    }
  }
}
