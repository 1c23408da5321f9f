// What is done to the line of a call: held, ended, located again, transferred, rung back.

import type { CallRow } from "../pure/rows.ts";
import { boards, clock, me } from "./boards.svelte.ts";
import { desk, myCall } from "./desk.svelte.ts";
import { log } from "./log.svelte.ts";
import { give, type Origin } from "./orders.svelte.ts";

/** The call in hand, if this person speaks on it; or else the one that they speak on. */
export function callSpoken(): CallRow | undefined {
  const chosen = callInHand();
  if (chosen?.state === "answered" && chosen.answered_by === me()) return chosen;
  const mine = myCall();
  return mine === null ? undefined : boards.calls.get(mine);
}

export function callInHand(): CallRow | undefined {
  return desk.call === null ? undefined : boards.calls.get(desk.call);
}

/** Whether a line of voice stands behind a call: one that was entered by hand has none. */
export const hasLine = (call: CallRow): boolean =>
  call.channel === "voice" && (call.entered_by ?? "").startsWith("sip");

async function order(type: string, call: number, says: string): Promise<boolean> {
  return (await give({ type, data: { call } }, "call", `C${call} ${says}`)).kind === "accepted";
}

export function turnHold(): void {
  const call = callSpoken();
  if (!call || !hasLine(call)) return;
  void (call.held
    ? order("ResumeCall", call.call, "resumed")
    : order("HoldCall", call.call, "held"));
}

/** A call without a line has nobody to ask where it is. */
export const canRebid = (call: CallRow): boolean =>
  call.entered_by != null && call.outcome === null && call.state !== "ended";

export function rebid(): void {
  const call = callInHand() ?? callSpoken();
  if (!call) return;
  if (canRebid(call)) void order("RebidLocation", call.call, "is located again");
  else log.say("note", `C${call.call} has no line to ask where it is`, clock.now);
}

export const canTransfer = (call: CallRow): boolean =>
  call.state === "answered" && call.answered_by === me() && call.transfer?.state !== "started";

export async function transfer(call: number, to: string): Promise<boolean> {
  const command = { type: "TransferCall", data: { call, to } };
  return (await give(command, "call", `C${call} is handed to ${to}`)).kind === "accepted";
}

/** Who has the caller now is the outcome of the call; a person says so. */
export async function recordTransfer(call: number, by: string): Promise<boolean> {
  const command = { type: "RecordTransfer", data: { call, accepted_by: by } };
  return (await give(command, "call", `C${call} taken over by ${by}`)).kind === "accepted";
}

const CALLBACK_SAYS = {
  StartCallback: "is rung back",
  ReachCaller: "reached",
  MissCaller: "not reached",
} as const;

export type CallbackAct = keyof typeof CALLBACK_SAYS;

export async function actOnCallback(call: number, type: CallbackAct): Promise<void> {
  const command = { type, data: { call } };
  const origin: Origin = "calls";
  const done = await give(command, origin, `C${call} ${CALLBACK_SAYS[type]}`);
  if (done.kind === "accepted" && type === "ReachCaller") desk.openCall(call);
}

/** By key, for the call selected: only what its callback stands at. */
export function callbackByKey(type: CallbackAct): void {
  const call = callInHand();
  if (!call || call.state !== "abandoned") return;
  const isRinging = call.callback?.ringing ?? false;
  if (isRinging === (type !== "StartCallback")) void actOnCallback(call.call, type);
}
