// The system's own Chromium, without a network of its own.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-swiftshader",
  "--use-angle=swiftshader",
  "--autoplay-policy=user-gesture-required",
];

export const startBrowser = () => chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

/** A page that notes what a console must never have: an error, or a word to another host. */
export async function openPage(browser, url, viewport = { width: 1366, height: 768 }) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // A refusal is an answer with status 4xx, which the browser notes as an error of its own.
    const isAnswer = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isAnswer) faults.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const to = new URL(request.url());
    const isOurs = to.origin === new URL(url).origin || ["blob:", "data:"].includes(to.protocol);
    if (!isOurs) faults.push(`a request to ${to.host}`);
  });
  const faultless = () => assert.deepEqual(faults, []);
  return { page, faultless };
}

/** Signs in as the centre's first person, by the link that the demo prints. */
export async function signIn(page, centre, person = centre.first, role = "supervisor") {
  await page.goto(`${centre.url}#sign-in=${person.person}:${person.password}`);
  await page.selectOption("select[name=role]", role);
  await page.fill("input[name=position]", "P1");
  await page.click("text=Sound check");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForSelector("[data-counter=unaccounted]");
  await page.waitForFunction(
    () => document.querySelector("[data-counter=unaccounted] .value")?.textContent !== "–",
  );
}

/** Starts the shift of somebody at another position, without a page. */
export async function startShiftOf(centre, { person, password }) {
  const answer = await fetch(`${centre.url}api/v1/sign-in`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ person, password, role: "supervisor", position: "P2" }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

/** Gives a command as whoever is signed in on this page. */
export function give(page, type, data) {
  return page.evaluate(
    async ([type, data]) => {
      const { token } = JSON.parse(sessionStorage.getItem("evenhand.session"));
      const answer = await fetch("/api/v1/commands", {
        method: "POST",
        headers: {
          Authorization: `Bearer ${token}`,
          "Content-Type": "application/json",
          "Idempotency-Key": crypto.randomUUID(),
        },
        body: JSON.stringify({ command: { type, data } }),
      });
      return answer.json();
    },
    [type, data],
  );
}

/** A call that somebody makes at the counter; gives its number once the board shows it. */
export async function presentCall(page, fields = {}) {
  const answer = await give(page, "PresentCall", { channel: "walk_in", ...fields });
  assert.equal(answer.accepted, true, JSON.stringify(answer));
  const { call } = answer.events.find((event) => event.type === "CallPresented").data;
  await page.locator(`#calls-${call}`).waitFor();
  return call;
}

/** Answers one call from the board, and waits for its form. */
export async function answer(page, call) {
  await page.locator(`#calls-${call}`).click();
  await page.keyboard.press("Enter");
  await page.waitForSelector("input[data-focus=call]:focus");
}

/**
 * Types into the form of the call in hand: where, what, how bad, words; all but the last end with
 * Enter. `facts` are the keys for what is known; Enter leaves the rest unknown.
 */
export async function take(page, where, what, words, facts = []) {
  await page.waitForSelector("input[data-focus=call]:focus");
  await page.keyboard.type(where);
  await page.waitForSelector("#candidates li[role=option]");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#what:focus");
  await page.keyboard.type(what);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.matches("[data-fact], textarea"));
  for (const key of facts) await page.keyboard.press(key);
  while ((await page.locator("[data-fact]:focus").count()) > 0) await page.keyboard.press("Enter");
  await page.keyboard.type(words);
}

export const incidentRow = (page, n) => page.locator(`[data-incident="${n}"]`);

export const incidentPane = (page) =>
  page.getByRole("region", { name: "Incident", exact: true });

/** Signs as second person in the pane that asks for one. */
export async function signAsSecond(page, origin, { person, password }) {
  const asked = page.locator(`[data-asked=${origin}]`);
  await asked.getByText("demands a second person").waitFor();
  await asked.getByLabel("second person", { exact: true }).fill(person);
  await asked.getByLabel("second person's password").fill(password);
  await page.keyboard.press("Enter");
}

/** Waits until the log says something. */
export const said = (page, text) => page.locator("[role=log]").getByText(text).first().waitFor();

/** Waits until a counter of the top bar shows a value. */
export function counts(page, name, value) {
  return page.waitForFunction(
    ([name, value]) =>
      document.querySelector(`[data-counter=${name}] .value`)?.textContent === String(value),
    [name, value],
  );
}

/** How many calls have no outcome yet, as the top bar shows it. */
export async function unaccounted(page) {
  return Number(await page.locator("[data-counter=unaccounted] .value").textContent());
}

/** Waits until the counter of unaccounted calls has gone down to a number. */
export function unaccountedFallsTo(page, number) {
  return page.waitForFunction(
    (most) =>
      Number(document.querySelector("[data-counter=unaccounted] .value")?.textContent) <= most,
    number,
  );
}

/** Types a line into the command line, waits for its reading, and runs it. */
export async function runLine(page, text) {
  await page.keyboard.press("F1");
  await page.keyboard.type(text);
  await readingBegins(page, "↵");
  await page.keyboard.press("Enter");
  await readingBegins(page, "✓");
}

function readingBegins(page, sign) {
  return page.waitForFunction(
    (sign) => document.querySelector("[data-reading]")?.textContent?.trim().startsWith(sign),
    sign,
  );
}

/** Gives every call that is left, generated ones included, the outcome it lacks. */
export async function settleAllCalls(page) {
  const signature = { reason: "end of the test" };
  for (const list of ["calls", "callbacks"]) {
    const rows = page.locator(`[data-focus=${list}] [role=option]`);
    const ids = await rows.evaluateAll((all) => all.map((row) => Number(row.id.split("-")[1])));
    for (const call of ids) {
      if (list === "callbacks") await give(page, "StartCallback", { call });
      if (list === "callbacks") await give(page, "MissCaller", { call });
      if (list === "callbacks") await give(page, "GiveUpCallback", { call, signature });
      else await give(page, "AnswerCall", { call });
      await give(page, "DeclineCall", { call, code: "caller_withdrew", signature });
      await give(page, "EndCall", { call });
    }
  }
}
