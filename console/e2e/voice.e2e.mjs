// Voice, both ways: a caller speaks 440 Hz and a browser with a made-up microphone 1,000 Hz; each
// must be heard on the other side. The caller is `examples/talk.rs` of the server.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { CHROMIUM, FLAGS, openPage, signIn } from "./support/browser.mjs";

const TALK = process.env.EVENHAND_TALK_BIN ?? "../target/debug/examples/talk";
const CALLER_HERTZ = 440;
const MICROPHONE_HERTZ = 1000;
const HEARD_MS_MAX = 30_000;
let folder;
let talk;
let browser;
let page;
let faultless;

/** A WAV file of one tone, as the browser's microphone. */
function tone(hertz) {
  const rate = 48_000;
  const file = Buffer.alloc(44 + rate * 2);
  file.write("RIFF\0\0\0\0WAVEfmt ", 0, "latin1");
  file.writeUInt32LE(36 + rate * 2, 4);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(rate * 2, 40);
  for (let index = 0; index < rate; index += 1) {
    const sample = Math.round(9000 * Math.sin((2 * Math.PI * hertz * index) / rate));
    file.writeInt16LE(sample, 44 + index * 2);
  }
  return file;
}

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
  await writeFile(microphone, tone(MICROPHONE_HERTZ));
  talk = await startTalk();
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      ...FLAGS,
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-audio-capture=${microphone}`,
    ],
  });
  ({ page, faultless } = await openPage(browser, talk.url));
  // The tone would be taken for noise, and an echo of itself: the browser is to leave it as it is.
  await page.addInitScript(() => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    navigator.mediaDevices.getUserMedia = () => open({ audio: plain });
    // What arrives is measured in the samples of the track that the console plays.
    window.arrived = [];
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(...given) {
        super(...given);
        this.addEventListener("track", ({ track }) => window.arrived.push(track));
      }
    };
  });
  await signIn(page, talk);
});
after(async () => {
  await browser?.close();
  await talk?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Frequency and loudness of what the browser receives, from a quarter of a second of samples. */
function heardByBrowser() {
  return page.evaluate(async () => {
    const track = window.arrived.at(-1);
    if (!track) return { hertz: 0, loud: 0 };
    const reader = new MediaStreamTrackProcessor({ track: track.clone() }).readable.getReader();
    const samples = [];
    let rate = 0;
    while (rate === 0 || samples.length < rate / 4) {
      const { value, done } = await reader.read();
      if (done) break;
      rate = value.sampleRate;
      const piece = new Float32Array(value.numberOfFrames);
      value.copyTo(piece, { planeIndex: 0, format: "f32-planar" });
      samples.push(...piece);
      value.close();
    }
    await reader.cancel();
    const loudness = (hertz) => {
      let [cosine, sine] = [0, 0];
      samples.forEach((sample, index) => {
        const turn = (2 * Math.PI * hertz * index) / rate;
        cosine += sample * Math.cos(turn);
        sine += sample * Math.sin(turn);
      });
      return (2 * Math.hypot(cosine, sine)) / samples.length;
    };
    let best = { hertz: 0, loud: 0 };
    for (let hertz = 200; hertz < 3000; hertz += 20) {
      const loud = loudness(hertz);
      if (loud > best.loud) best = { hertz, loud };
    }
    return best;
  });
}

/** Asks until it is so. */
async function until(what, isSo) {
  const end = Date.now() + HEARD_MS_MAX;
  let last;
  while (Date.now() < end) {
    last = await what();
    if (isSo(last)) return last;
  }
  throw new Error(`never so; last: ${JSON.stringify(last)}`);
}

test("the browser receives the caller's tone", async () => {
  const heard = await until(heardByBrowser, ({ loud }) => loud > 0.1);
  assert.equal(heard.hertz, CALLER_HERTZ);
});

test("the caller receives the browser's tone", async () => {
  const { hertz } = await talk.said(/heard (?<hertz>\d+) (?<loud>[1-9]\d{3,})/);
  assert.equal(Number(hertz), MICROPHONE_HERTZ);
});

test("after a reload the voice is there again", async () => {
  await page.reload();
  await page.waitForSelector("[data-counter=unaccounted]");
  const heard = await until(heardByBrowser, ({ loud }) => loud > 0.1);
  assert.equal(heard.hertz, CALLER_HERTZ);
  faultless();
});
