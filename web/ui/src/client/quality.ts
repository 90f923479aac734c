/** How good a connection is, from two readings of its statistics. */

export type Quality = "unknown" | "poor" | "fair" | "good";

export interface LinkReading {
  readonly roundTripS: number | null;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  /** Of what we send, as the other side reports it; 0 if it reports nothing. */
  readonly outboundLostRatio: number;
}

export interface LinkQuality {
  readonly quality: Quality;
  readonly roundTripMs: number | null;
  /** Of both directions the worse. */
  readonly lostRatio: number;
  readonly inboundLostRatio: number;
}

/** At least so many packets before a loss says anything. */
const FEWEST_PACKETS = 20;

export function judge(before: LinkReading, after: LinkReading): LinkQuality {
  const received = after.packetsReceived - before.packetsReceived;
  const lost = Math.max(0, after.packetsLost - before.packetsLost);
  const inbound = received + lost < FEWEST_PACKETS ? 0 : lost / (received + lost);
  const lostRatio = Math.max(inbound, after.outboundLostRatio);
  const roundTripMs = after.roundTripS === null ? null : Math.round(after.roundTripS * 1000);
  const quality = grade(roundTripMs, lostRatio);
  return { quality, roundTripMs, lostRatio, inboundLostRatio: inbound };
}

function grade(roundTripMs: number | null, lostRatio: number): Quality {
  if (roundTripMs === null) return "unknown";
  if (roundTripMs > 500 || lostRatio > 0.08) return "poor";
  if (roundTripMs > 250 || lostRatio > 0.03) return "fair";
  return "good";
}

/** Sums a statistics report; loss of whole slots and of our own tracks counts alike. */
export function readLink(report: RTCStatsReport): LinkReading {
  let roundTripS: number | null = null;
  let packetsReceived = 0;
  let packetsLost = 0;
  let outboundLostRatio = 0;
  report.forEach((entry: Record<string, unknown>) => {
    if (
      entry["type"] === "candidate-pair" &&
      entry["nominated"] === true &&
      entry["state"] === "succeeded"
    ) {
      roundTripS =
        typeof entry["currentRoundTripTime"] === "number"
          ? entry["currentRoundTripTime"]
          : roundTripS;
    } else if (entry["type"] === "inbound-rtp") {
      packetsReceived += count(entry["packetsReceived"]);
      packetsLost += count(entry["packetsLost"]);
    } else if (entry["type"] === "remote-inbound-rtp") {
      outboundLostRatio = Math.max(outboundLostRatio, count(entry["fractionLost"]));
    }
  });
  return { roundTripS, packetsReceived, packetsLost, outboundLostRatio };
}

function count(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
