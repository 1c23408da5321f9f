// Acts that more than one part of the screen offers.

import { flushSync } from "svelte";
import { signOut, type Answer } from "../api/client.ts";
import { callOrder } from "../pure/ranks.ts";
import { boards } from "./boards.svelte.ts";
import { desk } from "./desk.svelte.ts";
import { focusOn } from "./keys.ts";
import { give } from "./orders.svelte.ts";

const isRinging = (state: string): boolean => state === "queued" || state === "presented";

export async function answer(call: number): Promise<void> {
  const done = await give({ type: "AnswerCall", data: { call } }, "calls", `answered C${call}`);
  if (done.kind !== "accepted") return;
  flushSync(() => desk.openCall(call));
  focusOn("call");
}

/** Answers the call that has rung longest. */
export async function answerNext(): Promise<void> {
  const next = [...boards.calls.values()].filter((c) => isRinging(c.state)).sort(callOrder)[0];
  if (next) await answer(next.call);
}

export function acknowledge(alert: number): Promise<Answer> {
  const command = { type: "AcknowledgeAlert", data: { alert } };
  return give(command, "alert", `alert W${alert} acknowledged`);
}

/** Ends the shift, and with it the session. Refused while something is left behind. */
export async function endShift(): Promise<void> {
  const done = await give({ type: "EndShift", data: {} }, "shift", "shift signed off");
  if (done.kind === "accepted") await signOut();
}
