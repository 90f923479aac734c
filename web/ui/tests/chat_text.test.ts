import { expect, test } from "vitest";

import { Participant } from "../src/client/participant";
import { partsOf } from "../src/pages/features/chat/links";
import { candidatesFor, mentioningAt, withMention } from "../src/pages/features/chat/mentioning";
import { participant } from "./builders";

function hosts(text: string): string[] {
  return partsOf(text).flatMap((part) => (part.kind === "link" ? [part.host + part.rest] : []));
}

function whole(text: string, names: string[] = []): string {
  return partsOf(text, names)
    .map((part) => (part.kind === "link" ? `<${part.href}>` : part.text))
    .join("");
}

test("addresses of the web become links, with their host in sight", () => {
  expect(partsOf("see https://shop.example/a?b=1#c.")).toEqual([
    { kind: "text", text: "see " },
    { kind: "link", href: "https://shop.example/a?b=1#c", host: "shop.example", rest: "/a?b=1#c" },
    { kind: "text", text: "." },
  ]);
  expect(hosts("https://a.example/ http://b.example:8080/x")).toEqual([
    "a.example",
    "b.example:8080/x",
  ]);
});

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(document.cookie)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:x file:///etc/passwd ftp://x.example",
  "https://bank.example@evil.example/",
  "https://bank.example:443@evil.example/",
  "http://",
  "https:///",
])("%s is no link", (text) => {
  expect(hosts(text)).toEqual([]);
  expect(whole(text)).toBe(text);
});

test("a host that only looks like another one shows what it is", () => {
  expect(hosts("https://аpple.com/login")).toEqual(["xn--pple-43d.com/login"]);
});

test("an address ends where Chinese goes on, and at the end of the sentence", () => {
  expect(hosts("看https://a.example/x这里。还有（https://b.example/y）。")).toEqual([
    "a.example/x",
    "b.example/y",
  ]);
  expect(hosts("https://en.example/wiki/Nail_(polish), https://a.example/!")).toEqual([
    "en.example/wiki/Nail_(polish)",
    "a.example",
  ]);
});

test("a long address is shown short and opens whole", () => {
  const [part] = partsOf(`https://a.example/${"x".repeat(300)}`);
  expect(part?.kind === "link" && [part.rest.length, part.href.length]).toEqual([49, 318]);
});

test("nothing is lost, whatever stands there", () => {
  const text = "<img src=x onerror=alert(1)> @Ana Li https://a.example/ @Ana\n\n@";
  expect(whole(text, ["Ana", "Ana Li"])).toBe(text.replace("https://a.example/", "<https://a.example/>"));
});

test("names that are mentioned are marked, the longer one first", () => {
  const marked = partsOf("@Ana Li and @Ana and @Bo", ["Ana", "Ana Li"]);
  expect(marked.filter((part) => part.kind === "mention").map((part) => part.text)).toEqual([
    "@Ana Li",
    "@Ana",
  ]);
});

test("typing after an @ asks whom", () => {
  expect(mentioningAt("hi @li", 6)).toEqual({ start: 3, typed: "li" });
  expect(mentioningAt("@", 1)).toEqual({ start: 0, typed: "" });
  expect(mentioningAt("mail me: a@b.example", 20)).toBeNull();
  expect(mentioningAt("hi @li", 2)).toBeNull();
  expect(mentioningAt("@li\nmore", 8)).toBeNull();
});

test("who is offered begins so, or holds it", () => {
  const people = ["林晓雨", "Lin", "Berlin", "Kwame"].map(
    (name) => new Participant(participant(name, { name })),
  );
  expect(candidatesFor("lin", people).map((one) => one.name)).toEqual(["Lin", "Berlin"]);
  expect(candidatesFor("晓", people).map((one) => one.name)).toEqual(["林晓雨"]);
  expect(candidatesFor("", people)).toHaveLength(4);
});

test("the name is put where it was typed", () => {
  const text = "hi @li how";
  const put = withMention(text, { start: 3, typed: "li" }, "Lin Xia");
  expect(put).toEqual({ text: "hi @Lin Xia how", caret: 12 });
});
