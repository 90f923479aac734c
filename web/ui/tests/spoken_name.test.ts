import { expect, test } from "vitest";

import { spokenName } from "../src/pages/shared/spoken_name";

test.each([
  ["Turn camera off", "Camera", "Turn camera off"],
  ["Turn microphone off", "Mic", "Turn microphone off, Mic"],
  ["Participants, 3 new", "People", "Participants, 3 new, People"],
  ["关闭麦克风", "麦克风", "关闭麦克风"],
  ["在 Lin 的画面上标注", "标注", "在 Lin 的画面上标注, 标注"],
])("%s, with %s to be read on it, is called %s", (label, shown, name) => {
  expect(spokenName(label, shown)).toBe(name);
});
