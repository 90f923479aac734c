/**
 * Lost packets of voices are asked for again, as those of pictures are.
 *
 * Chromium can do it (NACK for Opus), and does where its own description of a line says so. There is no other way
 * to say it than to amend the offer, and only for the lines on which voices are received: a browser that was asked
 * would send a packet of audio again with the same SRTP index and another header, which AES-GCM does not bear.
 */
export function askForLostVoices(offer: string): string {
  return offer
    .split(/(?=^m=)/m)
    .map((line) => (isVoiceSlot(line) ? line.replace(OPUS, "$&a=rtcp-fb:$1 nack\r\n") : line))
    .join("");
}

const OPUS = /^a=rtpmap:(\d+) opus\/48000\/2\r\n/gim;

function isVoiceSlot(line: string): boolean {
  return line.startsWith("m=audio ") && /^a=recvonly\r$/m.test(line) && !/^a=rtcp-fb:\S+ nack\r$/m.test(line);
}
