// The real binary, on a fresh data folder, with nobody but the test at its positions.

import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const BINARY = process.env.EVENHAND_BIN ?? "../target/debug/evenhand";
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;

/** Have passwords that last; the demo's own people have codes that work once. */
const AT_DESK = { person: "desk", password: "a password for one test" };
const BESIDE = { person: "beside", password: "another password for one test" };
/** Takes calls, and decides nothing by two. */
const FRONT = { person: "front", password: "a third password for one test", role: "call_taker" };

/** Starts `evenhand demo` and gives its address and the people who can sign in. */
export async function startCentre(...flags) {
  const data = await newData(BESIDE, FRONT);
  const child = start(["demo", "--data", data, "--port", "0", ...flags]);
  const wanted = [/console: (?<url>\S+\/)#sign-in=(?<person>[^:]+):(?<code>\S+)/];
  if (flags.includes("--sip")) wanted.push(/^sip: (?<sip>\S+)/);
  const said = await spoken(child, ...wanted);
  const first = { person: said.person, password: said.code };
  const people = { first, beside: BESIDE, front: FRONT };
  return { url: said.url, sip: said.sip, ...people, pid: child.pid, stop: stopOf(child, data) };
}

/** Starts `evenhand serve` with a journal that is soon full. */
export async function startSmallCentre() {
  const data = await newData(AT_DESK);
  const listen = ["--listen", "127.0.0.1:0", "--journal-pages-max", "150"];
  const child = start(["serve", "--data", data, ...listen]);
  const said = await spoken(child, /serving at (?<url>\S+)/);
  return { url: `${said.url}/`, first: AT_DESK, pid: child.pid, stop: stopOf(child, data) };
}

/** A new data folder in which these people have passwords. */
async function newData(...people) {
  const data = await mkdtemp(join(tmpdir(), "evenhand-e2e-"));
  for (const { person, password, role = "supervisor" } of people) {
    const words = ["serve", "--data", data, "--add-person", person, "--role", role];
    const added = spawnSync(BINARY, words, { input: `${password}\n`, encoding: "utf8" });
    if (added.status !== 0) throw new Error(`nobody could be added: ${added.stderr}`);
  }
  return data;
}

function start(words) {
  const env = { ...process.env, EVENHAND_TEST_UNSAFE: "1" };
  return spawn(BINARY, words, { stdio: ["ignore", "pipe", "ignore"], env });
}

function stopOf(child, data) {
  const ended = new Promise((done) => child.once("exit", done));
  return async () => {
    child.kill("SIGCONT");
    child.kill("SIGINT");
    const forced = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
    await ended;
    clearTimeout(forced);
    await rm(data, { recursive: true, force: true });
  };
}

/** Reads what it prints at its start until a line fits each pattern; gives their named parts. */
async function spoken(child, ...patterns) {
  const timer = setTimeout(() => child.kill("SIGKILL"), START_MS_MAX);
  const heard = [];
  const parts = {};
  for await (const line of createInterface({ input: child.stdout })) {
    heard.push(line);
    const fits = patterns.findIndex((pattern) => pattern.test(line));
    if (fits < 0) continue;
    Object.assign(parts, patterns.splice(fits, 1)[0].exec(line).groups);
    if (patterns.length === 0) break;
  }
  clearTimeout(timer);
  if (patterns.length > 0) {
    throw new Error(`\`${BINARY}\` did not say where it is:\n${heard.join("\n")}`);
  }
  // What it says later is nobody's to read, but a full pipe would stop it.
  child.stdout.resume();
  return parts;
}
