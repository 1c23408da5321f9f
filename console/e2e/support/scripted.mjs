// A centre that says what a test tells it to: for rows that only a line, a network or another
// centre would bring about. It serves the built console, and takes note of every order.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const DIST = process.env.CONSOLE_DIST ?? new URL("../../dist", import.meta.url).pathname;
const TYPE = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const BOUNDS = [
  [-71.14, 42.34],
  [-71.05, 42.41],
];
const EMPTY = { type: "FeatureCollection", features: [] };
const MAP = {
  version: "test",
  bounds: BOUNDS,
  attribution: "no streets",
  streets: EMPTY,
  areas: {},
  places: EMPTY,
};

/** Serves the console, and answers its questions. */
export async function startScripted() {
  const orders = [];
  const stories = {};
  const server = createServer((request, response) => {
    void answer(request, response, { orders, stories });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const stop = () => new Promise((done) => server.close(done));
  return { url, orders, stories, stop };
}

async function answer(request, response, centre) {
  const { pathname } = new URL(request.url, "http://centre");
  if (!pathname.startsWith("/api/v1/")) return file(pathname, response);
  const asked = pathname.slice("/api/v1".length);
  const body = await bodyOf(request);
  if (asked.endsWith("/duplicates")) return say(response, { duplicates: [] });
  const call = /^\/calls\/(\d+)$/.exec(asked)?.[1];
  const said =
    call !== undefined
      ? { call: Number(call), timeline: centre.stories[call] ?? [] }
      : (ANSWERS[asked]?.(body, centre) ?? {});
  say(response, said);
}

function say(response, said) {
  response.writeHead(200, { "Content-Type": "application/json" });
  response.end(JSON.stringify(said));
}

const ANSWERS = {
  "/health": () => ({ generated: false, time_zone: "America/New_York" }),
  "/session": () => ({}),
  "/map": () => MAP,
  "/policy": () => ({ incident_types: [], no_dispatch_codes: [], dispositions: [], labels: [] }),
  "/sign-in": ({ person, role, position }) => ({
    token: "token",
    person,
    role,
    roles: [role],
    position,
  }),
  "/commands": ({ command }, { orders }) => {
    orders.push(command);
    return { accepted: true, last_seq: 0, events: [] };
  },
};

async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const text = Buffer.concat(pieces).toString();
  return text === "" ? {} : JSON.parse(text);
}

async function file(pathname, response) {
  const name = pathname === "/" ? "/index.html" : normalize(pathname);
  try {
    const content = await readFile(join(DIST, name));
    response.writeHead(200, { "Content-Type": TYPE[extname(name)] ?? "text/plain" });
    response.end(content);
  } catch {
    response.writeHead(404);
    response.end();
  }
}

/**
 * Takes the place of the centre's WebSocket on a page. Gives what sends rows: each with its topic,
 * laid on as the centre's changes are.
 */
export async function feed(page, now) {
  let socket;
  let seq = 1;
  const heartbeat = (at) => {
    const data = { at, speed: 1, journal: "ok", unrecorded: [] };
    socket.send(JSON.stringify({ seq, type: "heartbeat", data }));
  };
  const here = new Promise((done) => {
    void page.routeWebSocket(/\/api\/v1\/ws$/, (routed) => {
      socket = routed;
      routed.onMessage((text) => {
        if (JSON.parse(text).type !== "hello") return heartbeat(now);
        nothing();
        heartbeat(now);
        done();
      });
    });
  });
  function nothing() {
    seq += 1;
    socket.send(JSON.stringify({ seq, type: "snapshot", data: emptySnapshot() }));
  }
  const send = (type, topic, rows) => {
    seq += 1;
    const changes = rows.map((data) => ({ topic, type, data }));
    socket.send(JSON.stringify({ seq, type: "changes", changes }));
  };
  /** Says something that is no row and is kept nowhere. */
  const told = (type, data) => socket.send(JSON.stringify({ seq, type, data }));
  return {
    here,
    told,
    /** Takes every row off. */
    nothing,
    rows: (topic, ...rows) => send("row", topic, rows),
    gone: (topic, ...rows) => send("gone", topic, rows),
  };
}

function emptySnapshot() {
  const rows = { calls: [], incidents: [], units: [], alerts: [], shifts: [], queues: [] };
  const numbers = { unaccounted: 0, ended_unaccounted: 0, ringing: 0, callbacks: 0, alerts: 0 };
  const policy = { id: "test", version: 1 };
  const center = { name: "Scripted", policy, map_version: "test", journal: "ok" };
  return { ...rows, situation: { ...numbers, pending: 0, held: 0, oldest_ring_at: null }, center };
}

/** A call's row as the centre sends it; `more` says what is special about it. */
export const callRow = (call, state, more = {}) => ({
  call,
  state,
  channel: "voice",
  test: false,
  presented_at: more.presented_at ?? 0,
  answered_at: null,
  answered_by: null,
  ended_at: null,
  number: null,
  name: null,
  words: [],
  location: null,
  callback: null,
  outcome: null,
  incident: null,
  answer_due: null,
  entered_by: "sip/udp",
  service: "urn:service:sos",
  ...more,
});
