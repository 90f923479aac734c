/** One stream whose layers build on each other (W3C webrtc-svc), and what is sent of it. */

/** Highest bits a second with so many of the layers; the lowest first. */
export const LAYERS_BPS: readonly number[] = [150_000, 500_000, 1_700_000];

/** Not yet in TypeScript's DOM types. */
export interface ScalableEncoding extends RTCRtpEncodingParameters {
  scalabilityMode?: string;
}

export const SVC_ENCODING: ScalableEncoding = {
  scalabilityMode: "L3T3_KEY",
  maxBitrate: LAYERS_BPS[2],
};

const MODE = /^L([123])(T[123])(_KEY)?$/;

/** The mode, if this is one stream with layers; a browser that knows none does not give it back. */
export function modeOf(parameters: RTCRtpSendParameters | undefined): string | null {
  const [only, ...others]: ScalableEncoding[] = parameters?.encodings ?? [];
  return (others.length === 0 ? only?.scalabilityMode : undefined) ?? null;
}

/**
 * Send so many layers of a stream that has those of `full`, each as large as it was; says whether
 * that changes anything. The lower layers of a stream with fewer are those of one with more.
 */
export function keepLayers(encoding: ScalableEncoding, full: string, layers: number): boolean {
  const [, spatial, temporal, key = ""] = MODE.exec(full) ?? [];
  const top = Number(spatial ?? 1);
  const kept = Math.max(1, Math.min(layers, top));
  const mode = `L${kept}${temporal}${kept > 1 ? key : ""}`;
  if (top === 1 || encoding.scalabilityMode === mode) return false;
  encoding.scalabilityMode = mode;
  encoding.scaleResolutionDownBy = 2 ** (top - kept);
  encoding.maxBitrate = LAYERS_BPS[kept - 1 + LAYERS_BPS.length - top];
  return true;
}
