// baresip: a telephone that speaks a tone and keeps what it hears. It takes orders and tells events
// as JSON in netstrings.

import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MODULES = process.env.BARESIP_MODULES ?? "/usr/lib/baresip/modules";
const RATE = 8000;
/** SIP, SIP by TLS, its control, and voice. */
const PORTS = 24;
const WAIT_MS = 60_000;

/** A WAV file of one tone: 16 bits, one channel. */
export function tone(hertz, rate, seconds) {
  const count = rate * seconds;
  const file = Buffer.alloc(44 + count * 2);
  file.write("RIFF\0\0\0\0WAVEfmt ", 0, "latin1");
  file.writeUInt32LE(36 + count * 2, 4);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(count * 2, 40);
  for (let index = 0; index < count; index += 1) {
    const sample = Math.round(9000 * Math.sin((2 * Math.PI * hertz * index) / rate));
    file.writeInt16LE(sample, 44 + index * 2);
  }
  return file;
}

/** How loud one frequency is among samples from -1 to 1: 1 is a full tone. */
export function loudness(samples, rate, hertz) {
  let [cosine, sine] = [0, 0];
  samples.forEach((sample, index) => {
    const turn = (2 * Math.PI * hertz * index) / rate;
    cosine += sample * Math.cos(turn);
    sine += sample * Math.sin(turn);
  });
  return (2 * Math.hypot(cosine, sine)) / Math.max(1, samples.length);
}

const isFree = (port) =>
  new Promise((done) => {
    const udp = createSocket("udp4");
    udp.once("error", () => done(false));
    udp.bind(port, "127.0.0.1", () => {
      const tcp = createServer();
      tcp.once("error", () => udp.close(() => done(false)));
      tcp.listen(port, "127.0.0.1", () => tcp.close(() => udp.close(() => done(true))));
    });
  });

/** The first of so many free ports in a row, below those that Linux gives out by itself. */
async function freePorts(count) {
  for (;;) {
    const first = 12_000 + Math.floor(Math.random() * (20_000 - count));
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return first;
  }
}

/** Starts a telephone of a number that speaks a tone for so many seconds. */
export async function startTelephone(number, hertz, seconds) {
  const folder = await mkdtemp(join(tmpdir(), "evenhand-telephone-"));
  const port = await freePorts(PORTS);
  await writeFile(join(folder, "speaks.wav"), tone(hertz, RATE, seconds));
  await writeFile(join(folder, "config"), config(folder, port));
  const account = `<sip:${number}@127.0.0.1;transport=udp>;regint=0;answermode=manual`;
  await writeFile(join(folder, "accounts"), `${account};audio_codecs=pcmu,pcma\n`);
  await writeFile(join(folder, "contacts"), "");
  const child = spawn("baresip", ["-f", folder, "-4"], { stdio: ["ignore", "pipe", "ignore"] });
  await ready(child);
  const socket = connect(port + 2, "127.0.0.1");
  const events = listen(socket);
  const order = (command, params = "") => {
    const text = JSON.stringify({ command, params });
    socket.write(`${Buffer.byteLength(text)}:${text},`);
  };
  const ended = new Promise((done) => child.once("exit", done));
  return {
    dial: (target) => order("dial", target),
    hangUp: () => order("hangup"),
    accept: () => order("accept"),
    /** Waits for an event: CALL_RINGING, CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED. */
    event: events.next,
    /** Ends the telephone, and gives all that it heard: samples from -1 to 1, 8,000 a second. */
    async heard() {
      order("quit");
      await ended;
      const names = (await readdir(folder)).filter((name) => name.endsWith("-dec.wav")).sort();
      const files = await Promise.all(names.map((name) => readFile(join(folder, name))));
      return files.flatMap(samplesOf);
    },
    async stop() {
      child.kill("SIGKILL");
      await ended;
      socket.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until it says that it is ready, and reads on so that it is never held up. */
function ready(child) {
  return new Promise((done, failed) => {
    let said = "";
    child.once("error", failed);
    child.once("exit", () => failed(new Error(`baresip ended: ${said}`)));
    child.stdout.on("data", (piece) => {
      said += piece;
      if (said.includes("baresip is ready")) done();
    });
  });
}

function listen(socket) {
  const events = [];
  let rest = Buffer.alloc(0);
  let wake = () => {};
  socket.on("data", (piece) => {
    rest = Buffer.concat([rest, piece]);
    for (;;) {
      const colon = rest.indexOf(":");
      const length = Number(rest.subarray(0, colon));
      if (colon < 0 || rest.length < colon + length + 2) break;
      events.push(JSON.parse(rest.subarray(colon + 1, colon + 1 + length)));
      rest = rest.subarray(colon + length + 2);
    }
    wake();
  });
  socket.on("error", () => {});
  const next = async (kind) => {
    const end = Date.now() + WAIT_MS;
    for (;;) {
      const event = events.shift();
      if (event?.type === kind) return event;
      if (event?.type === "CALL_CLOSED") throw new Error(`${kind} awaited: ${event.param}`);
      if (event) continue;
      const left = end - Date.now();
      if (left <= 0) throw new Error(`no ${kind} came`);
      await new Promise((done) => {
        wake = done;
        setTimeout(done, left);
      });
    }
  };
  return { next };
}

/** The samples of a WAV file of 16 bits, whatever stands in its head. */
function samplesOf(file) {
  const from = file.indexOf("data", 12, "latin1") + 8;
  const samples = [];
  for (let at = from; at + 1 < file.length; at += 2) samples.push(file.readInt16LE(at) / 32_768);
  return samples;
}

const config = (folder, port) => `poll_method epoll
sip_listen 127.0.0.1:${port}
net_interface 127.0.0.1
call_max_calls 4
audio_source aufile,${folder}/speaks.wav
audio_player aubridge,ears
audio_alert aubridge,alert
ausrc_srate ${RATE}
auplay_srate ${RATE}
ausrc_channels 1
auplay_channels 1
audio_buffer 20-160
audio_txmode poll
rtp_ports ${port + 3}-${port + PORTS - 1}
jitter_buffer_delay 5-10
module_path ${MODULES}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:${port + 2}
snd_path ${folder}
ringback_disabled yes
statmode_default off
`;
