// Whether this person takes calls now. The centre decides; here it is asked for.

import { AGENT } from "../pure/agents.ts";
import type { AgentState, ShiftRow } from "../pure/rows.ts";
import { boards, me } from "./boards.svelte.ts";
import { give } from "./orders.svelte.ts";

export const myShift = (): ShiftRow | undefined => boards.shifts.get(me());

/** `null` where no centre says. */
export const myAgentState = (): AgentState | null => myShift()?.agent_state ?? null;

/** `busy` follows from a call and is never asked for. */
export type Wanted = Exclude<AgentState, "busy">;

export async function setAgentState(state: Wanted): Promise<void> {
  const now = myAgentState();
  // An older centre has no states; said twice, whoever was ready longest would be so no more.
  if (now === null || now === state) return;
  const command = { type: "SetAgentState", data: { state } };
  await give(command, "shift", `${AGENT[state].word.toLowerCase()} from now`);
}
