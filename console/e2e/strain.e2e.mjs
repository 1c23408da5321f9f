// What must hold when something goes wrong: reload, silence, a busy list; and how fast it is.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  answer,
  counts,
  give,
  incidentRow,
  openPage,
  presentCall,
  said,
  settleAllCalls,
  signIn,
  startBrowser,
} from "./support/browser.mjs";
import { startCentre } from "./support/centre.mjs";

const PLACE = { point: "423592000,-710935000" };
let centre;
let browser;
let page;
let faultless;

before(async () => {
  centre = await startCentre("--quiet");
  browser = await startBrowser();
  ({ page, faultless } = await openPage(browser, centre.url));
  await signIn(page, centre);
});
after(async () => {
  await browser?.close();
  await centre?.stop();
});

async function openIncident(type) {
  const call = await presentCall(page, { location: PLACE });
  await give(page, "AnswerCall", { call });
  const opened = await give(page, "CreateIncident", { call, location: PLACE });
  const created = opened.events.find((event) => event.type === "IncidentCreated");
  const { incident } = created.data;
  await give(page, "ClassifyIncident", { incident, incident_type: type });
  await give(page, "EndCall", { call });
  return incident;
}

test("half-typed text survives a reload, and goes when the call is accounted for", async () => {
  const call = await presentCall(page);
  await answer(page, call);
  await page.keyboard.type("77 Massach");
  await page.locator("textarea").fill("he says he cannot bre");
  await page.reload();
  const where = page.locator("input[data-focus=call]");
  await where.waitFor();
  await page.waitForFunction(
    () => document.querySelector("input[data-focus=call]")?.value === "77 Massach",
  );
  assert.equal(await page.locator("textarea").inputValue(), "he says he cannot bre");

  const signature = { reason: "test of the draft" };
  await give(page, "DeclineCall", { call, code: "caller_withdrew", signature });
  await give(page, "EndCall", { call });
  await page.waitForFunction((call) => !localStorage.getItem(`evenhand.draft.${call}`), call);
});

test("under the cursor nothing moves; the order is made again by key", async () => {
  const ids = [];
  for (const type of ["police.noise", "police.noise"]) ids.push(await openIncident(type));
  await incidentRow(page, ids[1]).waitFor();
  const order = () =>
    page
      .locator("[data-focus=incidents] [role=option]")
      .evaluateAll((rows) => rows.map((row) => Number(row.id.split("-")[1])));
  const before = await order();
  await incidentRow(page, ids[0]).hover();
  const urgent = await openIncident("fire.structure");
  await incidentRow(page, urgent).waitFor();
  assert.deepEqual(await order(), [...before, urgent], "the urgent one waits at the end");
  await page.locator(`#incidents-${urgent}`).getByText("new").waitFor();
  await page.locator("[data-focus=incidents]").focus();
  await page.keyboard.press("r");
  await page.waitForFunction(
    (id) => document.querySelector("[data-focus=incidents] [role=option]")?.id === id,
    `incidents-${urgent}`,
  );
});

test("after five seconds of silence the screen says so, and then misses nothing", async () => {
  process.kill(centre.pid, "SIGSTOP");
  await page.locator("[data-banner=stale]").waitFor({ timeout: 12_000 });
  process.kill(centre.pid, "SIGCONT");
  await page.locator("[data-banner=stale]").waitFor({ state: "hidden" });
  const incident = await openIncident("police.noise");
  await incidentRow(page, incident).waitFor();
});

test("an order given into silence is done once, when the centre speaks again", async () => {
  const call = await presentCall(page);
  process.kill(centre.pid, "SIGSTOP");
  await page.locator(`#calls-${call}`).click();
  await page.keyboard.press("Enter");
  await page.locator("[data-banner=stale]").waitFor({ timeout: 12_000 });
  process.kill(centre.pid, "SIGCONT");
  await said(page, `answered C${call}`);
  const answers = await page.evaluate(async (call) => {
    const { token } = JSON.parse(sessionStorage.getItem("evenhand.session"));
    const headers = { Authorization: `Bearer ${token}` };
    const detail = await (await fetch(`/api/v1/calls/${call}`, { headers })).json();
    return detail.timeline.filter((entry) => entry.type === "CallAnswered").length;
  }, call);
  assert.equal(answers, 1);
});

test("a click on the map is the place of the call in hand", async () => {
  const call = await presentCall(page);
  await answer(page, call);
  const canvas = page.locator("[data-map=ready] canvas");
  const { width, height } = await canvas.boundingBox();
  // Beside the middle, where the marks of this test's incidents stand.
  await canvas.click({ position: { x: width / 2 + 60, y: height / 2 + 40 } });
  await page.waitForFunction(
    () => document.querySelector("input[data-focus=call]")?.value.length > 3,
  );
  await said(page, `C${call} located`);
});

test("the ring repeats until somebody answers, and then ends", async () => {
  await settleAllCalls(page);
  await counts(page, "ringing", 0);
  const beeps = () => page.evaluate(() => window.beeps);
  await page.evaluate(() => {
    window.beeps = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) {
      if (this.frequency.value === 480) window.beeps += 1;
      return start.apply(this, when);
    };
  });
  // A reload silenced this page until somebody acts on it again.
  await page.getByRole("button", { name: "Sound check" }).click();
  const checked = await beeps();
  assert.equal(checked, 2, "the ring is part of the sound check");
  const call = await presentCall(page);
  await page.waitForFunction((before) => window.beeps >= before + 6, checked);
  await answer(page, call);
  await counts(page, "ringing", 0);
  const after = await beeps();
  // Longer than the pause between two rings.
  await page.waitForFunction((from) => performance.now() > from + 4000, await now());
  assert.equal(await beeps(), after);
});

const now = () => page.evaluate(() => performance.now());

test("keystroke to paint is measured (a figure, not a test of the machine)", async () => {
  await page.keyboard.press("F1");
  const text = "EN E2 E5 E6".repeat(3);
  await page.evaluate(() => {
    window.paints = [];
    document.querySelector("[data-focus=line]").addEventListener("keydown", () => {
      const pressed = performance.now();
      requestAnimationFrame(() =>
        requestAnimationFrame(() => window.paints.push(performance.now() - pressed)),
      );
    });
  });
  for (const key of text) await page.keyboard.press(key === " " ? "Space" : key);
  await page.waitForFunction((count) => window.paints.length >= count, text.length);
  const paints = (await page.evaluate(() => window.paints)).sort((a, b) => a - b);
  const at = (share) => Math.round(paints[Math.floor((paints.length - 1) * share)]);
  console.log(
    `keystroke to second frame: P50 ${at(0.5)} ms, P95 ${at(0.95)} ms, ${paints.length} keys`,
  );
  assert.equal(paints.length, text.length);
  faultless();
});
