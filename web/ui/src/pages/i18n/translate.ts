import { effect, signal } from "@preact/signals";

import { readPreferences, writePreferences } from "../state/preferences";
import { en } from "./en";
import { zh } from "./zh";

export type Language = "en" | "zh";
export type TextKey = keyof typeof en;

const TABLES: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = { en, zh };
const HTML_LANG: Readonly<Record<Language, string>> = { en: "en", zh: "zh-CN" };

export const language = signal<Language>(firstLanguage());

effect(() => {
  if (typeof document !== "undefined") document.documentElement.lang = HTML_LANG[language.value];
});

export function setLanguage(chosen: Language): void {
  language.value = chosen;
  writePreferences({ language: chosen });
}

/** The text in the language of now; a component that calls this is drawn again when that changes. */
export function t(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(TABLES[language.value][key], values);
}

/** Put values for the names in braces. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

function firstLanguage(): Language {
  const stored = readPreferences().language;
  if (stored === "en" || stored === "zh") return stored;
  return typeof navigator !== "undefined" && navigator.language.startsWith("zh") ? "zh" : "en";
}
