// Voice, both ways: a caller speaks 440 Hz and a browser with a made-up microphone 1,000 Hz; each
// must be heard on the other side. The caller is `examples/talk.rs` of the server.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { openPage, signIn } from "./support/browser.mjs";
import { tone } from "./support/telephone.mjs";
import { heardByBrowser, keepTracks, startSpeakingBrowser, until } from "./support/voice.mjs";

const TALK = process.env.EVENHAND_TALK_BIN ?? "../target/debug/examples/talk";
const CALLER_HERTZ = 440;
const MICROPHONE_HERTZ = 1000;
const HEARD_MS_MAX = 30_000;
let folder;
let talk;
let browser;
let page;
let faultless;

/** Starts the centre with its caller; `heard` waits for a line that fits. */
async function startTalk() {
  const child = spawn(TALK, [], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const waiting = new Set();
  lines.on("line", (line) => {
    for (const one of waiting) one(line);
  });
  const said = (pattern) =>
    new Promise((done, failed) => {
      const last = [];
      const give = () => failed(new Error(`not said: ${pattern}; but ${last.slice(-5)}`));
      const timer = setTimeout(give, HEARD_MS_MAX * 2);
      const one = (line) => {
        last.push(line);
        const parts = pattern.exec(line)?.groups;
        if (!parts) return;
        clearTimeout(timer);
        waiting.delete(one);
        done(parts);
      };
      waiting.add(one);
    });
  const place = /console: (?<url>\S+\/)#sign-in=(?<person>[^:]+):(?<password>\S+)/;
  const { url, ...first } = await said(place);
  const ended = new Promise((done) => child.once("exit", done));
  const stop = () => {
    child.kill("SIGINT");
    return ended;
  };
  return { url, first, said, stop };
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "evenhand-voice-"));
  const microphone = join(folder, "microphone.wav");
  await writeFile(microphone, tone(MICROPHONE_HERTZ, 48_000, 1));
  talk = await startTalk();
  browser = await startSpeakingBrowser(microphone);
  ({ page, faultless } = await openPage(browser, talk.url));
  await keepTracks(page);
  await signIn(page, talk);
});
after(async () => {
  await browser?.close();
  await talk?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("the browser receives the caller's tone", async () => {
  const heard = await until(() => heardByBrowser(page), ({ loud }) => loud > 0.1);
  assert.equal(heard.hertz, CALLER_HERTZ);
});

test("the caller receives the browser's tone", async () => {
  const { hertz } = await talk.said(/heard (?<hertz>\d+) (?<loud>[1-9]\d{3,})/);
  assert.equal(Number(hertz), MICROPHONE_HERTZ);
});

test("after a reload the voice is there again", async () => {
  await page.reload();
  await page.waitForSelector("[data-counter=unaccounted]");
  const heard = await until(() => heardByBrowser(page), ({ loud }) => loud > 0.1);
  assert.equal(heard.hertz, CALLER_HERTZ);
  faultless();
});
