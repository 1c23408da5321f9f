// What a person with other eyes, or without a mouse, needs; and that both screens fit.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  answer,
  incidentRow,
  openPage,
  presentCall,
  signIn,
  startBrowser,
  take,
} from "./support/browser.mjs";
import { noViolation } from "./support/axe.mjs";
import { startCentre } from "./support/centre.mjs";

const MASS_AVE = { point: "423592000,-710935000", uncertainty_m: 100 };
let centre;
let browser;
let page;
let faultless;

before(async () => {
  centre = await startCentre("--quiet");
  browser = await startBrowser();
  ({ page, faultless } = await openPage(browser, centre.url));
});
after(async () => {
  await browser?.close();
  await centre?.stop();
});

test("the sign-in page has no fault that axe finds", async () => {
  await page.goto(centre.url);
  await page.waitForSelector("input[name=person]");
  await noViolation(page, "sign-in");
});

test("the room has none, with a call and an incident in hand, dark and light", async () => {
  // A change of only the part after `#` would not load the page again.
  await page.goto("about:blank");
  await signIn(page, centre);
  await page.waitForSelector("[data-map=ready]");
  const call = await presentCall(page, { number: "617-555-0134", location: MASS_AVE });
  await answer(page, call);
  await take(page, "77 Massachusetts Ave", "fire.structure", "smoke");
  await noViolation(page, "call form");
  await page.keyboard.press("Control+Enter");
  await incidentRow(page, 1).waitFor();
  await page.locator("[data-recommendation] input:checked").first().waitFor();
  await noViolation(page, "incident, dark");
  await page.getByRole("button", { name: "switch between dark and light" }).click();
  await noViolation(page, "incident, light");
  await page.getByRole("button", { name: "switch between dark and light" }).click();
  await page.keyboard.press("F4");
  await page.keyboard.press("h");
  await page.locator("[data-field=minutes]").waitFor();
  await noViolation(page, "an act that asks");
  await page.keyboard.press("Escape");
  await page.keyboard.press("F4");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Take off…").first().waitFor();
  await page.locator("[data-focus=units] [role=option]").first().click();
  await noViolation(page, "units sent, one selected");
  await page.getByRole("button", { name: /^Keys/ }).click();
  await noViolation(page, "keys");
  await page.keyboard.press("Escape");
});

test("the policy page has none, dark and light, nor has a draft with a slip", async () => {
  await page.keyboard.press("Alt+p");
  await page.locator("[data-checked=true]").waitFor();
  await page.getByRole("tab", { name: /police\.policy/ }).click();
  await page.locator("[data-report]").waitFor();
  await noViolation(page, "policy, dark");
  await page.getByRole("button", { name: "switch between dark and light" }).click();
  await noViolation(page, "policy, light");
  await page.getByRole("button", { name: "Edit a draft" }).click();
  const text = page.locator("[data-focus=policy-text]");
  const good = await text.inputValue();
  await text.fill(good.replace("severity = grave", "severty = grave"));
  await page.locator(".note").first().waitFor();
  await noViolation(page, "a slip, light");
  await page.getByRole("button", { name: "switch between dark and light" }).click();
  const rule = "rule s when affiliation = agency_x then decline";
  await text.fill(good.replace(/^rule life_danger/m, `${rule}\n$&`));
  await page.locator("[data-checked=true] [data-verdict=uneven]").waitFor();
  for (const name of ["Check", "Difference and impact", "Adopt", "History"]) {
    await page.getByRole("tab", { name, exact: true }).click();
    await noViolation(page, `policy, ${name}`);
  }
  await page.getByRole("button", { name: "Discard draft" }).click();
  await page.keyboard.press("Alt+p");
});

test("every pane is reached by its key", async () => {
  const panes = { F3: "call", F4: "incident", F6: "calls", F7: "incidents", F8: "units" };
  for (const [key, name] of Object.entries({ ...panes, F9: "alerts", F10: "map", F1: "line" })) {
    await page.keyboard.press(key);
    const focused = await page.evaluate(() => document.activeElement?.dataset.focus);
    assert.equal(focused, name, key);
  }
});

test("the page itself never scrolls, on a small screen and on a large one", async () => {
  for (const [width, height] of [
    [1366, 768],
    [2560, 1440],
  ]) {
    await page.setViewportSize({ width, height });
    for (const which of ["room", "policy"]) {
      const over = await page.evaluate(() => {
        const { scrollWidth, scrollHeight } = document.documentElement;
        return [scrollWidth - innerWidth, scrollHeight - innerHeight];
      });
      assert.deepEqual(over, [0, 0], `${which}, ${width}x${height}`);
      const last = await page.getByRole("button", { name: "Sign off" }).boundingBox();
      assert.ok(last.x + last.width <= width, `the top bar fits, ${which}, ${width}`);
      await page.keyboard.press("Alt+p");
    }
  }
});

test("the map draws the centre's streets, and asks no other host", async () => {
  assert.equal(await page.locator("[data-map=ready] canvas").count(), 1);
  await page.getByText("City of Cambridge GIS").waitFor();
  faultless();
});
