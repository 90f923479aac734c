import { beforeEach, describe, expect, test } from "vitest";

import { EmporionError } from "../src/client/errors";
import { explainError } from "../src/pages/i18n/errors";
import { setLanguage } from "../src/pages/i18n/translate";
import type { Texts } from "../src/pages/i18n/translations";
import { translations } from "../src/pages/i18n/translations";

type Words = Record<string, string>;
type Tables = Texts<Record<string, string | Words>>["tables"];

const HAN = /\p{Script=Han}/u;
const modules = import.meta.glob<{ texts: { tables: Tables } }>("../src/pages/**/texts.ts", {
  eager: true,
});

function flat(table: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(table).flatMap(([key, value]) =>
    typeof value === "string"
      ? [[key, value] as [string, string]]
      : flat(value as Record<string, unknown>).map(
          ([inner, text]): [string, string] => [`${key}.${inner}`, text],
        ),
  );
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();
}

beforeEach(() => setLanguage("en"));

describe.each(Object.entries(modules))("%s", (_, { texts }) => {
  const zh = new Map(flat(texts.tables.zh));

  test.each(flat(texts.tables.en))("%s is said in both languages", (key, english) => {
    const chinese = zh.get(key) ?? "";
    expect(english.trim()).not.toBe("");
    expect(placeholders(chinese)).toEqual(placeholders(english));
    expect(HAN.test(english), english).toBe(false);
    // A number or a name needs no Chinese character.
    const bare = english.replace(/\{\w+\}/g, "");
    if (/[A-Za-z]{2}/.test(bare) && bare === bare.trimStart() && english !== chinese)
      expect(HAN.test(chinese), chinese).toBe(true);
  });

  test("has the same keys in both", () => {
    expect([...zh.keys()].sort()).toEqual(flat(texts.tables.en).map(([key]) => key).sort());
  });
});

test("a feature's words follow the language and take values", () => {
  const texts = translations({
    en: { title: "Questions of {name}", errors: { "try.bad": "That was bad." } },
    zh: { title: "{name}的问题", errors: { "try.bad": "这样不行。" } },
  });
  expect(texts("title", { name: "Lin" })).toBe("Questions of Lin");
  expect(explainError(new EmporionError("try.bad", "x"))).toBe("That was bad.");
  setLanguage("zh");
  expect(texts("title", { name: "Lin" })).toBe("Lin的问题");
  expect(explainError(new EmporionError("try.bad", "x"))).toBe("这样不行。");
});

test("an unknown code is shown as it is", () => {
  expect(explainError(new EmporionError("try.unknown", "x"))).toContain("try.unknown");
});
