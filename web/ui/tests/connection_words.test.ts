import { expect, test } from "vitest";

import type { LinkChanged } from "../src/client";
import { connectionWords, feltQuality, rateText } from "../src/pages/room/connection_words";

function link(screen: string, cameras: string, available_bps = 420_000): LinkChanged {
  return { type: "link_changed", available_bps, screen, cameras };
}

test.each([
  [link("full", "smaller"), "Your download is at about 420 kbit/s. Pictures are reduced. The shared screen stays sharp."],
  [link("", "paused"), "Your download is at about 420 kbit/s. Some pictures are paused."],
  [link("smaller", "full"), "Your download is at about 420 kbit/s. The shared screen is smaller than it could be."],
  [link("full", "full"), "Everything is shown in full."],
  [link("other", "words"), "Everything is shown in full."],
  [null, ""],
])("%j in words", (told, words) => {
  expect(connectionWords(told, false).join(" ")).toBe(words);
});

test("who saves data is told so, whatever the link is", () => {
  expect(connectionWords(link("", "paused"), true)).toEqual([
    "You save data: speech and still pictures.",
  ]);
});

test.each([
  [84_000, "80 kbit/s"],
  [2_440_000, "2.4 Mbit/s"],
  [24_400_000, "24 Mbit/s"],
])("%d bit/s is %s", (bps, text) => {
  expect(rateText(bps)).toBe(text);
});

test("a connection whose pictures suffer is not good", () => {
  expect(feltQuality("good", null)).toBe("good");
  expect(feltQuality("good", link("full", "full"))).toBe("good");
  expect(feltQuality("good", link("full", "fewer_frames"))).toBe("fair");
  expect(feltQuality("good", link("paused", "full"))).toBe("poor");
  expect(feltQuality("poor", link("full", "smaller"))).toBe("poor");
});
