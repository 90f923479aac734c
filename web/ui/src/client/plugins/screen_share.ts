import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import type { PluginFold } from "../plugin_state";

/** A host's question to one person: "show us your screen". */
export interface ShareAsk {
  readonly identity: string;
  readonly name: string;
  /** The host's name. */
  readonly by: string;
  readonly expiresAtUs: number;
}

/** How the newest question ended, for the host who waits for it. */
export interface ShareAnswer {
  readonly seq: number;
  readonly name: string;
  readonly cause: string;
}

export interface ScreenShareState {
  readonly asks: readonly ShareAsk[];
  readonly lastAnswer: ShareAnswer | null;
}

/** A host is told of all questions, others of those to themselves. */
export const screenShareFold: PluginFold<ScreenShareState> = {
  name: "screen_share",
  load(view) {
    const asks = fieldsOf(view)["asks"];
    const listed: readonly unknown[] = Array.isArray(asks) ? asks : [];
    return { asks: listed.map(askOf), lastAnswer: null };
  },
  apply(state, { kind, seq, body }) {
    if (kind === "screen_share.asked") {
      const ask = askOf(body);
      return { ...state, asks: [...without(state.asks, ask.identity), ask] };
    }
    if (kind === "screen_share.ask_ended") {
      const fields = fieldsOf(body);
      const [name, cause] = [textOf(fields["name"]) ?? "", textOf(fields["cause"]) ?? ""];
      const asks = without(state.asks, textOf(fields["identity"]) ?? "");
      return { asks, lastAnswer: { seq, name, cause } };
    }
    return state;
  },
};

function askOf(body: unknown): ShareAsk {
  const fields = fieldsOf(body);
  return {
    identity: textOf(fields["identity"]) ?? "",
    name: textOf(fields["name"]) ?? "",
    by: textOf(fields["by"]) ?? "",
    expiresAtUs: numberOf(fields["expires_at_us"]),
  };
}

function without(asks: readonly ShareAsk[], identity: string): ShareAsk[] {
  return asks.filter((ask) => ask.identity !== identity);
}
