import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A local track on an element: the preview, one's own tile. */
export function LocalVideo({
  track,
  label,
}: {
  track: MediaStreamTrack;
  label: string;
}): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current === null) return;
    video.current.srcObject = new MediaStream([track]);
    void video.current.play().catch(() => undefined);
  }, [track]);
  return <video ref={video} autoplay playsInline muted aria-label={label} />;
}
