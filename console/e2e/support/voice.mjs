// A browser whose microphone speaks a tone, and in which what arrives can be measured.

import { chromium } from "playwright-core";
import { CHROMIUM, FLAGS } from "./browser.mjs";

/** Starts a browser with this WAV file as its microphone. */
export const startSpeakingBrowser = (microphone) =>
  chromium.launch({
    executablePath: CHROMIUM,
    args: [
      ...FLAGS,
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-audio-capture=${microphone}`,
    ],
  });

/** Before the page is opened: leaves the tone as it is, and keeps the tracks that arrive. */
export const keepTracks = (page) =>
  page.addInitScript(() => {
    // The tone would be taken for noise, and an echo of itself.
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

/** Frequency and loudness of what the browser receives, from a quarter of a second of samples. */
export const heardByBrowser = (page) =>
  page.evaluate(async () => {
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

const HEARD_MS_MAX = 30_000;

/** Asks until it is so. */
export async function until(what, isSo) {
  const end = Date.now() + HEARD_MS_MAX;
  let last;
  while (Date.now() < end) {
    last = await what();
    if (isSo(last)) return last;
  }
  throw new Error(`never so; last: ${JSON.stringify(last)}`);
}
