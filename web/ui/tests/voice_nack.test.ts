import { describe, expect, it } from "vitest";
import { askForLostVoices } from "../src/client/voice_nack";

const HEAD = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1 2"];

function audio(direction: string, ...more: string[]): string[] {
  return [
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63",
    `a=${direction}`,
    "a=rtpmap:111 opus/48000/2",
    "a=rtcp-fb:111 transport-cc",
    "a=fmtp:111 minptime=10;useinbandfec=1",
    "a=rtpmap:63 red/48000/2",
    "a=fmtp:63 111/111",
    ...more,
  ];
}

const VIDEO = ["m=video 9 UDP/TLS/RTP/SAVPF 96", "a=recvonly", "a=rtpmap:96 VP8/90000"];

function text(...sections: string[][]): string {
  return sections
    .flat()
    .map((line) => `${line}\r\n`)
    .join("");
}

describe("askForLostVoices", () => {
  it("amends the lines on which voices are received, and no other", () => {
    const amended = askForLostVoices(text(HEAD, audio("sendonly"), VIDEO, audio("recvonly")));
    const slot = audio("recvonly");
    slot.splice(3, 0, "a=rtcp-fb:111 nack");
    expect(amended).toBe(text(HEAD, audio("sendonly"), VIDEO, slot));
  });

  it("leaves alone what asks already", () => {
    const offer = text(HEAD, audio("recvonly", "a=rtcp-fb:111 nack"));
    expect(askForLostVoices(offer)).toBe(offer);
  });

  it("leaves alone what has no Opus", () => {
    const offer = text(HEAD, ["m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=recvonly", "a=rtpmap:0 PCMU/8000"]);
    expect(askForLostVoices(offer)).toBe(offer);
  });
});
