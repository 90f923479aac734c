import { signal } from "@preact/signals";

import { readPreferences, writePreferences } from "./preferences";

export type CaptureKind = "microphone" | "camera";

/** Why a device cannot be used; each has its own words of help. */
export type CaptureProblem = "denied" | "missing" | "busy" | "insecure" | "failed";

export interface DeviceLists {
  readonly microphones: readonly MediaDeviceInfo[];
  readonly cameras: readonly MediaDeviceInfo[];
  readonly speakers: readonly MediaDeviceInfo[];
}

/** The person's microphone and camera, from the first preview until the room is left. */
export class Capture {
  readonly tracks = {
    microphone: signal<MediaStreamTrack | null>(null),
    camera: signal<MediaStreamTrack | null>(null),
  };
  readonly problems = {
    microphone: signal<CaptureProblem | null>(null),
    camera: signal<CaptureProblem | null>(null),
  };
  readonly devices = signal<DeviceLists>({ microphones: [], cameras: [], speakers: [] });
  readonly chosen = signal<{ microphone: string; camera: string; speaker: string }>({
    microphone: readPreferences().microphoneId ?? "",
    camera: readPreferences().cameraId ?? "",
    speaker: readPreferences().speakerId ?? "",
  });
  #starting: Promise<void> | null = null;
  /** A device was taken away in use. */
  onLost: (kind: CaptureKind) => void = () => undefined;

  constructor() {
    const list = (): void => void this.#list();
    if (navigator.mediaDevices !== undefined)
      navigator.mediaDevices.addEventListener("devicechange", list);
  }

  /** Both at once, so that the browser asks one question; then each alone if that fails. */
  startBoth(): Promise<void> {
    this.#starting = this.#startBoth();
    return this.#starting;
  }

  /** The live track, or the one that the browser is still being asked for. */
  async whenStarted(kind: CaptureKind): Promise<MediaStreamTrack | null> {
    if (this.tracks[kind].value === null) await this.#starting;
    return this.tracks[kind].value;
  }

  async #startBoth(): Promise<void> {
    if (navigator.mediaDevices === undefined) {
      this.problems.microphone.value = this.problems.camera.value = "insecure";
      return;
    }
    try {
      const constraints = {
        audio: this.#constraints("microphone"),
        video: this.#constraints("camera"),
      };
      const stream = await navigator.mediaDevices.getUserMedia(constraints);
      this.#take("microphone", stream.getAudioTracks()[0]);
      this.#take("camera", stream.getVideoTracks()[0]);
      await this.#list();
    } catch {
      await Promise.all([this.start("microphone"), this.start("camera")]);
    }
  }

  /** The live track, or null with the reason in `problems`. */
  async start(kind: CaptureKind): Promise<MediaStreamTrack | null> {
    const live = this.tracks[kind].value;
    if (live !== null && live.readyState === "live") return live;
    if (navigator.mediaDevices === undefined) {
      this.problems[kind].value = "insecure";
      return null;
    }
    try {
      const constraints = this.#constraints(kind);
      const stream = await navigator.mediaDevices.getUserMedia(
        kind === "microphone" ? { audio: constraints } : { video: constraints },
      );
      this.#take(kind, stream.getTracks()[0]);
      await this.#list();
    } catch (error) {
      this.problems[kind].value = problemOf(error);
    }
    return this.tracks[kind].value;
  }

  stop(kind: CaptureKind): void {
    this.tracks[kind].value?.stop();
    this.tracks[kind].value = null;
  }

  /** Another device; returns its track if the kind was in use. */
  async choose(kind: CaptureKind, deviceId: string): Promise<MediaStreamTrack | null> {
    const wasLive = this.tracks[kind].value !== null || this.problems[kind].value !== null;
    this.chosen.value = { ...this.chosen.value, [kind]: deviceId };
    writePreferences(kind === "microphone" ? { microphoneId: deviceId } : { cameraId: deviceId });
    if (!wasLive) return null;
    this.stop(kind);
    return this.start(kind);
  }

  chooseSpeaker(deviceId: string): void {
    this.chosen.value = { ...this.chosen.value, speaker: deviceId };
    writePreferences({ speakerId: deviceId });
  }

  #constraints(kind: CaptureKind): MediaTrackConstraints {
    // Not "exact": a device that is not plugged in today gives way to the default one.
    const chosen = this.chosen.value[kind];
    const deviceId = chosen === "" ? {} : { deviceId: { ideal: chosen } };
    return kind === "microphone"
      ? { ...deviceId, echoCancellation: true, noiseSuppression: true, autoGainControl: true }
      : {
          ...deviceId,
          width: { ideal: 1280 },
          height: { ideal: 720 },
          frameRate: { ideal: 24, max: 30 },
        };
  }

  #take(kind: CaptureKind, track: MediaStreamTrack | undefined): void {
    if (track === undefined) return;
    this.problems[kind].value = null;
    this.tracks[kind].value = track;
    track.addEventListener("ended", () => {
      if (this.tracks[kind].value !== track) return;
      this.tracks[kind].value = null;
      this.onLost(kind);
    });
  }

  async #list(): Promise<void> {
    const found = await navigator.mediaDevices.enumerateDevices();
    const named = (kind: MediaDeviceKind): MediaDeviceInfo[] =>
      found.filter((device) => device.kind === kind && device.deviceId !== "");
    this.devices.value = {
      microphones: named("audioinput"),
      cameras: named("videoinput"),
      speakers: named("audiooutput"),
    };
  }
}

function problemOf(error: unknown): CaptureProblem {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "failed";
}
