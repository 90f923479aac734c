import type { Participant, PluginState } from "../../../client";
import type { HandsState, RaisedHand } from "../../../client/plugins/hands";
import { handsFold } from "../../../client/plugins/hands";
import type { Call } from "../../state/call";

/** The floor of the call's room. */
export function floorOf(call: Call): PluginState<HandsState> {
  return call.room.plugin(handsFold);
}

/** Gives the floor, mutes and allows: hosts, assistants, and whose token says so. */
export function runsFloor(call: Call): boolean {
  return call.room.grants.canGrantFloor;
}

/** Between two people nobody asks for the floor; who only watches cannot. */
export function mayRaiseHand(call: Call): boolean {
  const { self, info } = call.room;
  return !runsFloor(call) && self?.role !== "observer" && info?.template !== "guidance";
}

/** Somebody's hand and its place in the queue, as far as one is told of it. */
export function handOf(
  call: Call,
  person: Participant,
): { hand: RaisedHand; place: number } | null {
  const { first } = floorOf(call).state.queue;
  const index = first.findIndex((hand) => hand.participantId === person.id);
  const hand = first[index];
  return hand === undefined ? null : { hand, place: index + 1 };
}
