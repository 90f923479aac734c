import { ChangeListeners } from "./change_listeners";
import type { EntryInfo, PluginSignalled, PluginView } from "./protocol";
import type { Reply } from "./session_output";

/**
 * How one plugin's state is made in the page: the twin of the plugin's fold on the server.
 *
 * Pure: states are values that are never changed in place. One file for each plugin, in
 * `client/plugins/<name>.ts`.
 */
export interface PluginFold<S> {
  readonly name: string;
  /** The state for a joiner. `view` is undefined where the plugin has none, or is not in the room. */
  load(view: unknown, seq: number): S;
  /** Gets each entry after the view once, those of the room and of other plugins too. */
  apply(state: S, entry: EntryInfo): S;
  /** A summary stands for what came before it: in large rooms it comes instead of entries. */
  summarize?(state: S, body: unknown): S;
  /** Signals are not journaled: nothing that has to last may hang on them. */
  signal?(state: S, signal: PluginSignalled): S;
  /**
   * Whether only such things have changed as nobody shows but who follows `PluginState.onChange`:
   * so that a stroke does not draw the whole page again.
   */
  isQuiet?(before: S, after: S): boolean;
}

/** A request or a signal to a plugin; `type` says which. */
export interface PluginBody {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface PluginLink {
  request(plugin: string, body: PluginBody): Promise<Reply>;
  signal(plugin: string, body: PluginBody): void;
  changed(): void;
}

type SignalListener = (signal: PluginSignalled) => void;

/** One plugin of the room as this participant has it; `Room.plugin` gives it. */
export class PluginState<S> {
  readonly #fold: PluginFold<S>;
  readonly #link: PluginLink;
  readonly #listeners = new Set<SignalListener>();
  readonly #changes = new ChangeListeners();
  #isPresent = false;
  #seq = 0;
  #summarySeq = 0;
  #state: S;

  constructor(fold: PluginFold<S>, link: PluginLink) {
    this.#fold = fold;
    this.#link = link;
    this.#state = fold.load(undefined, 0);
  }

  get name(): string {
    return this.#fold.name;
  }

  /** Whether the room has this plugin; false before the join. */
  get isPresent(): boolean {
    return this.#isPresent;
  }

  get state(): S {
    return this.#state;
  }

  /** Resolves when it is done and durable; rejects with an `EmporionError` if it is refused. */
  request(body: PluginBody): Promise<Reply> {
    return this.#link.request(this.name, body);
  }

  /** Passed on and forgotten: without a connection it is lost, and nothing tells of it. */
  signal(body: PluginBody): void {
    this.#link.signal(this.name, body);
  }

  /** Changes what only this page knows of the state, such as how much of a list it keeps. */
  adjust(change: (state: S) => S): void {
    if (this.#take(change(this.#state))) this.#link.changed();
  }

  /** For what is shown and forgotten, such as a cursor. Returns how to stop it. */
  onSignal(listener: SignalListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back after changes of this state, once for all that happen together, quiet ones too. */
  readonly onChange = (listener: () => void): (() => void) => this.#changes.add(listener);

  load(view: PluginView | undefined, isPresent: boolean): void {
    this.#isPresent = isPresent;
    this.#seq = view?.seq ?? 0;
    this.#summarySeq = 0;
    this.#take(this.#fold.load(view?.body, this.#seq));
  }

  /** Returns whether the page is to be drawn again. */
  apply(entry: EntryInfo): boolean {
    if (!this.#isPresent || entry.seq <= this.#seq) return false;
    this.#seq = entry.seq;
    return this.#take(this.#fold.apply(this.#state, entry));
  }

  handleSummary(seq: number, body: unknown): void {
    if (this.#fold.summarize === undefined || seq < this.#summarySeq) return;
    this.#summarySeq = seq;
    this.#take(this.#fold.summarize(this.#state, body));
  }

  /** Returns whether the page is to be drawn again. */
  handleSignal(signal: PluginSignalled): boolean {
    for (const listener of this.#listeners) listener(signal);
    if (this.#fold.signal === undefined) return false;
    return this.#take(this.#fold.signal(this.#state, signal));
  }

  #take(state: S): boolean {
    const before = this.#state;
    if (state === before) return false;
    this.#state = state;
    this.#changes.notify();
    return this.#fold.isQuiet?.(before, state) !== true;
  }
}
