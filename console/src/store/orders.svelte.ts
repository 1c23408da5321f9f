// Giving an order, and what happens when the centre wants more before it takes it: a reason, a
// second person's signature, or the same order again after the network failed. The question
// stands in the pane it came from; there is no dialog.

import {
  newKey,
  runLine,
  sendAdoption,
  sendCommand,
  undoLast,
  type Adoption,
  type Answer,
  type Command,
  type Second,
  type Selected,
} from "../api/client.ts";
import { clock } from "./boards.svelte.ts";
import { log } from "./log.svelte.ts";
import { sounds } from "./sounds.svelte.ts";

export type Origin = "call" | "calls" | "incident" | "unit" | "alert" | "line" | "shift" | "policy";

export interface Question {
  needs: "reason" | "second" | "again" | "nothing";
  text: string;
  /** Sends the same order, with what was asked for. */
  resend: (more: { reason?: string; second?: Second }) => Promise<Answer>;
}

class Questions {
  open = $state<Partial<Record<Origin, Question>>>({});

  dismiss(origin: Origin): void {
    delete this.open[origin];
  }
}

export const questions = new Questions();

/** What `answer` still needs, judged by the refusal's own name. */
function neededFor(answer: Answer): Question["needs"] {
  if (answer.kind === "failed") {
    if (answer.code === "no_answer") return "again";
    return answer.code.includes("second") ? "second" : "nothing";
  }
  if (answer.kind !== "refused") return "nothing";
  if (answer.name === "ReasonMissing") return "reason";
  if (answer.name === "SecondPersonMissing" || answer.name === "SecondPersonIsFirst") {
    return "second";
  }
  return "nothing";
}

function settle(answer: Answer, origin: Origin, says: string, resend: Question["resend"]): void {
  if (answer.kind === "accepted") {
    questions.dismiss(origin);
    log.say("done", says, clock.now);
    return;
  }
  if (answer.kind === "not_read") return;
  questions.open[origin] = { needs: neededFor(answer), text: answer.text, resend };
  log.say("refused", `${says}: ${answer.text}`, clock.now);
  sounds.once("refused");
}

function withReason(command: Command, reason: string | undefined): Command {
  if (reason === undefined) return command;
  const signature = { ...(command.data["signature"] as object | undefined), reason };
  return { ...command, data: { ...command.data, signature } };
}

/** Sends a command. `says` is what the log says of it. */
export async function give(
  command: Command,
  origin: Origin,
  says: string,
  second?: Second,
  key: string = newKey(),
): Promise<Answer> {
  const answer = await sendCommand(command, key, second);
  // After silence the same key goes out again; with more in it, it is another order.
  const isSilent = answer.kind === "failed" && answer.code === "no_answer";
  settle(answer, origin, says, (more) =>
    give(
      withReason(command, more.reason),
      origin,
      says,
      more.second ?? second,
      isSilent ? key : newKey(),
    ),
  );
  return answer;
}

/** Adopts a policy. Two people sign. */
export async function giveAdoption(
  adoption: Adoption,
  says: string,
  second?: Second,
  key: string = newKey(),
): Promise<Answer> {
  const answer = await sendAdoption(adoption, key, second);
  const isSilent = answer.kind === "failed" && answer.code === "no_answer";
  settle(answer, "policy", says, (more) => {
    const signature = { ...adoption.signature, ...(more.reason && { reason: more.reason }) };
    const again = { ...adoption, signature };
    return giveAdoption(again, says, more.second ?? second, isSilent ? key : newKey());
  });
  return answer;
}

export async function giveLine(
  text: string,
  selected: Selected,
  second?: Second,
  key: string = newKey(),
): Promise<Answer> {
  const answer = await runLine(text, selected, key, second);
  const isSilent = answer.kind === "failed" && answer.code === "no_answer";
  const says = (answer.kind === "accepted" && answer.reading?.says) || text;
  settle(answer, "line", says, (more) =>
    giveLine(text, selected, more.second ?? second, isSilent ? key : newKey()),
  );
  return answer;
}

export async function giveUndo(key: string = newKey()): Promise<Answer> {
  const answer = await undoLast(key);
  const isSilent = answer.kind === "failed" && answer.code === "no_answer";
  settle(answer, "line", "last act taken back", () => giveUndo(isSilent ? key : newKey()));
  return answer;
}

/** The value of `field` in the first event of this type, such as the number of a new incident. */
export function fromEvent<T>(answer: Answer, type: string, field: string): T | undefined {
  if (answer.kind !== "accepted") return undefined;
  return answer.events.find((event) => event.type === type)?.data[field] as T | undefined;
}
