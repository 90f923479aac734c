import type { JSX } from "preact";

/** All icons are drawn here on one 24-unit grid, with one pen. */
const PATHS = {
  microphone:
    "M12 3.5a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0v-5a3 3 0 0 0-3-3ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5v3M8.5 20.5h7",
  microphoneOff:
    "M9 9.2v2.3a3 3 0 0 0 4.6 2.5M15 10.7V6.5a3 3 0 0 0-5.8-1M5.5 11a6.5 6.5 0 0 0 10.3 5.3M18.5 11a6.4 6.4 0 0 1-.7 2.9M12 17.5v3M8.5 20.5h7M4 3.5l16 17",
  camera:
    "M3.5 8a2 2 0 0 1 2-2h7.5a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5.5a2 2 0 0 1-2-2ZM15 10.6l5.5-3.1v9L15 13.4",
  cameraOff:
    "M8.5 6H13a2 2 0 0 1 2 2v4.6M15 16.1c0 1-.9 1.9-2 1.9H5.5a2 2 0 0 1-2-2V8c0-.8.5-1.5 1.2-1.8M15.3 10.4l5.2-2.9v9l-2-1.1M4 3.5l16 17",
  screen:
    "M3.5 6.5a1.5 1.5 0 0 1 1.5-1.5h14a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5H5a1.5 1.5 0 0 1-1.5-1.5ZM8.5 20.5h7M12 14V8.5M9.3 10.9 12 8.2l2.7 2.7",
  screenStop:
    "M3.5 6.5a1.5 1.5 0 0 1 1.5-1.5h14a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5H5a1.5 1.5 0 0 1-1.5-1.5ZM8.5 20.5h7M9.8 8.8l4.4 4.4M14.2 8.8l-4.4 4.4",
  chat: "M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v6a2.5 2.5 0 0 1-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 12.500ZM8.3 8h7.400M8.3 11h4.5",
  people:
    "M9 11.200a3.3 3.3 0 1 0 0-6.6 3.3 3.3 0 0 0 0 6.600ZM3 19.500c0-3.2 2.7-5.2 6-5.200s6 2 6 5.200M15.8 4.900a3.3 3.3 0 0 1 0 6M17.3 14.700c2.2.6 3.7 2.3 3.7 4.8",
  grid: "M4 5h7v6H4ZM13 5h7v6h-7ZM4 13h7v6H4ZM13 13h7v6h-7Z",
  speaker:
    "M4 5h11.500v14H4ZM17.5 5H20v3.500h-2.500ZM17.5 10.300H20v3.500h-2.500ZM17.5 15.500H20V19h-2.500Z",
  leave:
    "M13.5 4.500h-7A1.5 1.5 0 0 0 5 6v12a1.5 1.5 0 0 0 1.5 1.500h7M10.5 12H20M16.5 8.3 20.2 12l-3.7 3.7",
  send: "M4.5 12 20 4.5 15.5 20l-3.3-6.300ZM12.2 13.7 20 4.5",
  close: "M6 6l12 12M18 6 6 18",
  pin: "M9 4h6l-.7 6.2 3.2 3.300H6.500l3.2-3.300ZM12 13.500V20",
  chevronLeft: "M14.5 5.5 8 12l6.5 6.5",
  chevronRight: "M9.5 5.5 16 12l-6.5 6.5",
  chevronUp: "M6 14.5 12 9l6 5.5",
  settings:
    "M4 7.500h9M17 7.500h3M4 16.500h3M11 16.500h9M15 9.700a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.400ZM9 18.700a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.400Z",
  language:
    "M3.5 6.500h9M8 4v2.500M10.8 6.500c-.8 3.6-3.3 6.4-6.8 8M5.8 9.300c1 2.2 2.9 4 5.2 5M12.5 20l4-9.5 4 9.500M13.9 17h5.2",
  warning: "M12 4.5 21 19.500H3ZM12 10v4.500M12 17.200v.1",
  removePerson:
    "M9.5 11.200a3.3 3.3 0 1 0 0-6.6 3.3 3.3 0 0 0 0 6.600ZM3.5 19.500c0-3.2 2.7-5.2 6-5.2 2.3 0 4.3 1 5.3 2.600M16 9.500h5",
  lock: "M6.5 11h11v8.500h-11ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 22 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark: an E laid on its side is a colonnade under its lintel, cut as a seal. */
export function Seal({ size = 36 }: { size?: number }): JSX.Element {
  return (
    <svg
      class="seal"
      width={size}
      height={size}
      viewBox="0 0 36 36"
      aria-hidden="true"
      focusable="false"
    >
      <path class="seal-ground" d="M3.2 2.4 33 2l.9 31.2-31.3.8L2 4.100Z" />
      <path
        class="seal-cut"
        d="M7.5 9.2 18 5.800l10.5 3.400v3.300h-21ZM8.5 14.500h4.100v13.400H8.500ZM16 14.500h4.100v13.400H16ZM23.4 14.500h4.100v13.400h-4.100ZM7.5 29.300h21v1.500h-21Z"
      />
    </svg>
  );
}
