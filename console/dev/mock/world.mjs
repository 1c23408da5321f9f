// Rows that look like a busy evening, and orders that move them. Nothing is decided here.

import { policy, titles } from "./policy.mjs";

const MINUTE = 60_000;

export class World {
  constructor(map) {
    this.seq = 100;
    this.person = "ada";
    this.policy = policy;
    this.listeners = new Set();
    this.corners = map.streets.features
      .filter((one) => one.geometry.type === "LineString" && one.properties.name)
      .map((one) => ({ name: one.properties.name, at: one.geometry.coordinates[0] }));
    this.calls = new Map();
    this.incidents = new Map();
    this.units = new Map();
    this.alerts = new Map();
    this.fill();
    setInterval(() => this.move(), 1500);
  }

  place(n, verified = true) {
    const corner = this.corners[(n * 97) % this.corners.length] ?? { name: "Main St", at: [-71.1, 42.37] };
    const [lon, lat] = corner.at;
    return {
      address: `${(n * 13) % 300} ${corner.name}`,
      lat_e7: Math.round(lat * 1e7),
      lon_e7: Math.round(lon * 1e7),
      uncertainty_m: verified ? null : 120,
      verified,
      zones: [{ layer: "police_sector", name: String((n % 5) + 1) }],
    };
  }

  fill() {
    const now = Date.now();
    for (let n = 1; n <= 24; n += 1) this.unit(n, now);
    const stages = ["pending", "pending", "held", "dispatched", "en_route", "on_scene", "on_scene", "created", "units_cleared", "held", "closed"];
    stages.forEach((stage, index) => this.incident(index + 1, stage, now));
    ["queued", "queued", "answered", "abandoned", "ended"].forEach((state, index) =>
      this.call(index + 1, state, now),
    );
    this.alerts.set(1, { alert: 1, kind: "hold_review", subject: { incident: 10 }, text: "the hold of I10 is to be reviewed", raised_at: now - MINUTE });
    this.alerts.set(2, { alert: 2, kind: "incident_overdue", subject: { incident: 1 }, text: "nobody was sent to I1 in time", raised_at: now - 2 * MINUTE });
  }

  unit(n, now) {
    const agency = n < 9 ? "fire" : n < 17 ? "police" : "ems";
    const unit = { fire: "E", police: "C", ems: "A" }[agency] + (((n - 1) % 8) + 1);
    const { lat_e7, lon_e7 } = this.place(n * 3);
    this.units.set(unit, { unit, agency, capabilities: ["ENGINE", "PATROL", "ALS"].slice(0, 2), station: "HQ", lat_e7, lon_e7, primary: "Available", secondary: "Station", label: "In quarters", status_at: now - n * MINUTE, incident: null, assignment: null });
  }

  incident(n, stage, now) {
    const type = policy.incident_types[n % policy.incident_types.length];
    const units = ["dispatched", "en_route", "on_scene"].includes(stage) ? [`E${n - 3}`, `C${n - 3}`] : [];
    const created_at = now - n * 3 * MINUTE;
    this.incidents.set(n, {
      incident: n, stage, incident_type: stage === "created" ? null : type.code, title: stage === "created" ? null : type.title,
      priority: stage === "created" ? null : type.priority, priority_initial: type.priority, priority_highest: 1, run_card: type.code,
      location: this.place(n, n % 3 !== 0), created_at, pending_due: stage === "pending" ? created_at + 4 * MINUTE : null,
      review_at: stage === "held" ? now + (n === 10 ? -MINUTE : 6 * MINUTE) : null, review_overdue: n === 10, alarm_level: n === 7 ? 2 : 1,
      calls: [n, n + 40].slice(0, n % 2 ? 1 : 2), merged_into: null, absorbed: [],
      units: units.map((unit, i) => ({ unit, assignment: n * 10 + i, state: stage, since: now - n * MINUTE, inferred: stage === "on_scene" ? ["en_route"] : [] })),
      narrative: [{ seq: 40 + n, at: created_at + MINUTE, by: "ada", text: "caller says smoke from the second floor, two people on the stairs" }],
      clocks: { classified_at: created_at + 20_000, closed_at: stage === "closed" ? now - MINUTE : null }, disposition: stage === "closed" ? "handled_on_scene" : null,
    });
    for (const unit of units) Object.assign(this.units.get(unit) ?? {}, { primary: "NotAvailable", secondary: { dispatched: "Dispatched", en_route: "EnRoute", on_scene: "OnScene" }[stage], label: stage.replace("_", " "), incident: n });
  }

  call(n, state, now) {
    const presented_at = now - n * 9000;
    this.calls.set(n, { call: n, state, channel: n === 2 ? "text" : "voice", test: false, presented_at, answered_at: null, answered_by: state === "answered" ? "bo" : null, ended_at: null, number: "617-555-0" + (100 + n), name: null, words: [], location: this.place(n + 20, false), callback: state === "abandoned" ? { due: now + 40_000, attempts: 0, ringing: false, reached: false, owner: null } : null, outcome: null, incident: null, answer_due: presented_at + 15_000 });
  }

  situation() {
    const calls = [...this.calls.values()];
    const rings = calls.filter((call) => call.state === "queued");
    const stages = [...this.incidents.values()].map((row) => row.stage);
    return {
      unaccounted: calls.filter((call) => !call.outcome).length,
      ended_unaccounted: calls.filter((call) => call.state === "ended" && !call.outcome).length,
      ringing: rings.length,
      oldest_ring_at: rings.length ? Math.min(...rings.map((call) => call.presented_at)) : null,
      callbacks: calls.filter((call) => call.state === "abandoned").length,
      pending: stages.filter((stage) => stage === "pending" || stage === "created").length,
      held: stages.filter((stage) => stage === "held").length,
      alerts: this.alerts.size,
    };
  }

  snapshot() {
    const rows = (map) => [...map.values()];
    return { seq: this.seq, type: "snapshot", data: { calls: rows(this.calls), incidents: rows(this.incidents), units: rows(this.units), alerts: rows(this.alerts), shifts: [{ person: "bo", role: "call_taker", position: "P2", started_at: 0 }], situation: this.situation(), center: { name: "Cambridge Emergency Communications", policy: { id: "mock", version: 1 }, map_version: "mock", journal: "ok", why: null, unrecorded: 0 } } };
  }

  heartbeat() {
    return { seq: this.seq, type: "heartbeat", data: { at: Date.now(), speed: 1, journal: "ok", unrecorded: [] } };
  }

  tell(changes) {
    this.seq += 1;
    const all = [...changes, { topic: "situation", type: "row", data: this.situation() }];
    for (const listener of this.listeners) listener({ seq: this.seq, type: "changes", changes: all });
  }

  move() {
    const moving = [...this.units.values()].filter((unit) => unit.secondary === "EnRoute");
    for (const unit of moving) [unit.lat_e7, unit.lon_e7] = [unit.lat_e7 + 1500, unit.lon_e7 - 1000];
    if (moving.length) this.tell(moving.map((data) => ({ topic: "units", type: "row", data })));
  }

  give({ type, data }) {
    const call = this.calls.get(data.call);
    const incident = this.incidents.get(data.incident);
    const row = (topic, one) => this.tell([{ topic, type: "row", data: { ...one } }]);
    if (type === "EndShift") throw { refusal: "CallbackOutstanding", text: "the callback of `C4` is outstanding; ring it back, decide, or hand it over" };
    if (type === "AnswerCall") Object.assign(call, { state: "answered", answered_by: this.person });
    if (type === "RecordWords") call.words = [...call.words, data.words];
    if (type === "CreateIncident") {
      const n = Math.max(...this.incidents.keys()) + 1;
      this.incident(n, "created", Date.now());
      Object.assign(call ?? {}, { incident: n, outcome: { kind: "new_incident" } });
      row("incidents", this.incidents.get(n));
      if (call) row("calls", call);
      return [{ seq: this.seq, type: "IncidentCreated", data: { incident: n } }];
    }
    if (type === "ClassifyIncident") Object.assign(incident, { stage: "pending", incident_type: data.incident_type, title: titles[data.incident_type], priority: 1 });
    if (type === "DeclineCall" && !data.signature.second) throw { refusal: "SecondPersonMissing", text: "policy rule `decline.protected` demands a second person; have one sign too" };
    if (type === "DispatchUnits") Object.assign(incident, { stage: "dispatched", units: data.units.map((unit) => ({ unit, assignment: 99, state: "dispatched", since: Date.now(), inferred: [] })) });
    if (type === "HoldIncident") Object.assign(incident, { stage: "held", review_at: data.review_at });
    if (type === "AcknowledgeAlert") {
      this.alerts.delete(data.alert);
      this.tell([{ topic: "alerts", type: "gone", data }]);
    }
    if (call) row("calls", call);
    if (incident) row("incidents", incident);
    return [{ seq: this.seq, type, data }];
  }

  read(text) {
    const words = text.trim().toUpperCase().split(/[ .]+/);
    const syntax = text.includes("?") ? [{ verb: "EN", form: "EN unit...", says: "en route" }, { verb: "D", form: "D incident unit...", says: "dispatch" }] : [];
    if (words[0] === "EN" && this.units.has(words[1])) return { understood: true, says: `${words[1]} is en route`, command: { type: "ReportStatus", data: { unit: words[1], label: "En route" } }, choices: [], syntax, error: null };
    const choices = words[0] === "EN" && words[1] ? ["E1", "E2"].map((unit) => ({ text: `EN ${unit}`, says: `${unit} is en route` })) : [];
    return { understood: false, says: null, command: null, choices, syntax, error: syntax.length ? null : `\`${text}\` is not understood; \`?\` lists what can be typed` };
  }

  geocode(q) {
    const found = this.corners.filter((one) => one.name.toLowerCase().includes(q.toLowerCase().replace(/^\d+\s*/, "")));
    return found.slice(0, 6).map((one, index) => ({ text: `${parseInt(q, 10) || 10 + index} ${one.name}`, lat_e7: Math.round(one.at[1] * 1e7), lon_e7: Math.round(one.at[0] * 1e7), kind: "address", score: 900 - index, verified: index === 0, why: index === 0 ? "number in range" : "name sounds alike", zones: [] }));
  }

  duplicates() {
    return [2, 4].map((incident) => ({ incident, distance_m: incident * 60, age_ms: incident * MINUTE, type_agrees: true, same_number: incident === 2, score: 800, title: this.incidents.get(incident).title, address: this.incidents.get(incident).location.address }));
  }

  detail(n) {
    const row = this.incidents.get(n);
    const ranked = [...this.units.values()].filter((unit) => unit.primary === "Available");
    return {
      ...row,
      timeline: [{ seq: 41, at: row.created_at, actor: { kind: "person", id: "ada" }, type: "IncidentCreated", text: "opened for C1" }, { seq: 43, at: row.created_at + 20_000, actor: { kind: "person", id: "ada" }, type: "IncidentClassified", text: `classified ${row.incident_type}, priority ${row.priority}` }],
      decisions: [{ id: 1, kind: "hold", person: "ada", second: null, policy: { id: "mock", version: 1 }, rule: "hold.any", reason: "no patrol free, caller safe" }],
      recommendation: { run_card: "MED-ALS", alarm_level: 1, map_version: "a1b2c3", chosen: ranked.slice(0, 2).map((unit, i) => ({ unit: unit.unit, capability: "ALS", travel_ms: 95_000 + i * 40_000, why: `nearest ALS by road, ${95 + i * 40} s` })), passed_over: ranked.slice(2, 8).map((unit, i) => ({ unit: unit.unit, travel_ms: 200_000 + i * 20_000, why: "farther than the units chosen" })), missing: [] },
      past_recommendations: [],
    };
  }
}
