/** Messages as a server would send them, with everything that a test does not care about filled in. */

import type { EntryInfo, ParticipantInfo, TrackInfo, Welcome } from "../src/client/protocol";
import type { Session } from "../src/client/session";
import type { SessionOutput } from "../src/client/session_output";

export function welcome(changes: Partial<Welcome> = {}): Welcome {
  return {
    type: "welcome",
    ref: 1,
    protocol_version: 1,
    server_version: "0",
    room: {
      room_id: "RM_1",
      name: "room",
      template: "class",
      session_id: "SE_1",
      started_at_unix_s: 0,
      main_room_id: null,
      scheduler: "teaching",
    },
    participant_id: "PA_me",
    seq: 10,
    participants: [],
    tracks: [],
    plugins: {},
    resume_token: "first",
    resume_window_s: 30,
    can_publish: ["microphone", "camera"],
    answer: null,
    removed: [],
    slots: [],
    plugin_infos: [],
    role_grants: {},
    files_ticket: "",
    schedulers: [],
    ...changes,
  };
}

export function entry(seq: number, changes: Partial<EntryInfo> = {}): EntryInfo {
  return { seq, at_us: seq, author: null, kind: "test.happened", body: {}, ...changes };
}

export function participant(id: string, changes: Partial<ParticipantInfo> = {}): ParticipantInfo {
  const info = { identity: id, name: id, role: "merchant", joined_at_us: 0 } as const;
  return { participant_id: id, connected: true, grants: null, ...info, ...changes };
}

export function track(id: string, changes: Partial<TrackInfo> = {}): TrackInfo {
  const info = { participant_id: "PA_1", source: "camera", muted: false } as const;
  return { track_id: id, width_px: 0, height_px: 0, published_seq: 0, ...info, ...changes };
}

export function takeOutputs(session: Session): SessionOutput[] {
  const outputs: SessionOutput[] = [];
  for (let output = session.pollOutput(); output !== null; output = session.pollOutput()) {
    outputs.push(output);
  }
  return outputs;
}

export function kinds(outputs: readonly SessionOutput[]): string[] {
  return outputs.map((output) => output.kind);
}

export function sentTypes(outputs: readonly SessionOutput[]): string[] {
  return outputs.flatMap((output) => (output.kind === "send" ? [output.message.type] : []));
}
