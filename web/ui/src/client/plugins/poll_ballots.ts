/** Single answers of a poll, which hosts ask for page by page. */

import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import { listOf, numbersOf } from "./body_lists";

/** Without name, identity and time where the poll is anonymous. */
export interface Ballot {
  readonly choices: readonly number[];
  readonly text: string;
  readonly name: string;
  readonly identity: string;
  readonly atUs: number;
}

export interface BallotPage {
  readonly query: number;
  readonly total: number;
  readonly ballots: readonly Ballot[];
}

/** The body of the signal `ballots`. */
export function ballotPageOf(body: unknown): BallotPage {
  const fields = fieldsOf(body);
  return {
    query: numberOf(fields["query"]),
    total: numberOf(fields["total"]),
    ballots: listOf(fields["ballots"]).map(ballotOf),
  };
}

function ballotOf(value: unknown): Ballot {
  const fields = fieldsOf(value);
  return {
    choices: numbersOf(fields["choices"]),
    text: textOf(fields["text"]) ?? "",
    name: textOf(fields["name"]) ?? "",
    identity: textOf(fields["identity"]) ?? "",
    atUs: numberOf(fields["at_us"]),
  };
}
