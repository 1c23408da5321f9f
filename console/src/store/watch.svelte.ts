// Which tones should be heard now. A tone ends when a person deals with what it stands for.

import { boards } from "./boards.svelte.ts";
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

export function wantedTones(): { ringing: boolean; priority: boolean; alert: boolean } {
  return {
    ringing: (boards.situation?.ringing ?? 0) > 0,
    priority: desk.unseen.size > 0,
    alert: boards.alerts.size > 0,
  };
}
