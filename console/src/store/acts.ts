// Acts that more than one part of the screen offers.

import { flushSync } from "svelte";
import { signOut, type Answer } from "../api/client.ts";
import { callOrder } from "../pure/ranks.ts";
import { boards, clock, link } from "./boards.svelte.ts";
import { desk } from "./desk.svelte.ts";
import { focusOn } from "./keys.ts";
import { log } from "./log.svelte.ts";
import { give } from "./orders.svelte.ts";

const isRinging = (state: string): boolean => state === "queued" || state === "presented";

export async function answer(call: number): Promise<void> {
  const done = await give({ type: "AnswerCall", data: { call } }, "calls", `answered C${call}`);
  if (done.kind !== "accepted") return;
  await link.shown(done.seq);
  flushSync(() => desk.openCall(call));
  focusOn("call");
}

/** Answers the call that has rung longest. */
export async function answerNext(): Promise<void> {
  const next = [...boards.calls.values()].filter((c) => isRinging(c.state)).sort(callOrder)[0];
  if (next) return answer(next.call);
  // The focus goes where it would have gone: what is typed now was meant for a caller.
  log.say("note", "no call is ringing", clock.now);
  flushSync(() => (desk.pane = "call"));
  focusOn("call");
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
