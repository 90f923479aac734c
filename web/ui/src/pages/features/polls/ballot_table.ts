import type { Ballot } from "../../../client/plugins/poll_ballots";
import type { Poll } from "../../../client/plugins/polls";
import { formatSpan } from "../../state/session_clock";

export interface TableWords {
  readonly name: string;
  readonly identity: string;
  readonly time: string;
  readonly answer: string;
}

/** As tables read it: RFC 4180, with a mark by which spreadsheets know that it is UTF-8. */
export function toCsv(poll: Poll, ballots: readonly Ballot[], words: TableWords): string {
  const heads = poll.isNamed ? [words.name, words.identity, words.time] : [];
  const answers = poll.kind === "text" ? [words.answer] : poll.choices;
  const rows = ballots.map((ballot) => [
    ...(poll.isNamed ? [ballot.name, ballot.identity, formatSpan(ballot.atUs)] : []),
    ...(poll.kind === "text"
      ? [ballot.text]
      : poll.choices.map((_, index) => (ballot.choices.includes(index) ? "1" : "0"))),
  ]);
  const lines = [[...heads, ...answers], ...rows].map((row) => row.map(cell).join(","));
  return `\uFEFF${lines.join("\r\n")}\r\n`;
}

export function toJson(poll: Poll, ballots: readonly Ballot[]): string {
  const { text, kind, choices, right, round, voters, results, isNamed } = poll;
  const answers = ballots.map((ballot) => ({
    ...(isNamed && { name: ballot.name, identity: ballot.identity, at_us: ballot.atUs }),
    ...(kind === "text" ? { text: ballot.text } : { choices: ballot.choices }),
  }));
  const counts = results?.counts ?? [];
  return JSON.stringify({ text, kind, choices, right, round, voters, counts, answers }, null, 2);
}

/** A spreadsheet takes what begins so for a formula; people may write anything. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
