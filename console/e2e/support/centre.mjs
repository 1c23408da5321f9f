// The real binary, on a fresh data folder, with nobody but the test at its positions.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const BINARY = process.env.EVENHAND_BIN ?? "../target/debug/evenhand";
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;

/** Starts `evenhand demo` and gives its address and two people who can sign in. */
export async function startCentre(...flags) {
  const data = await mkdtemp(join(tmpdir(), "evenhand-e2e-"));
  const words = ["demo", "--data", data, "--port", "0", ...flags];
  const child = spawn(BINARY, words, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((done) => child.once("exit", done));
  const { url, first, second } = await spoken(child);
  const stop = async () => {
    child.kill("SIGCONT");
    child.kill("SIGINT");
    const forced = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
    await ended;
    clearTimeout(forced);
    await rm(data, { recursive: true, force: true });
  };
  return { url, first, second, pid: child.pid, stop };
}

/** What it prints at its start: `console: <address>#sign-in=person:code`, `second: person:code`. */
async function spoken(child) {
  const said = { url: "", first: null, second: null };
  const timer = setTimeout(() => child.kill("SIGKILL"), START_MS_MAX);
  const heard = [];
  for await (const line of createInterface({ input: child.stdout })) {
    heard.push(line);
    const opens = /console: (http:\/\/[^/\s]+\/)#sign-in=([^:\s]+):(\S+)/.exec(line);
    if (opens) [said.url, said.first] = [opens[1], { person: opens[2], password: opens[3] }];
    const signs = /second: ([^:\s]+):(\S+)/.exec(line);
    if (signs) said.second = { person: signs[1], password: signs[2] };
    if (said.first && said.second) break;
  }
  clearTimeout(timer);
  if (!said.first || !said.second) {
    throw new Error(`\`${BINARY} demo\` did not say where it is; it said:\n${heard.join("\n")}`);
  }
  // What it says later is nobody's to read, but a full pipe would stop it.
  child.stdout.resume();
  return said;
}
