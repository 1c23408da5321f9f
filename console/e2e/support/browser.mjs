// The system's own Chromium, without a network of its own.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
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

/** A call that somebody makes at the counter; gives its number. */
export async function presentCall(page, fields = {}) {
  const answer = await give(page, "PresentCall", { channel: "walk_in", ...fields });
  assert.equal(answer.accepted, true, JSON.stringify(answer));
  return answer.events.find((event) => event.type === "CallPresented").data.call;
}

export const counter = (page, name) =>
  page.locator(`[data-counter=${name}] .value`).textContent();

/** Waits until a counter of the top bar shows a value. */
export function counts(page, name, value) {
  return page.waitForFunction(
    ([name, value]) =>
      document.querySelector(`[data-counter=${name}] .value`)?.textContent === String(value),
    [name, value],
  );
}

/** Types a line into the command line, waits for its reading, and runs it. */
export async function runLine(page, text) {
  await page.keyboard.press("F1");
  await page.keyboard.type(text);
  await page.waitForFunction(() =>
    document.querySelector("[data-reading]")?.textContent?.startsWith("↵"),
  );
  await page.keyboard.press("Enter");
  await page.waitForFunction(() =>
    document.querySelector("[data-reading]")?.textContent?.startsWith("✓"),
  );
}
