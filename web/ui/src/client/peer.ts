import type { MediaOffer, Source } from "./protocol";
import type { Lines, Sending } from "./transceivers";
import { addLines, isChromium, USUAL } from "./transceivers";
import { askForLostVoices } from "./voice_nack";

/** The one RTCPeerConnection of a participant: one offer, one answer, then only ICE restarts. */
export class Peer {
  readonly connection: RTCPeerConnection;
  readonly #lines: Lines;
  #offer: MediaOffer | null = null;

  private constructor(connection: RTCPeerConnection, lines: Lines) {
    this.connection = connection;
    this.#lines = lines;
  }

  /** Makes the offer; to be called before the user clicks, it takes tens of milliseconds. */
  static async open(videoSlots: number, sending: Sending = USUAL): Promise<Peer> {
    const connection = new RTCPeerConnection({
      bundlePolicy: "max-bundle",
      rtcpMuxPolicy: "require",
    });
    const peer = new Peer(connection, addLines(connection, videoSlots, sending));
    const sdp = await peer.#makeOffer(false);
    const sendLines = [...peer.#lines.sending].map(([source, line]) => ({
      mid: line.mid ?? "",
      source,
    }));
    peer.#offer = { sdp, send_lines: sendLines };
    return peer;
  }

  get offer(): MediaOffer | null {
    return this.#offer;
  }

  sender(source: Source): RTCRtpSender | undefined {
    return this.#lines.sending.get(source)?.sender;
  }

  /** The tracks by slot; they are there from the start and stay the same, whatever they show. */
  get slotTracks(): readonly MediaStreamTrack[] {
    return this.#lines.slots.map((line) => line.receiver.track);
  }

  get videoReceivers(): RTCRtpReceiver[] {
    return this.connection.getReceivers().filter((receiver) => receiver.track.kind === "video");
  }

  /** The m-line of a slot, by which statistics name it. */
  slotMid(slot: number): string | null {
    return this.#lines.slots[slot]?.mid ?? null;
  }

  async accept(answer: string): Promise<void> {
    await this.connection.setRemoteDescription({ type: "answer", sdp: answer });
  }

  /** A new offer with new ICE credentials, for a network path that changed. */
  async restart(): Promise<string> {
    // An unanswered restart before this one leaves its offer standing.
    if (this.connection.signalingState === "have-local-offer") {
      await this.connection.setLocalDescription({ type: "rollback" });
    }
    return this.#makeOffer(true);
  }

  close(): void {
    this.connection.close();
  }

  async #makeOffer(iceRestart: boolean): Promise<string> {
    const { type, sdp = "" } = await this.connection.createOffer({ iceRestart });
    if (isChromium()) {
      try {
        const amended = askForLostVoices(sdp);
        await this.connection.setLocalDescription({ type, sdp: amended });
        return amended;
      } catch {
        // A browser that takes no amended offer does without.
      }
    }
    await this.connection.setLocalDescription({ type, sdp });
    return sdp;
  }
}
