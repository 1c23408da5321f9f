// A stand-in for the centre, for work on the screens alone: `npm run mock`, then `npm run dev`.
// It knows no rule worth trusting. Tests never use it; they start the real binary.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { mapOf } from "./mock/map.mjs";
import { accept } from "./mock/socket.mjs";
import { World } from "./mock/world.mjs";

const DIST = new URL("../dist/", import.meta.url).pathname;
const port = Number(process.env.PORT ?? 4911);
const map = mapOf(process.env.EVENHAND_DATA);
const world = new World(map);

const MIME = { html: "text/html", js: "text/javascript", mjs: "text/javascript", css: "text/css", svg: "image/svg+xml" };

function reply(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function file(response, path) {
  const name = path === "/" ? "index.html" : path.slice(1);
  try {
    const body = readFileSync(join(DIST, name));
    response.writeHead(200, { "content-type": MIME[name.split(".").pop()] ?? "text/plain" });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return parts.length ? JSON.parse(Buffer.concat(parts).toString()) : {};
}

function ordered(response, command) {
  try {
    const events = world.give(command);
    reply(response, 200, { accepted: true, first_seq: world.seq, last_seq: world.seq, events });
  } catch (refusal) {
    const text = refusal.text ?? String(refusal);
    reply(response, 409, { accepted: false, seq: world.seq, refusal, text });
  }
}

async function post(path, request, response) {
  const body = await bodyOf(request);
  if (path === "/sign-in") {
    const { person, role, position } = body;
    world.person = person;
    const roles = ["call_taker", "dispatcher", "supervisor"];
    return reply(response, 200, { token: `mock-${person}`, person, role, roles, position });
  }
  if (path === "/commands") return ordered(response, body.command);
  if (path === "/line") {
    const reading = world.read(body.text);
    if (body.run && reading.command) return ordered(response, reading.command);
    return reply(response, body.run ? 422 : 200, { reading });
  }
  return reply(response, 200, {});
}

function get(path, url, response) {
  if (path === "/map") return reply(response, 200, map);
  if (path === "/policy") return reply(response, 200, world.policy);
  if (path === "/health") {
    return reply(response, 200, { status: "ok", seq: world.seq, journal: "ok", speed: 1, generated: true });
  }
  if (path === "/geocode") {
    return reply(response, 200, { candidates: world.geocode(url.searchParams.get("q")) });
  }
  if (path === "/reverse") return reply(response, 200, { text: "near Main St", distance_m: 20 });
  const incident = /^\/incidents\/(\d+)$/.exec(path);
  if (incident) return reply(response, 200, world.detail(Number(incident[1])));
  const call = /^\/calls\/(\d+)$/.exec(path);
  if (call) return reply(response, 200, world.calls.get(Number(call[1])) ?? { call: 0, words: [] });
  const duplicates = /^\/calls\/(\d+)\/duplicates$/.exec(path);
  if (duplicates) return reply(response, 200, { duplicates: world.duplicates() });
  return reply(response, 200, {});
}

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  if (!url.pathname.startsWith("/api/v1")) return file(response, url.pathname);
  const path = url.pathname.slice("/api/v1".length);
  if (request.method === "POST") return void post(path, request, response);
  return get(path, url, response);
});
server.on("upgrade", (request, socket) => accept(request, socket, world));
server.listen(port, "127.0.0.1", () => console.log(`mock: http://127.0.0.1:${port}/`));
