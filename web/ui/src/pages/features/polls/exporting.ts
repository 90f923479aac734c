import type { Room } from "../../../client";
import type { Ballot, BallotPage } from "../../../client/plugins/poll_ballots";
import { ballotPageOf } from "../../../client/plugins/poll_ballots";
import type { Poll } from "../../../client/plugins/polls";
import { pollsFold } from "../../../client/plugins/polls";
import { toCsv, toJson } from "./ballot_table";
import { texts } from "./texts";

const WAIT_FOR_PAGE_MS = 6_000;
const TRIES = 3;

let lastQuery = 0;

/** All answers of a poll, page by page. Rejects if a page does not come. */
export async function fetchBallots(
  room: Room,
  number: number,
  onProgress: (done: number, total: number) => void,
): Promise<readonly Ballot[]> {
  const ballots: Ballot[] = [];
  for (;;) {
    const page = await fetchPage(room, number, ballots.length);
    ballots.push(...page.ballots);
    onProgress(ballots.length, page.total);
    if (page.ballots.length === 0 || ballots.length >= page.total) return ballots;
  }
}

/** A signal may be lost, and nothing tells of it: then the page is asked for again. */
async function fetchPage(room: Room, number: number, offset: number): Promise<BallotPage> {
  for (let left = TRIES; left > 0; left -= 1) {
    const page = await tryPage(room, number, offset);
    if (page !== null) return page;
  }
  throw new Error("no page came");
}

async function tryPage(room: Room, number: number, offset: number): Promise<BallotPage | null> {
  const polls = room.plugin(pollsFold);
  lastQuery += 1;
  const query = lastQuery;
  let stop = (): void => undefined;
  const came = new Promise<BallotPage | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), WAIT_FOR_PAGE_MS);
    const unlisten = polls.onSignal(({ event, body }) => {
      if (event !== "ballots") return;
      const page = ballotPageOf(body);
      if (page.query === query) resolve(page);
    });
    stop = () => {
      clearTimeout(timer);
      unlisten();
    };
  });
  try {
    await polls.request({ type: "get_ballots", query, number, offset });
    return await came;
  } finally {
    stop();
  }
}

/** Let the browser save a file that is made in the page. */
export function saveBallots(poll: Poll, ballots: readonly Ballot[], format: "csv" | "json"): void {
  const words = {
    name: texts("csv_name"),
    identity: texts("csv_identity"),
    time: texts("csv_time"),
    answer: texts("csv_answer"),
  };
  const content = format === "csv" ? toCsv(poll, ballots, words) : toJson(poll, ballots);
  const type = format === "csv" ? "text/csv" : "application/json";
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `poll-${poll.number}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
