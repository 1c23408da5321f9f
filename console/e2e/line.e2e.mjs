// Calls that come by a line, at one position: whom they are offered to, where the caller may be,
// how the voice is, and whose call it is. The rows are scripted; the console is the real one.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { noViolation } from "./support/axe.mjs";
import { openPage, startBrowser } from "./support/browser.mjs";
import { callRow, feed, startScripted } from "./support/scripted.mjs";

const NOW = 1_800_000_000_000;
const CENTER = [423_650_000, -711_000_000];
const PLACE = {
  address: null,
  lat_e7: CENTER[0],
  lon_e7: CENTER[1],
  uncertainty_m: 120,
  verified: false,
  zones: [],
  confidence_percent: 67,
  method: "Cell",
  source: "value",
};
let centre;
let browser;
let page;
let faultless;
let rows;
let nothing;
let told;

before(async () => {
  centre = await startScripted();
  browser = await startBrowser();
  ({ page, faultless } = await openPage(browser, centre.url));
  const centreSays = await feed(page, NOW);
  ({ rows, nothing, told } = centreSays);
  await page.goto(`${centre.url}#sign-in=ann:secret`);
  await page.selectOption("select[name=role]", "call_taker");
  await page.getByRole("button", { name: "Sign in" }).click();
  await centreSays.here;
  await page.waitForSelector("[data-map=ready]");
});
after(async () => {
  await browser?.close();
  await centre?.stop();
});
beforeEach(async () => {
  centre.orders.length = 0;
  for (const call of Object.keys(centre.stories)) delete centre.stories[call];
  nothing();
  // A list under the pointer or the focus would keep its places.
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement?.blur());
  await page.getByText("no call is up").waitFor();
});

const shift = (person, agent_state, more = {}) => ({
  person,
  role: "call_taker",
  position: "P1",
  started_at: NOW,
  agent_state,
  agent_since: NOW - 12_000,
  ...more,
});
const queue = (length, ready, more = {}) => ({
  queue: "emergency",
  uri: "sip:emergency@psap.example",
  services: ["urn:service:sos"],
  default: true,
  state: "Active",
  length,
  length_max: null,
  oldest_at: length > 0 ? NOW - 14_000 : null,
  at_work: 2,
  ready,
  ...more,
});
const waiting = (call, more = {}) =>
  callRow(call, "queued", {
    presented_at: NOW - 9000,
    queue: "emergency",
    round: 1,
    offered_to: [],
    ...more,
  });
const mine = (call, more = {}) =>
  callRow(call, "answered", { presented_at: NOW - 20_000, answered_by: "ann", ...more });
const row = (call) => page.locator(`#calls-${call}`);
const pane = () => page.getByRole("region", { name: "Call", exact: true });
const ordered = async (type) => {
  for (let tries = 0; tries < 100; tries += 1) {
    const order = centre.orders.find((one) => one.type === type);
    if (order) return order.data;
    await page.waitForTimeout(20);
  }
  return assert.fail(`${type} was not ordered: ${JSON.stringify(centre.orders)}`);
};

test("a call offered to me stands out and comes first; others may be answered too", async () => {
  rows("calls", waiting(3, { presented_at: NOW - 30_000, offered_to: ["bob"], round: 2 }));
  rows("calls", waiting(4, { offered_to: ["ann"] }));
  await row(4).getByText("for you").waitFor();
  await row(3).getByText("offered to bob, round 2").waitFor();
  assert.equal(await row(3).getByText("for you").count(), 0);
  await page.keyboard.press("F2");
  assert.deepEqual(await ordered("AnswerCall"), { call: 4 });
  centre.orders.length = 0;
  await row(3).click();
  await page.keyboard.press("Enter");
  assert.deepEqual(await ordered("AnswerCall"), { call: 3 });
  faultless();
});

test("repeats of one number are one row, which opens by key", async () => {
  const waiting_since = NOW - 60_000;
  const again = (number) => ({ repeats: { count: 3, lead: 7, number }, waiting_since });
  rows("calls", callRow(7, "abandoned", { ...again(1), presented_at: NOW - 60_000 }));
  rows("calls", callRow(8, "abandoned", { ...again(2), presented_at: NOW - 40_000 }));
  rows("calls", waiting(9, again(3)));
  await row(9).getByText("3rd call").waitFor();
  await row(9).getByText("1:00").waitFor();
  assert.equal(await page.locator("[data-focus=callbacks] [role=option]").count(), 0);
  await row(9).click();
  await page.keyboard.press("ArrowRight");
  await row(9).getByText("C7 abandoned").waitFor();
  await pane().locator("[data-repeats]").getByText("C8 abandoned").waitFor();
  await page.keyboard.press("ArrowLeft");
  await row(9).getByText("C7 abandoned").waitFor({ state: "hidden" });
});

test("a test call and a defect are marked; the identifier stands in the pane", async () => {
  const call_identifier = "urn:emergency:uid:callid:abc123:border.example";
  const defects = ["no branch in its Via", "a body part without its blank line"];
  const service = "urn:service:sos.fire";
  rows("calls", waiting(5, { test: true, defects, call_identifier, service }));
  await row(5).getByText("TEST").waitFor();
  await row(5).locator("[data-defects]").getByText("no branch in its Via and 1 more").waitFor();
  await row(5).click();
  await pane().getByText("fire by SIP over UDP, queue emergency").click();
  await pane().locator("[data-call-identifier]").getByText("callid:abc123").waitFor();
  await pane().getByText("a body part without its blank line").waitFor();
});

test("a queue is loud while somebody waits and nobody is ready", async () => {
  rows("queues", queue(0, 2));
  const strip = page.locator("[data-queue=emergency]");
  await strip.getByText("2 ready").waitFor();
  assert.equal(await strip.getAttribute("data-shortage"), "none");
  rows("queues", queue(1, 0));
  await strip.getByText("nobody ready").waitFor();
  await strip.getByText("0:14").waitFor();
  assert.equal(await strip.getAttribute("data-shortage"), "calls");
});

test("my state is set by key, busy is not; the staff list shows the others", async () => {
  rows("shifts", shift("ann", "ready"), shift("bob", "busy"));
  await page.locator("[data-agent=ready]").waitFor();
  await page.keyboard.press("Alt+r");
  await page.keyboard.press("Alt+b");
  assert.deepEqual(await ordered("SetAgentState"), { state: "break" });
  assert.equal(centre.orders.length, 1, "ready said twice is not sent");
  rows("shifts", shift("ann", "wrap_up", { agent_until: NOW + 30_000 }));
  await page.locator("[data-agent=wrap_up]").getByText("left").waitFor();
  rows("shifts", shift("ann", "busy"));
  await page.locator("[data-agent=busy]").getByText("Busy").waitFor();
  await page.keyboard.press("Alt+s");
  await page.locator("[data-staff=bob]").getByText("Busy").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("[data-staff=bob]").waitFor({ state: "hidden" });
});

test("every shape is drawn, and told in words", async () => {
  const ring = [CENTER, [CENTER[0] + 10_000, CENTER[1]], [CENTER[0], CENTER[1] + 10_000], CENTER];
  const shapes = [
    { kind: "circle", center: CENTER, radius_m: 120 },
    {
      kind: "ellipse",
      center: CENTER,
      semi_major_m: 400,
      semi_minor_m: 90,
      orientation_deg: 30,
    },
    {
      kind: "arc_band",
      center: CENTER,
      inner_radius_m: 300,
      outer_radius_m: 700,
      start_angle_deg: 20,
      opening_angle_deg: 100,
    },
    { kind: "polygon", ring },
    { kind: "prism", ring, height_m: 3 },
    { kind: "point", center: CENTER },
  ];
  for (const [index, shape] of shapes.entries()) {
    const call = 20 + index;
    const delivered = { ...PLACE, shape };
    rows("calls", mine(call, { location: delivered, delivered }));
    await row(call).click();
    await page.waitForSelector(`[data-outline=${shape.kind}]`);
    await pane().getByText("from the phone network, came with the call, 67 %").waitFor();
    rows("calls", callRow(call, "ended", { answered_by: "bob" }));
  }
  faultless();
});

test("delivered and typed are told apart; far apart they are loud", async () => {
  const delivered = { ...PLACE, shape: { kind: "circle", center: CENTER, radius_m: 120 } };
  const typed = {
    ...PLACE,
    address: "77 Massachusetts Ave",
    lat_e7: CENTER[0] + 100_000,
    uncertainty_m: null,
    confidence_percent: null,
    method: null,
    verified: true,
    source: "typed",
  };
  centre.stories[6] = [
    { seq: 1, at: NOW - 12_000, actor: "line", type: "CallLocated", text: "" },
    { seq: 2, at: NOW - 4000, actor: "ann", type: "CallLocated", text: "" },
  ];
  rows("calls", mine(6, { location: typed, delivered, distance_m: 1113 }));
  await row(6).click();
  await pane().locator("[data-delivered=caller]").getByText(/within 120 m, 1\d s ago/).waitFor();
  await pane().locator("[data-typed]").getByText("given by a person").waitFor();
  await pane().locator("[data-distance]").getByText("1.1 km").waitFor();
  const alert = { alert: 1, kind: "locations_apart", subject: { call: 6 }, text: "" };
  rows("alerts", { ...alert, raised_at: NOW });
  await pane().locator("[data-distance-alarm]").getByText("1.1 km from").waitFor();
});

test("a default place is not the caller's; a re-bid by key says how it went", async () => {
  const delivered = { ...PLACE, method: "Default", source: "default" };
  rows("calls", mine(6, { location: delivered, delivered }));
  await row(6).click();
  await pane().locator("[data-delivered=default]").getByText("not the caller's").waitFor();
  await row(6).getByText("default place, not the caller's").waitFor();
  await page.keyboard.press("Alt+l");
  assert.deepEqual(await ordered("RebidLocation"), { call: 6 });
  centre.stories[6] = [{ seq: 9, at: NOW, actor: "ann", type: "LocationRebid", text: "" }];
  rows("calls", mine(6, { location: delivered, delivered, answered_at: NOW }));
  await pane().locator("[data-rebid=asked]").getByText("Asked again").waitFor();
  centre.stories[6].push({ seq: 10, at: NOW, actor: "line", type: "LocationFailed", text: "" });
  const location_failed = "the location server did not answer in time";
  rows("calls", mine(6, { location: delivered, delivered, location_failed }));
  await pane().locator("[data-location-failed]").getByText(location_failed).waitFor();
  await page.waitForSelector("[data-rebid=no]", { state: "attached" });
});

test("data of a crash is read at once, that of the subscriber after the outcome", async () => {
  const additional = ["VehicleCrash: front, airbags open", "SubscriberInfo: a name"];
  rows("calls", mine(6, { additional }));
  await row(6).click();
  const data = pane().locator("[data-additional]");
  await data.getByText("front, airbags open").waitFor();
  assert.equal(await data.getByText("a name").count(), 0);
  rows("calls", mine(6, { additional, outcome: { kind: "no_dispatch" } }));
  await data.getByText("a name").waitFor();
});

test("a call is held, resumed and hung up by key; nothing covers the form", async () => {
  rows("calls", mine(6));
  await row(6).click();
  await page.keyboard.press("Alt+h");
  assert.deepEqual(await ordered("HoldCall"), { call: 6 });
  rows("calls", mine(6, { held: true }));
  await pane().getByText("on hold: the caller hears nothing").waitFor();
  await page.keyboard.press("Alt+h");
  assert.deepEqual(await ordered("ResumeCall"), { call: 6 });
  await page.keyboard.press("Alt+q");
  assert.deepEqual(await ordered("EndCall"), { call: 6 });
});

test("how the voice is stands in the pane in plain words, and nothing moves for it", async () => {
  rows("calls", mine(6));
  await row(6).click();
  const said = pane().locator("[data-voice-said]");
  await said.waitFor();
  const before = await pane().locator("#what").boundingBox();
  told("voice", { call: 6, voice: { state: "nothing_from_caller", lost_percent: 0 } });
  await said.getByText("no voice from the caller").waitFor();
  told("voice", { call: 6, voice: { state: "nothing_to_caller", lost_percent: 0 } });
  await said.getByText("the caller does not hear you").waitFor();
  told("voice", { call: 6, voice: { state: "lossy", lost_percent: 12 } });
  await said.getByText("voice lost 12 %").waitFor();
  assert.deepEqual(await pane().locator("#what").boundingBox(), before);
  told("voice", { call: 6, voice: { state: "flowing", lost_percent: 0 } });
  await said.getByText("voice lost 12 %").waitFor({ state: "hidden" });
  told("voice", { call: 6, key: "5" });
  await page.locator("[role=log]").getByText("the caller pressed 5").waitFor();
});

test("a transfer is offered, started by key, fails, goes elsewhere, and is recorded", async () => {
  const transfer_offer = {
    service: "urn:service:sos.police",
    uri: "sip:police@somerville.example",
    name: "Somerville Police",
  };
  rows("calls", mine(6, { transfer_offer }));
  await row(6).click();
  await pane().locator("[data-transfer-offer]").getByText("Somerville Police").waitFor();
  await page.keyboard.press("Alt+t");
  assert.deepEqual(await ordered("TransferCall"), { call: 6, to: transfer_offer.uri });
  const under = (state, more = {}) => ({ to: transfer_offer.uri, by: "ann", state, ...more });
  rows("calls", mine(6, { transfer_offer, transfer: under("started") }));
  await pane().locator("[data-transfer=started]").waitFor();
  rows("calls", mine(6, { transfer_offer, transfer: under("failed", { code: 486 }) }));
  await pane().getByText("did not take it (busy, 486)").waitFor();
  centre.orders.length = 0;
  await page.keyboard.press("Alt+t");
  await page.keyboard.type("tel:+16175550100");
  await page.keyboard.press("Enter");
  assert.deepEqual(await ordered("TransferCall"), { call: 6, to: "tel:+16175550100" });
  rows("calls", mine(6, { transfer_offer, transfer: under("accepted") }));
  await pane().getByRole("form", { name: "who has the caller now" }).waitFor();
  await page.keyboard.press("Alt+t");
  assert.deepEqual(await ordered("RecordTransfer"), { call: 6, accepted_by: "Somerville Police" });
});

test("a redialling caller is one callback, rung back by key, and reached or not", async () => {
  const callback = { due: NOW + 60_000, attempts: 0, ringing: false, reached: false, owner: null };
  const again = (number) => ({ repeats: { count: 2, lead: 7, number }, presented_at: NOW });
  rows("calls", callRow(7, "abandoned", { ...again(1), callback }));
  rows("calls", callRow(8, "abandoned", { ...again(2) }));
  const list = page.locator("[data-focus=callbacks] [role=option]");
  await list.first().waitFor();
  assert.equal(await list.count(), 1);
  await list.first().click();
  await page.keyboard.press("Enter");
  assert.deepEqual(await ordered("StartCallback"), { call: 7 });
  rows("calls", callRow(7, "abandoned", { ...again(1), callback: { ...callback, ringing: true } }));
  told("dialled", { call: 7, progress: "ringing", code: null });
  await page.locator("[data-callback=ringing]").getByText("ringing at the caller").waitFor();
  await page.keyboard.press("Alt+n");
  assert.deepEqual(await ordered("MissCaller"), { call: 7 });
});

test("a text call is a conversation", async () => {
  centre.stories[6] = [
    { seq: 1, at: NOW - 9000, actor: "line", text: "C6: he is in the house" },
    { seq: 2, at: NOW - 3000, actor: "ann", text: "C6: which room?" },
  ];
  for (const entry of centre.stories[6]) entry.type = "WordsRecorded";
  const words = ["he is in the house", "which room?"];
  rows("calls", mine(6, { channel: "text", entered_by: "text", words }));
  await row(6).click();
  const talk = pane().locator("[data-conversation]");
  await talk.locator(".caller").getByText("he is in the house").waitFor();
  await talk.locator(".ours").getByText("which room?").waitFor();
  assert.equal(await pane().getByRole("group", { name: "voice" }).count(), 0);
});

test("axe finds no fault in any of it, and small and large screens hold it", async () => {
  rows("queues", queue(2, 0), queue(0, 0, { queue: "admin" }));
  rows("shifts", shift("ann", "ready"), shift("bob", "busy"));
  const again = (number) => ({ repeats: { count: 2, lead: 8, number } });
  rows("calls", callRow(8, "abandoned", again(1)));
  rows("calls", waiting(9, { ...again(2), offered_to: ["ann"] }));
  rows("calls", waiting(10, { test: true, defects: ["no branch in its Via"], round: 2 }));
  const uri = "sip:police@somerville.example";
  const more = {
    delivered: PLACE,
    location: PLACE,
    location_failed: "the location server did not answer in time",
    transfer_offer: { service: "urn:service:sos.police", uri, name: "Somerville Police" },
    transfer: { to: uri, by: "ann", state: "failed", code: 486 },
    additional: ["Crash: Airbags deployed: front."],
    defects: ["no branch in its Via"],
  };
  rows("calls", mine(6, more));
  await row(6).click();
  await pane().locator("[data-additional]").waitFor();
  await noViolation(page, "a call by a line, dark");
  await page.keyboard.press("Alt+s");
  await noViolation(page, "staff");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "switch between dark and light" }).click();
  await noViolation(page, "a call by a line, light");
  await page.getByRole("button", { name: "switch between dark and light" }).click();
  rows("calls", mine(6, { channel: "text", entered_by: "text", words: ["he is in the house"] }));
  await pane().locator("[data-conversation]").waitFor();
  await noViolation(page, "a text call");
  for (const [width, height] of [
    [1366, 768],
    [2560, 1440],
  ]) {
    await page.setViewportSize({ width, height });
    const over = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return [scrollWidth - innerWidth, scrollHeight - innerHeight];
    });
    assert.deepEqual(over, [0, 0], `${width}x${height}`);
    const staff = await page.getByRole("button", { name: /Staff/ }).boundingBox();
    assert.ok(staff.x + staff.width <= width, `the strip fits, ${width}`);
  }
  faultless();
});
