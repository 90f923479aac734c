import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const SOURCES = join(import.meta.dirname, "..", "src");
const MOST_LINES = 250;
/** Generated, or a table of words. */
const LONGER = /^client\/protocol\.ts$|\/texts\.ts$/;

const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => /\.tsx?$/.test(name));

describe.each(files)("%s", (file) => {
  const text = readFileSync(join(SOURCES, file), "utf8");

  test("is short", () => {
    if (!LONGER.test(file))
      expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(MOST_LINES);
  });

  test("has no `any`, no default export, no switched-off check", () => {
    expect(text).not.toMatch(/:\s*any\b|\bas any\b|<any>/);
    expect(text).not.toMatch(/export default/);
    expect(text).not.toMatch(/@ts-ignore|@ts-nocheck|@ts-expect-error/);
  });

  test("keeps to its side", () => {
    const imports = [...text.matchAll(/from "([^"]+)"/g)].map((match) => match[1] ?? "");
    if (file.startsWith("client/")) {
      const foreign = imports.filter(
        (path) => !/^\.\.?\/(?!\.\.)(?!pages)/.test(path) && path !== "@msgpack/msgpack",
      );
      expect(foreign).toEqual([]);
    } else {
      // The index, or the fold of one plugin: what only a feature needs is loaded with it.
      expect(imports.filter((path) => /client\/(?!plugins\/)\w/.test(path))).toEqual([]);
    }
  });
});
