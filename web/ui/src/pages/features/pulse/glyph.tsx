import type { JSX } from "preact";

import type { Reaction } from "../../../client/plugins/pulse";

interface Shape {
  readonly d: string;
  readonly fill?: string;
  readonly stroke?: string;
  readonly transform?: string;
}

const SKIN = "#f2c14e";
const SKIN_DEEP = "#d99a2b";
const LINE = "#5b3a10";
const PALM =
  "M8 13V6.200a1.400 1.400 0 0 1 2.800 0V5a1.400 1.400 0 0 1 2.800 0v1a1.400 1.400 0 0 1 2.800 0v7.500c0 4-2.200 6.500-5.400 6.500-2.600 0-4-1.200-5.300-3.600L3.300 13.300c-.6-1.200.9-2.300 1.900-1.300L8 14Z";

/** Drawn, not typed: many computers have no coloured letters for these. */
const SHAPES: Readonly<Record<Reaction, readonly Shape[]>> = {
  clap: [
    { d: PALM, fill: SKIN_DEEP, stroke: LINE, transform: "translate(26 1) scale(-.88 .88)" },
    { d: PALM, fill: SKIN, stroke: LINE, transform: "rotate(14 12 12) translate(-1 4) scale(.84)" },
    { d: "M8 4.500 7 2M12 3.500V1M16 4.500 17 2", stroke: "#c0492f" },
  ],
  heart: [
    {
      d: "M12 20.800 4.300 13a5 5 0 0 1 7.700-6.300A5 5 0 0 1 19.700 13Z",
      fill: "#d8432f",
      stroke: "#8f2417",
    },
  ],
  laugh: [
    { d: "M12 21.500a9.500 9.500 0 1 0 0-19 9.500 9.500 0 0 0 0 19Z", fill: SKIN, stroke: SKIN_DEEP },
    { d: "M6.800 13h10.400a5.200 5.200 0 0 1-10.400 0Z", fill: LINE },
    { d: "M6.800 9.800c.7-1.300 2.200-1.300 2.900 0M14.300 9.800c.7-1.300 2.200-1.300 2.900 0", stroke: LINE },
    { d: "M5 11.500c-1.600 1-2.300 2.200-1.300 3s2-.7 1.300-3Z", fill: "#5fa8e8" },
    { d: "M19 11.500c1.600 1 2.300 2.200 1.300 3s-2-.7-1.300-3Z", fill: "#5fa8e8" },
  ],
  thumbs_up: [
    { d: "M3.300 10.500h4v10h-4Z", fill: "#35589f", stroke: "#24407a" },
    {
      d: "M8.500 11 12 3.800c1.700 0 2.600 1.300 2.300 2.900l-.6 3h4.900c1.400 0 2.300 1.300 1.900 2.600l-1.600 6.400c-.3 1.100-1.200 1.800-2.300 1.800H8.500Z",
      fill: SKIN,
      stroke: LINE,
    },
  ],
  celebrate: [
    { d: "M3 21.500 8.500 8.500l7 7Z", fill: "#e2a93b", stroke: LINE },
    { d: "M6.500 13.200 11 17.800M5 17l2.300 2.400", stroke: "#c0492f" },
    { d: "M12 8c-.2-2.600.8-4 2.600-5M16 12c2.600.2 4-.8 5-2.600M14 10l4.500-4.500", stroke: "#35589f" },
    { d: "M9 3.500h1.600v1.600H9ZM19.500 13.500h1.600v1.600h-1.600Z", fill: "#d8432f" },
    { d: "M19 2.500h1.600v1.600H19ZM16 17.500h1.500V19H16Z", fill: "#1f9d72" },
  ],
};

export function Glyph({ reaction, size }: { reaction: Reaction; size: number }): JSX.Element {
  return (
    <svg class="glyph" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      {SHAPES[reaction].map(({ d, fill = "none", stroke = "none", transform }) => (
        <path key={d} d={d} fill={fill} stroke={stroke} transform={transform} />
      ))}
    </svg>
  );
}
