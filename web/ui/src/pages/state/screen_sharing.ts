import { signal } from "@preact/signals";

import type { Room, ScreenContent, Source } from "../../client";
import { t } from "../i18n/translate";
import { readPreferences, writePreferences } from "./preferences";
import { showToast } from "./toasts";

/** Returns whether the server took the track; it has told the person if not. */
type Send = (source: Source, track: MediaStreamTrack | null) => Promise<boolean>;

const SOURCES = ["screen_share", "screen_share_audio"] as const;
/** Text first: a page that is read needs sharpness, and a film needs pictures. */
const MOST_FRAMES: Readonly<Record<ScreenContent, number>> = { text: 15, motion: 30 };

/** What Chromium's picker knows besides the standard's options; others pass it over. */
interface PickerOptions extends DisplayMediaStreamOptions {
  readonly systemAudio?: "include";
  readonly surfaceSwitching?: "include";
  readonly selfBrowserSurface?: "exclude";
  readonly monitorTypeSurfaces?: "include";
}

/** Sharing one's screen, from the browser's picker to the end of it. */
export class ScreenSharing {
  /** What is shared, as its owner says; it may be changed while it is shared. */
  readonly content = signal<ScreenContent>(readPreferences().screenContent ?? "text");
  readonly #room: () => Room;
  readonly #send: Send;
  #captured: readonly MediaStreamTrack[] = [];
  #stopFollowing: () => void = () => undefined;

  constructor(room: () => Room, send: Send) {
    this.#room = room;
    this.#send = send;
  }

  get isOn(): boolean {
    return this.#room().outbound("screen_share")?.isOn === true;
  }

  /** Phones have cameras to show things, and no way to share what is on them. */
  get isPossible(): boolean {
    return navigator.mediaDevices !== undefined && "getDisplayMedia" in navigator.mediaDevices;
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

  async choose(content: ScreenContent): Promise<void> {
    this.content.value = content;
    writePreferences({ screenContent: content });
    const [picture] = this.#captured;
    if (picture !== undefined) await this.#suit(picture);
  }

  /** End the capture itself; the room may be over already. */
  release(): void {
    this.#stopFollowing();
    for (const track of this.#captured) track.stop();
    this.#captured = [];
  }

  async #start(): Promise<void> {
    const video = {
      width: { max: 1920 },
      height: { max: 1080 },
      frameRate: { max: MOST_FRAMES[this.content.value] },
    };
    // What a shared film or shop plays is no voice: nothing of it may be filtered away.
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const options: PickerOptions = {
      video,
      audio,
      systemAudio: "include",
      surfaceSwitching: "include",
      selfBrowserSurface: "exclude",
      monitorTypeSurfaces: "include", // Chats and seller programs are no pages of the browser.
    };
    const stream = await navigator.mediaDevices.getDisplayMedia(options);
    const [picture] = stream.getVideoTracks();
    const [sound] = stream.getAudioTracks();
    if (picture === undefined) return;
    this.release();
    this.#captured = [picture, ...(sound === undefined ? [] : [sound])];
    picture.addEventListener("ended", () => void this.stop());
    await this.#suit(picture);
    if (!(await this.#send("screen_share", picture))) return this.release();
    this.#follow(picture);
    if (sound !== undefined && this.#room().canPublish("screen_share_audio"))
      await this.#send("screen_share_audio", sound);
  }

  async #suit(picture: MediaStreamTrack): Promise<void> {
    const content = this.content.value;
    picture.contentHint = content === "text" ? "text" : "motion";
    await this.#room().outbound("screen_share")?.suit(content).catch(() => undefined);
    const frameRate = { max: MOST_FRAMES[content] };
    await picture.applyConstraints({ frameRate }).catch(() => undefined);
  }

  /** Somebody else's share, or a host, may end this one: then nothing is captured any more. */
  #follow(picture: MediaStreamTrack): void {
    const room = this.#room();
    this.#stopFollowing = room.onChange(() => {
      if (room.outbound("screen_share")?.track === picture || room.ended !== null) return;
      const isOwnDoing = picture.readyState === "ended";
      this.release();
      void this.#send("screen_share_audio", null);
      if (!isOwnDoing) showToast(t("toast.screen_ended"), "calm");
    });
  }
}
