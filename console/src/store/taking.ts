// The steps of taking a call, as orders to the centre. Nothing here says what is right.

import { flushSync } from "svelte";
import type { Command } from "../api/client.ts";
import type { Draft } from "../pure/drafts.ts";
import {
  asPairs,
  askedOfCaller,
  askedOfEmergency,
  callerDecides,
  factsFor,
  textOf,
} from "../pure/facts.ts";
import type { CallRow } from "../pure/rows.ts";
import { boards, link } from "./boards.svelte.ts";
import { desk, drafts } from "./desk.svelte.ts";
import { focusOn } from "./keys.ts";
import { fromEvent, give } from "./orders.svelte.ts";

const pointText = (p: { lat_e7: number; lon_e7: number }): string => `${p.lat_e7},${p.lon_e7}`;

/**
 * The place as the draft has it: the chosen one; or what was typed, with the point that was
 * delivered with the call, if any; or that point alone. Never a reason to wait.
 */
export function placeOf(call: CallRow, draft: Draft): Record<string, unknown> {
  const { chosen, delivered } = draft;
  const typed = draft.where.trim();
  if (chosen) {
    return { address: chosen.text, point: pointText(chosen), verified: chosen.verified };
  }
  const address = typed || (typeof call.location?.address === "string" && call.location.address);
  return {
    ...(address && { address }),
    ...(delivered && { point: pointText(delivered) }),
    ...(delivered?.uncertainty_m != null && { uncertainty_m: delivered.uncertainty_m }),
    verified: false,
  };
}

export async function locate(call: CallRow, draft: Draft): Promise<void> {
  const location = placeOf(call, draft);
  const where = String(location["address"] ?? "a point on the map");
  const command = { type: "LocateCall", data: { call: call.call, location } };
  await give(command, "call", `C${call.call} located: ${where}`);
  if (call.incident === null) return;
  const correct = { type: "RelocateIncident", data: { incident: call.incident, location } };
  await give(correct, "call", `I${call.incident} located: ${where}`);
}

export async function recordWords(call: number, words: string): Promise<boolean> {
  const command = { type: "RecordWords", data: { call, words } };
  return (await give(command, "call", `C${call} words recorded`)).kind === "accepted";
}

/** Records what is known of the caller, each `name=value`. */
export async function recordCaller(call: number, facts: string[]): Promise<boolean> {
  const command = { type: "RecordCallerFacts", data: { call, facts } };
  return (await give(command, "call", `C${call} caller recorded`)).kind === "accepted";
}

/** Opens an incident for the call and classifies it, if a type was chosen. */
export async function openIncident(
  call: CallRow,
  draft: Draft,
  type: string | null,
): Promise<void> {
  let incident = call.incident;
  let seq = 0;
  if (incident === null) {
    const data = { call: call.call, location: placeOf(call, draft) };
    const opened = await give({ type: "CreateIncident", data }, "call", `C${call.call} opened`);
    if (opened.kind !== "accepted") return;
    seq = opened.seq;
    incident = fromEvent<number>(opened, "IncidentCreated", "incident") ?? null;
  }
  if (incident === null) return;
  if (type !== null) {
    const text = textOf(boards.policy, type);
    const caller = asPairs(factsFor(askedOfCaller(text), draft.caller));
    if (callerDecides(text) && caller.length > 0) {
      if (!(await recordCaller(call.call, caller))) return;
      drafts.write(call.call, { ...drafts.read(call.call), caller: {} });
    }
    const facts = factsFor(askedOfEmergency(text), draft.facts);
    const command: Command = {
      type: "ClassifyIncident",
      data: { incident, incident_type: type, facts },
    };
    const classified = await give(command, "call", `I${incident} is ${type}`);
    if (classified.kind === "accepted") seq = classified.seq;
  }
  await link.shown(seq);
  const created = incident;
  flushSync(() => desk.openIncident(created));
  focusOn("incident");
}

export async function attach(call: number, incident: number, words: string): Promise<boolean> {
  const data = { call, incident, ...(words !== "" && { words }) };
  const says = `C${call} attached to I${incident}`;
  const done = await give({ type: "AttachCall", data }, "call", says);
  if (done.kind !== "accepted") return false;
  drafts.clear(call);
  desk.openIncident(incident);
  return true;
}

export async function endCall(call: number): Promise<void> {
  await give({ type: "EndCall", data: { call } }, "call", `C${call} ended`);
}
