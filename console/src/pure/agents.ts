// Whether people take calls now, and how the queues stand, in words and signs.

import type { AgentState, QueueRow, ShiftRow } from "./rows.ts";
import { age } from "./times.ts";

export const AGENT: Record<AgentState, { sign: string; word: string }> = {
  ready: { sign: "●", word: "Ready" },
  busy: { sign: "◐", word: "Busy" },
  wrap_up: { sign: "✎", word: "Wrap-up" },
  break: { sign: "‖", word: "Break" },
};

/** How long a state lasts already; of a wrap-up that ends by itself, what is left of it. */
export function agentTime(shift: ShiftRow, now: number): string {
  if (shift.agent_state === "wrap_up" && shift.agent_until) {
    return `${age(shift.agent_until - now)} left`;
  }
  return shift.agent_since == null ? "" : age(now - shift.agent_since);
}

/** Who is ready first, then by name, so that a name is found at once. */
const ORDER: Record<AgentState, number> = { ready: 0, wrap_up: 1, busy: 2, break: 3 };

export function staffOrder(a: ShiftRow, b: ShiftRow): number {
  const rank = (row: ShiftRow) => (row.agent_state ? ORDER[row.agent_state] : 4);
  return rank(a) - rank(b) || a.person.localeCompare(b.person);
}

export interface Staffing {
  state: AgentState;
  count: number;
}

/** How many are in each state; empty where no centre says. */
export function staffing(shifts: Iterable<ShiftRow>): Staffing[] {
  const states = [...shifts].flatMap((shift) => shift.agent_state ?? []);
  if (states.length === 0) return [];
  const count = (state: AgentState) => states.filter((one) => one === state).length;
  return (Object.keys(AGENT) as AgentState[]).map((state) => ({ state, count: count(state) }));
}

/** `calls`: somebody waits and nobody is ready. `soft`: nobody is ready, and nobody waits. */
export type Shortage = "calls" | "soft" | "none";

export function shortageOf(queue: QueueRow): Shortage {
  if (queue.ready > 0) return "none";
  return queue.length > 0 ? "calls" : "soft";
}

/** Why a queue needs somebody's eye; empty if all is well. */
export function queueTrouble(queue: QueueRow): string {
  if (queue.state === "Disabled") return "nothing can be recorded";
  if (queue.at_work === 0) return "nobody at work";
  if (queue.ready === 0) return "nobody ready";
  return queue.state === "Full" ? "full" : "";
}
