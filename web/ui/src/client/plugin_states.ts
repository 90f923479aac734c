import type { PluginFold, PluginLink } from "./plugin_state";
import { PluginState } from "./plugin_state";
import type { EntryInfo, PluginInfo, PluginSignalled, PluginSummary, Welcome } from "./protocol";

/** A page that never shows some plugin keeps no more of its entries than this. */
const KEPT_ENTRIES = 20_000;

/**
 * The plugins of the room. Their folds come when the page first asks for them, which may be long
 * after the join; what a fold needs until then is kept.
 */
export class PluginStates {
  readonly #link: PluginLink;
  readonly #states = new Map<string, PluginState<unknown>>();
  readonly #folds = new Map<string, unknown>();
  #infos: readonly PluginInfo[] = [];
  #views: Welcome["plugins"] = {};
  #summaries = new Map<string, PluginSummary>();
  #kept: EntryInfo[] = [];

  constructor(link: PluginLink) {
    this.#link = link;
  }

  get infos(): readonly PluginInfo[] {
    return this.#infos;
  }

  has(name: string): boolean {
    return this.#infos.some((info) => info.name === name);
  }

  /** The same object each time; a plugin has one fold. */
  of<S>(fold: PluginFold<S>): PluginState<S> {
    const known = this.#states.get(fold.name);
    if (known !== undefined) {
      if (this.#folds.get(fold.name) !== fold) throw new Error(`two folds for ${fold.name}`);
      return known as PluginState<S>; // Was made of this fold: its states are S.
    }
    const state = new PluginState(fold, this.#link);
    this.#states.set(fold.name, state as PluginState<unknown>);
    this.#folds.set(fold.name, fold);
    if (this.has(fold.name)) this.#catchUp(state);
    return state;
  }

  load(welcome: Welcome): void {
    this.#infos = welcome.plugin_infos;
    this.#views = welcome.plugins;
    this.#summaries.clear();
    this.#kept = [];
    for (const [name, state] of this.#states) {
      state.load(this.#views[name], this.has(name));
    }
  }

  /** Returns whether the page is to be drawn again. */
  apply(entry: EntryInfo): boolean {
    let isSeen = false;
    for (const state of this.#states.values()) isSeen = state.apply(entry) || isSeen;
    const [plugin = ""] = entry.kind.split(".", 1);
    if (plugin !== "room" && this.#states.has(plugin)) return isSeen;
    this.#kept.push(entry);
    if (this.#kept.length > KEPT_ENTRIES) this.#kept = this.#kept.slice(KEPT_ENTRIES / 2);
    return true;
  }

  handleSummary(summary: PluginSummary): void {
    this.#summaries.set(summary.plugin, summary);
    this.#states.get(summary.plugin)?.handleSummary(summary.seq, summary.body);
  }

  /** Returns whether a state has changed. */
  handleSignal(signal: PluginSignalled): boolean {
    return this.#states.get(signal.plugin)?.handleSignal(signal) === true;
  }

  /** A fold that is asked for after the join gets what came until now. */
  #catchUp<S>(state: PluginState<S>): void {
    state.load(this.#views[state.name], true);
    for (const entry of this.#kept) state.apply(entry);
    const summary = this.#summaries.get(state.name);
    if (summary !== undefined) state.handleSummary(summary.seq, summary.body);
    this.#kept = this.#kept.filter((entry) => !entry.kind.startsWith(`${state.name}.`));
  }
}
