// What this person has in hand: the call, incident and unit selected, and the pane in front.

import type { Selected } from "../api/client.ts";
import { Drafts, type ChosenPlace } from "../pure/drafts.ts";
import { boards, me } from "./boards.svelte.ts";

export type Pane = "call" | "incident";
/** The room with its boards, or the policy; both go on, one of them is seen. */
export type Page = "room" | "policy";

class Desk {
  call = $state<number | null>(null);
  incident = $state<number | null>(null);
  unit = $state<string | null>(null);
  pane = $state<Pane>("call");
  page = $state<Page>("room");
  /** A place picked on the map, taken by the call form that is in front. */
  picked = $state.raw<ChosenPlace | null>(null);
  /** Whether the call in hand can be worked on, so that a click on the map is its place. */
  isTaking = $state(false);
  /** The place the call form shows now, for the map. */
  located = $state.raw<{ lat_e7: number; lon_e7: number } | null>(null);
  /** Priority 1 incidents nobody here has looked at yet. */
  unseen = $state.raw<ReadonlySet<number>>(new Set());

  openCall(call: number): void {
    this.call = call;
    this.pane = "call";
    this.page = "room";
  }

  openIncident(incident: number): void {
    this.incident = incident;
    this.pane = "incident";
    this.page = "room";
    this.see(incident);
  }

  see(incident: number): void {
    if (!this.unseen.has(incident)) return;
    this.unseen = new Set([...this.unseen].filter((id) => id !== incident));
  }

  /** The selection as the command line takes it. */
  selected(): Selected {
    return {
      ...(this.call !== null && boards.calls.has(this.call) && { call: this.call }),
      ...(this.incident !== null && { incident: this.incident }),
      ...(this.unit !== null && { unit: this.unit }),
    };
  }

  clear(): void {
    this.call = null;
    this.incident = null;
    this.unit = null;
    this.page = "room";
    this.unseen = new Set();
  }
}

export const desk = new Desk();

export const drafts = new Drafts(localStorage);

/** The call this person is speaking on, if any. */
export function myCall(): number | null {
  for (const call of boards.calls.values()) {
    if (call.state === "answered" && call.answered_by === me()) return call.call;
  }
  return null;
}
