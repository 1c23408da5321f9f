// Which tones should be heard now. A tone ends when a person deals with what it stands for.

import { isQueued, isRinging } from "../pure/calls.ts";
import type { CallRow } from "../pure/rows.ts";
import { myAgentState } from "./agent.svelte.ts";
import { boards, me } from "./boards.svelte.ts";
import { desk } from "./desk.svelte.ts";

/** Incidents that were there when this person sat down are not new to the room. */
let known: Set<number> | null = null;

/** Notes priority 1 incidents that nobody here has looked at; runs as an effect. */
export function watchPriority(): void {
  const urgent = [...boards.incidents.values()].filter((row) => row.priority === 1);
  if (boards.seq === null) {
    known = null;
    return;
  }
  if (known === null) {
    known = new Set(urgent.map((row) => row.incident));
    return;
  }
  const waits = (row: { stage: string }) => ["created", "pending", "held"].includes(row.stage);
  const fresh = urgent.filter((row) => !known?.has(row.incident) && waits(row));
  for (const row of urgent) known.add(row.incident);
  const seen = (id: number) => !waits(boards.incidents.get(id) ?? { stage: "closed" });
  const left = [...desk.unseen].filter((id) => !seen(id));
  if (fresh.length > 0 || left.length !== desk.unseen.size) {
    desk.unseen = new Set([...left, ...fresh.map((row) => row.incident)]);
  }
}

/**
 * A call rings for whom it is offered to. One without a queue rings everywhere; so does one that is
 * offered to nobody, but not into the ear of somebody who speaks with a caller.
 */
function ringsHere(call: CallRow): boolean {
  if (!isRinging(call)) return false;
  const to = call.offered_to ?? [];
  if (!isQueued(call) || to.includes(me())) return true;
  return to.length === 0 && myAgentState() !== "busy";
}

export function wantedTones(): { ringing: boolean; priority: boolean; alert: boolean } {
  return {
    ringing: [...boards.calls.values()].some(ringsHere),
    priority: desk.unseen.size > 0,
    alert: boards.alerts.size > 0,
  };
}
