import { expect, test, vi } from "vitest";

import { foldOf, panelModuleOf, titleOf } from "../src/pages/features/stranger/panel_module";
import { entry } from "./builders";

const mount = (): void => undefined;

test("a module without mount is no panel", () => {
  expect(panelModuleOf({ title: "x" })).toBeNull();
  expect(panelModuleOf(null)).toBeNull();
  expect(panelModuleOf({ mount })).not.toBeNull();
});

test("the title is in the language, or in English, or the plugin's name", () => {
  expect(titleOf("clock", { mount, title: { en: "Clock", zh: "Z" } }, "zh")).toBe("Z");
  expect(titleOf("clock", { mount, title: { en: "Clock" } }, "zh")).toBe("Clock");
  expect(titleOf("clock", null, "en")).toBe("clock");
});

test("without a fold the state is the view, then the newest summary", () => {
  const fold = foldOf("clock", { mount });
  expect(fold.load(1, 5)).toBe(1);
  expect(fold.apply(1, entry(6))).toBe(1);
  expect(fold.summarize?.(1, 2)).toBe(2);
});

test("a fold that throws leaves the state as it was", () => {
  const logged = vi.spyOn(console, "error").mockReturnValue();
  const broken = (): never => {
    throw new Error("broken");
  };
  const fold = foldOf("clock", { mount, fold: { load: broken, apply: broken } });
  expect(fold.load({}, 1)).toBeUndefined();
  expect(fold.apply("kept", entry(6))).toBe("kept");
  expect(logged).toHaveBeenCalledTimes(2);
});
