// What a call-taker must see of a call at a glance, and which calls stand together.

import type { ToldOfDialling } from "./frames.ts";
import type { Callback, CallRow, Transfer } from "./rows.ts";

export const isRinging = (call: CallRow): boolean =>
  call.state === "queued" || call.state === "presented";

export const isOfferedTo = (call: CallRow, person: string): boolean =>
  isRinging(call) && (call.offered_to ?? []).includes(person);

/** Counted from the first signalling of whoever rang first for this caller. */
export const waitingSince = (call: CallRow): number => call.waiting_since ?? call.presented_at;

/** Calls of one number that are one row. */
export interface Group {
  /** Who stands for all: the call to act on. */
  head: CallRow;
  /** The others, oldest first. */
  others: CallRow[];
}

const leadOf = (call: CallRow): number => call.repeats?.lead ?? call.call;

/** The call of a group that is to be acted on: the one in hand, else one that rings. */
const RANK: Record<CallRow["state"], number> = {
  answered: 0,
  queued: 1,
  presented: 1,
  ended: 2,
  abandoned: 3,
};

/**
 * Repeats of one number as one row each. A call that is answered or over is always a row of its
 * own: somebody has it in hand, or owes its outcome. The abandoned calls of the same caller hang
 * under it, or else under the one that rings, or else under the oldest.
 */
export function grouped(calls: Iterable<CallRow>): Group[] {
  const byLead = new Map<number, CallRow[]>();
  for (const call of calls) byLead.set(leadOf(call), [...(byLead.get(leadOf(call)) ?? []), call]);
  return [...byLead.values()].flatMap(groupsOf);
}

function groupsOf(calls: CallRow[]): Group[] {
  const sorted = [...calls].sort((a, b) => RANK[a.state] - RANK[b.state] || a.call - b.call);
  const inHand = sorted.filter((call) => call.state === "answered" || call.state === "ended");
  const rest = sorted.filter((call) => !inHand.includes(call));
  const heads = inHand.map((head): Group => ({ head, others: [] }));
  const waiting = rest.filter(isRinging);
  const isJoined = heads.length > 0 && waiting.length === 0;
  if (isJoined && heads[0]) {
    heads[0].others = oldestFirst(rest);
    return heads;
  }
  const head = rest[0];
  return head ? [...heads, { head, others: oldestFirst(rest.slice(1)) }] : heads;
}

const oldestFirst = (calls: CallRow[]): CallRow[] => calls.sort((a, b) => a.call - b.call);

/** The call to answer next: one offered to this person first, then whoever waits longest. */
export function nextToAnswer(calls: Iterable<CallRow>, person: string): CallRow | undefined {
  const mine = (call: CallRow) => (isOfferedTo(call, person) ? 0 : 1);
  return [...calls]
    .filter(isRinging)
    .sort((a, b) => mine(a) - mine(b) || waitingSince(a) - waitingSince(b) || a.call - b.call)[0];
}

/** Whether this centre offers calls; where it does not, a call rings everywhere. */
export const isQueued = (call: CallRow): boolean => (call.queue ?? null) !== null;

/** To whom a waiting call is offered; empty where calls ring everywhere. */
export function offerWords(call: CallRow, person: string): string {
  if (!isRinging(call) || !isQueued(call)) return "";
  const to = call.offered_to ?? [];
  const round = (call.round ?? 1) > 1 ? `, round ${call.round}` : "";
  if (to.length === 0) return `offered to nobody${round}`;
  const others = to.filter((one) => one !== person);
  if (!to.includes(person)) return `offered to ${named(others)}${round}`;
  return others.length === 0 ? `offered to you${round}` : `to you and ${named(others)}${round}`;
}

/** Two names are read at a glance; more are counted. */
const named = (people: string[]): string =>
  people.length > 2 ? `${people.length} others` : people.join(" and ");

/** `1st`, `2nd`, `3rd`, `11th`. */
export function ordinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  const end = teen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${end}`;
}

/** `3rd call`, for a call that is not its caller's first. */
export function repeatWords(group: Group): string {
  const of = group.head.repeats;
  const count = Math.max(of?.count ?? 1, group.others.length + 1);
  return count > 1 ? `${ordinal(of?.number ?? count)} call` : "";
}

/** What was asked for: `fire`, `emergency`; empty where nothing was said of it. */
export function serviceWords(service: string | null | undefined): string {
  const text = service ?? "";
  const named = /^urn:service:(?:test\.)?(.+)$/i.exec(text)?.[1];
  if (named === undefined) return text === "tel" || text === "sip" ? "no service named" : text;
  const parts = named.split(".").filter((part) => part !== "sos");
  return parts.length === 0 ? "emergency" : parts.join(", ").replaceAll("-", " ");
}

/** `sip/tls` as people read it. */
export function enteredWords(by: string | null | undefined): string {
  const [kind = "", over] = (by ?? "").split("/");
  const name = kind === "sip" ? "SIP" : kind;
  return over === undefined ? name : `${name} over ${over.toUpperCase()}`;
}

/** `urn:emergency:uid:callid:abc:host` is told apart by its own part. */
export const shortIdentifier = (id: string): string => id.replace(/^urn:emergency:uid:/, "");

/** Data that came with a call: its kind, and what it says. */
export interface Additional {
  kind: string;
  words: string;
  /** It says who calls, so it waits until the outcome is computed. */
  isOfCaller: boolean;
}

/** Whose line and telephone it is. A crash, and what somebody remarked, is of the emergency. */
const OF_CALLER = /subscriber|owner|provider|device|line|service/i;

export function additionalOf(pieces: string[]): Additional[] {
  return pieces.map((piece) => {
    const at = piece.indexOf(": ");
    const kind = at < 0 ? "" : piece.slice(0, at);
    const words = at < 0 ? piece : piece.slice(at + 2);
    return { kind: spaced(kind), words, isOfCaller: OF_CALLER.test(kind) };
  });
}

/** `SubscriberInfo` as `subscriber`. */
const spaced = (kind: string): string =>
  kind
    .replace(/^EmergencyCallData\./i, "")
    .replace(/Info$/, "")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    // Capitals of an abbreviation stay.
    .replace(/[A-Z](?=[a-z])/g, (first) => first.toLowerCase());

const CODE: Record<number, string> = {
  404: "not known there",
  408: "no answer",
  480: "not to be reached",
  486: "busy",
  503: "takes no calls now",
  603: "declined",
};

/** How handing a caller to another centre goes. */
export function transferWords(transfer: Transfer): string {
  const code = transfer.code ?? 0;
  const why = code === 0 ? "" : ` (${CODE[code] ?? "answer"}, ${code})`;
  switch (transfer.state) {
    case "started":
      return `being handed to ${transfer.to}…`;
    case "accepted":
      return `${transfer.to} has the caller`;
    case "failed":
      return `${transfer.to} did not take it${why}; the caller is still yours`;
  }
}

/** How ringing a caller back goes; `told` is what the line says of it, if one dials. */
export function callbackWords(callback: Callback, told?: ToldOfDialling): string {
  if (callback.reached) return "reached";
  if (!callback.ringing) return "";
  switch (told?.progress) {
    case "dialling":
      return "dialled…";
    case "ringing":
      return "ringing at the caller…";
    case "answered":
      return "answered: speak, then say that the caller is reached";
    case "failed": {
      const code = told.code ?? 0;
      return code === 0 ? "could not be dialled" : `no answer: ${CODE[code] ?? "failed"}, ${code}`;
    }
    case "over":
      return "over: say whether the caller was reached";
    default:
      return "being rung back…";
  }
}
