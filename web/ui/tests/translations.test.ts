import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { en } from "../src/pages/i18n/en";
import { zh } from "../src/pages/i18n/zh";

const SOURCES = join(import.meta.dirname, "..", "src", "pages");
const HAN = /\p{Script=Han}/u;

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();
}

test("both languages have the same keys", () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
});

test.each(Object.keys(en) as (keyof typeof en)[])(
  "%s is said in both, with the same values",
  (key) => {
    expect(en[key].trim()).not.toBe("");
    expect(zh[key].trim()).not.toBe("");
    expect(placeholders(zh[key])).toEqual(placeholders(en[key]));
  },
);

test("Chinese is Chinese and English is English", () => {
  const named = new Set(["app.title", "app.switch_language"]); // A name, and the way out.
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    if (named.has(key)) continue;
    expect(HAN.test(zh[key]), `${key}: ${zh[key]}`).toBe(true);
    expect(HAN.test(en[key]), `${key}: ${en[key]}`).toBe(false);
  }
});

test("no page holds Chinese words of its own", () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
  for (const file of files.filter(
    (name) => /\.tsx?$/.test(name) && !/(zh|texts)\.ts$/.test(name),
  )) {
    const isTable = file.endsWith("en.ts"); // It names the other language.
    if (!isTable) expect(HAN.test(readFileSync(join(SOURCES, file), "utf8")), file).toBe(false);
  }
});

test("every text is used", () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
  const code = files
    .filter((name) => /\.tsx?$/.test(name) && !/(en|zh)\.ts$/.test(name))
    .map((name) => readFileSync(join(SOURCES, name), "utf8"))
    .join("\n");
  // Built from parts: `problem.${kind}.${problem}` and the like.
  const built = [...code.matchAll(/`([a-z_.]+)\$\{/g)].map((match) => match[1] ?? "");
  const unused = Object.keys(en).filter(
    (key) => !code.includes(`"${key}"`) && !built.some((prefix) => key.startsWith(prefix)),
  );
  expect(unused).toEqual([]);
});
