import { signal } from "@preact/signals";

import type { Source, TokenClaims } from "../../client";
import { EmporionError, LOCAL_CODES, Room, toEmporionError } from "../../client";
import { explainError } from "../i18n/errors";
import { t } from "../i18n/translate";
import type { Capture } from "./capture";
import { DataSaver } from "./data_saver";
import { LinkMeter } from "./link_meter";
import { mediaLinesOf } from "./media_lines";
import { deviceId, readPreferences, writePreferences } from "./preferences";
import { ScreenSharing } from "./screen_sharing";
import { Shell } from "./shell";
import { SlotElements } from "./slot_elements";
import { showToast, toasts } from "./toasts";
import { WakeLock } from "./wake_lock";

export type PageName = "join" | "door" | "room" | "goodbye";

/** One person's call: the room, the devices in it, and which page shows it. */
export class Call {
  readonly page = signal<PageName>("join");
  readonly isJoining = signal(false);
  readonly ending = signal<EmporionError | null>(null);
  readonly joinError = signal<EmporionError | null>(null);
  readonly name = signal("");
  readonly link = new LinkMeter();
  readonly dataSaver = new DataSaver();
  readonly wants = {
    microphone: signal(readPreferences().microphoneOn ?? true),
    camera: signal(readPreferences().cameraOn ?? true),
  };
  readonly claims: TokenClaims;
  readonly capture: Capture;
  readonly shell = new Shell(() => this.room);
  readonly screen = new ScreenSharing(
    () => this.room,
    (source, track) => this.#send(source, track),
  );
  /** How often in a row the page came back by itself. */
  comebacks = 0;
  elements: SlotElements | null = null;
  #room: Room;
  readonly #version = signal(0);
  readonly #token: string;
  readonly #wakeLock = new WakeLock();
  #endedRoom: Room | null = null;

  constructor(token: string, claims: TokenClaims, capture: Capture) {
    this.#token = token;
    this.claims = claims;
    this.capture = capture;
    this.name.value = claims.name || (readPreferences().name ?? "");
    this.#room = this.#openRoom();
    capture.onLost = (kind) => {
      void this.#send(kind, null);
      showToast(
        t(kind === "microphone" ? "toast.microphone_lost" : "toast.camera_lost"),
        "warning",
      );
    };
    this.#followDevice();
  }

  /** Whoever reads the room while drawing is drawn again when anything in it changes. */
  get room(): Room {
    void this.#version.value;
    return this.#room;
  }

  async join(): Promise<void> {
    if (this.isJoining.value) return;
    if (this.#room === this.#endedRoom) this.#room = this.#openRoom();
    this.isJoining.value = true;
    this.joinError.value = null;
    const name = this.name.value.trim();
    writePreferences({ name });
    for (const kind of ["microphone", "camera"] as const) {
      if (this.wants[kind].value && this.claims.canPublish) void this.#sendWhenLive(kind);
    }
    await this.#room.join(name === "" ? null : name.slice(0, 64));
  }

  leave(): void {
    this.#room.leave();
  }

  /** Turn the microphone or the camera on or off, before the join as well as in the room. */
  async toggle(kind: "microphone" | "camera"): Promise<void> {
    const on = !this.isOn(kind);
    this.wants[kind].value = on;
    writePreferences(kind === "microphone" ? { microphoneOn: on } : { cameraOn: on });
    const track = on ? await this.capture.start(kind) : null;
    if (on && track === null) this.wants[kind].value = false;
    if (!on && kind === "camera") this.capture.stop("camera"); // Its lamp goes out.
    if (!this.#isSending) return;
    if (on && track === null) {
      showToast(t(`problem.${kind}.${this.capture.problems[kind].value ?? "failed"}`), "warning");
    } else {
      await this.#send(kind, track);
    }
  }

  /** Before the join: what is wanted and available. In the room: what is sent. */
  isOn(kind: "microphone" | "camera"): boolean {
    if (this.page.value === "room") return this.room.outbound(kind)?.isOn ?? false;
    return this.wants[kind].value && this.capture.tracks[kind].value !== null;
  }

  async chooseDevice(kind: "microphone" | "camera", deviceId: string): Promise<void> {
    const track = await this.capture.choose(kind, deviceId);
    if (track !== null && this.#isSending && this.isOn(kind))
      await this.#send(kind, track);
  }

  /** What is turned on is sent at once; from the door, as soon as one is let in. */
  get #isSending(): boolean {
    return this.page.value === "room" || this.page.value === "door";
  }

  chooseSpeaker(deviceId: string): void {
    this.capture.chooseSpeaker(deviceId);
    this.elements?.setSpeaker(deviceId);
  }

  /** Carry out something that the server may refuse, and say so if it does. */
  async attempt(action: Promise<unknown>): Promise<void> {
    try {
      await action;
    } catch (error) {
      showToast(explainError(toEmporionError(error, LOCAL_CODES.mediaFailed)), "warning");
    }
  }

  async #send(source: Source, track: MediaStreamTrack | null): Promise<boolean> {
    try {
      await this.#room.outbound(source)?.set(track);
      return true;
    } catch (error) {
      showToast(explainError(toEmporionError(error, LOCAL_CODES.mediaFailed)), "warning");
      return false;
    }
  }

  #openRoom(): Room {
    const url = new URL("ws", document.baseURI);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.hash = "";
    const room = new Room({
      url: url.href,
      token: this.#token,
      ...mediaLinesOf(this.claims, location.search),
      deviceId: deviceId(),
    });
    room.onChange(() => this.#follow(room));
    room.onNotice((notice) => {
      if (notice !== "reconnected") showToast(t(`toast.${notice}`), "warning");
    });
    const elements = (this.elements = new SlotElements(room.media));
    void room.media.prepare().then(() => elements.attach());
    this.dataSaver.apply(room);
    return room;
  }

  #follow(room: Room): void {
    if (room !== this.#room) return;
    if (this.page.value !== "door" && room.phase === "waiting") this.#wait();
    if (this.page.value !== "room" && room.phase === "joined") this.#enter(room);
    if (room.mediaState === "connected") this.comebacks = 0;
    if (room.ended !== null) this.#end(room, room.ended);
    else if (room.mediaState === "failed" && this.page.value === "room") {
      this.#end(room, new EmporionError(LOCAL_CODES.mediaFailed, "No media path.", true));
      room.leave();
    }
    this.#version.value += 1;
  }

  #wait(): void {
    this.isJoining.value = false;
    this.page.value = "door";
    this.shell.loadDoor().catch(() => showToast(t("toast.features_failed"), "warning"));
    this.#wakeLock.hold();
  }

  #enter(room: Room): void {
    this.elements?.attach();
    this.elements?.resume();
    this.elements?.setSpeaker(this.capture.chosen.value.speaker);
    this.isJoining.value = false;
    this.page.value = "room";
    void this.#furnish(room);
    this.#wakeLock.hold();
    document.title = `${room.info?.name ?? this.claims.room} · Emporion`;
    this.link.start(room);
  }

  async #furnish(room: Room): Promise<void> {
    await room.media.firstPicture.settled;
    await this.shell.load().catch(() => showToast(t("toast.features_failed"), "warning"));
  }

  #end(room: Room, error: EmporionError): void {
    if (room === this.#endedRoom) return;
    this.#endedRoom = room;
    this.link.stop();
    this.#wakeLock.release();
    this.elements?.close();
    this.elements = null;
    this.isJoining.value = false;
    toasts.value = [];
    this.shell.close();
    this.screen.release();
    if (this.page.value === "join" && !error.code.startsWith("token.")) {
      this.joinError.value = error;
      this.#room = this.#openRoom();
      return;
    }
    if (!error.retryable) this.#stopDevices();
    this.ending.value = error;
    this.page.value = "goodbye";
  }

  #stopDevices(): void {
    this.capture.stop("microphone");
    this.capture.stop("camera");
  }

  /**
   * The join does not wait for devices: the browser may still be asking for them, and after a first
   * stay they were let go.
   */
  async #sendWhenLive(kind: "microphone" | "camera"): Promise<void> {
    const isReturning = this.page.value === "goodbye";
    const { capture } = this;
    const track = await (isReturning ? capture.start(kind) : capture.whenStarted(kind));
    if (track !== null && this.wants[kind].value) await this.#send(kind, track);
  }

  #followDevice(): void {
    window.addEventListener("online", () => this.#room.wake(true));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#room.wake(false);
    });
    document.addEventListener("pointerdown", () => this.elements?.resume());
    // A page that is closed says so; one that is only reloaded is back before anybody notices.
    window.addEventListener("pagehide", (event) => {
      if (!event.persisted) this.#room.leave();
    });
  }
}
