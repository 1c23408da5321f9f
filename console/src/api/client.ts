// The web API over HTTP. Every order carries an idempotency key and is safe to send again.

import { NoAnswer, sendWithRetry } from "../pure/retry.ts";
import { session, type Session } from "./session.svelte.ts";

const BASE = "/api/v1";
/** An answer that takes longer is given up and asked for again under the same key. */
const ANSWER_MS_MAX = 8000;
/** A check of a large policy may take its time. */
const INQUIRY_MS_MAX = 35_000;

export interface Command {
  type: string;
  data: Record<string, unknown>;
}

export interface Second {
  person: string;
  password: string;
}

export interface Choice {
  text: string;
  says: string;
}

export interface Reading {
  understood: boolean;
  says: string | null;
  command: Command | null;
  choices: Choice[];
  syntax: { verb: string; form: string; says: string }[];
  error: string | null;
}

export interface Selected {
  call?: number;
  incident?: number;
  unit?: string;
}

export interface EventEntry {
  seq: number;
  type: string;
  data: Record<string, unknown>;
}

export interface Adoption {
  files: { name: string; text: string }[];
  /** `null`: now. */
  effective_at: number | null;
  signature: { reason: string };
}

export type Answer =
  | { kind: "accepted"; seq: number; events: EventEntry[]; repeated: boolean; reading?: Reading }
  | { kind: "refused"; name: string; refusal: Record<string, unknown>; text: string }
  | { kind: "not_read"; reading: Reading }
  | { kind: "failed"; code: string; text: string };

interface Reply {
  status: number;
  body: Record<string, unknown>;
}

interface Asking {
  key?: string;
  wait_ms?: number;
  /** Ends the question when nobody needs its answer any more. */
  signal?: AbortSignal;
}

async function send(
  method: string,
  path: string,
  body?: unknown,
  { key, wait_ms = ANSWER_MS_MAX, signal: left }: Asking = {},
): Promise<Reply> {
  const headers: Record<string, string> = {};
  if (session.current) headers["Authorization"] = `Bearer ${session.current.token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key !== undefined) headers["Idempotency-Key"] = key;
  const limit = AbortSignal.timeout(wait_ms);
  const signal = left ? AbortSignal.any([limit, left]) : limit;
  const text = body === undefined ? null : JSON.stringify(body);
  let response: Response;
  let read: unknown;
  try {
    response = await fetch(BASE + path, { method, headers, body: text, signal });
    read = await response.json().catch(() => ({}));
  } catch (cause) {
    throw new NoAnswer("no answer from the centre", { cause });
  }
  const reply = { status: response.status, body: read as Record<string, unknown> };
  // While the journal is down an order is surely not done. Any other failure of the server leaves
  // that open, and the same key asks again.
  if (reply.status >= 500 && failure(reply).code !== "journal_down") {
    throw new NoAnswer(failure(reply).text);
  }
  if (response.status === 401 && path !== "/sign-in") session.end();
  return reply;
}

function failure(reply: Reply): { code: string; text: string } {
  const error = reply.body["error"] as { code?: string; text?: string } | undefined;
  return {
    code: error?.code ?? String(reply.status),
    text: error?.text ?? `the centre answered ${reply.status}`,
  };
}

function answerOf(reply: Reply): Answer {
  const { status, body } = reply;
  const reading = body["reading"] as Reading | undefined;
  if (status === 200) {
    return {
      kind: "accepted",
      seq: body["last_seq"] as number,
      events: (body["events"] ?? []) as EventEntry[],
      repeated: body["repeated"] === true,
      ...(reading && { reading }),
    };
  }
  if (status === 409) {
    const refusal = (body["refusal"] ?? {}) as Record<string, unknown>;
    return {
      kind: "refused",
      name: String(refusal["refusal"] ?? ""),
      refusal,
      text: String(body["text"] ?? "refused"),
    };
  }
  if (status === 422 && reading) return { kind: "not_read", reading };
  return { kind: "failed", ...failure(reply) };
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function order(path: string, body: unknown, key: string): Promise<Answer> {
  try {
    return answerOf(await sendWithRetry(() => send("POST", path, body, { key }), pause));
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const text = "no answer from the centre; whether it was done is not known, send it again";
    return { kind: "failed", code: "no_answer", text };
  }
}

export const newKey = (): string => crypto.randomUUID();

export function sendCommand(command: Command, key: string, second?: Second): Promise<Answer> {
  return order("/commands", { command, ...(second && { second }) }, key);
}

export function runLine(text: string, selected: Selected, key: string, second?: Second) {
  return order("/line", { text, run: true, selected, ...(second && { second }) }, key);
}

export function undoLast(key: string): Promise<Answer> {
  return order("/undo", {}, key);
}

/** What a line would do; nothing is done. `null` if the centre does not answer. */
export async function readLine(text: string, selected: Selected): Promise<Reading | null> {
  try {
    const reply = await send("POST", "/line", { text, run: false, selected });
    return (reply.body["reading"] as Reading | undefined) ?? null;
  } catch {
    return null;
  }
}

/** A question, which changes nothing. `null` if it cannot be answered now. */
export async function ask<T>(path: string): Promise<T | null> {
  try {
    const reply = await send("GET", path);
    return reply.status === 200 ? (reply.body as T) : null;
  } catch {
    return null;
  }
}

export type Told<T> = { ok: true; value: T } | { ok: false; text: string };

/** A question with much in it, such as a policy to check. It changes nothing. */
export async function inquire<T>(
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<Told<T>> {
  const asking = { wait_ms: INQUIRY_MS_MAX, ...(signal && { signal }) };
  try {
    const reply = await send("POST", path, body, asking);
    if (reply.status === 200) return { ok: true, value: reply.body as T };
    return { ok: false, text: failure(reply).text };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { ok: false, text: error.message };
  }
}

/** Adopts a policy that stands in `files`; two people sign. */
export function sendAdoption(adoption: Adoption, key: string, second?: Second): Promise<Answer> {
  return order("/policy/adopt", { ...adoption, ...(second && { second }) }, key);
}

/** Connects this position's voice: our offer for the centre's answer, both in SDP. */
export function offerVoice(sdp: string): Promise<Told<{ sdp: string }>> {
  return inquire("/voice/offer", { sdp });
}

/** Says whether the microphone is muted, for those who watch. */
export async function tellMicrophone(muted: boolean): Promise<void> {
  await send("POST", "/voice/microphone", { muted }).catch(() => undefined);
}

export async function signIn(
  person: string,
  password: string,
  role: string,
  position: string,
): Promise<string | null> {
  try {
    const reply = await send("POST", "/sign-in", { person, password, role, position });
    if (reply.status !== 200) return failure(reply).text;
    session.begin(reply.body as unknown as Session);
    return null;
  } catch {
    return "no answer from the centre";
  }
}

export async function signOut(): Promise<void> {
  await send("POST", "/sign-out", {}).catch(() => undefined);
  session.end();
}
