// Acts that more than one part of the screen offers.

import { flushSync } from "svelte";
import { signOut, type Answer } from "../api/client.ts";
import { nextToAnswer } from "../pure/calls.ts";
import { boards, clock, link, me } from "./boards.svelte.ts";
import { desk } from "./desk.svelte.ts";
import { focusOn } from "./keys.ts";
import { log } from "./log.svelte.ts";
import { give } from "./orders.svelte.ts";

export async function answer(call: number): Promise<void> {
  const done = await give({ type: "AnswerCall", data: { call } }, "calls", `answered C${call}`);
  if (done.kind !== "accepted") return;
  await link.shown(done.seq);
  flushSync(() => desk.openCall(call));
  focusOn("call");
}

/** Answers the call that is offered to this person, or else the one that waits longest. */
export async function answerNext(): Promise<void> {
  const next = nextToAnswer(boards.calls.values(), me());
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
