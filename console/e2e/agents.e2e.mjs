// Whether a call-taker takes calls, and where a caller may be, against the real binary.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  answer,
  give,
  openPage,
  presentCall,
  settleAllCalls,
  signIn,
  startBrowser,
} from "./support/browser.mjs";
import { startCentre } from "./support/centre.mjs";

const CENTER = [423_592_000, -710_935_000];
const shape = {
  kind: "ellipse",
  center: CENTER,
  semi_major_m: 300,
  semi_minor_m: 80,
  orientation_deg: 30,
};
const MASS_AVE = {
  point: CENTER.join(),
  uncertainty_m: 300,
  shape: JSON.stringify(shape),
  confidence_percent: 67,
  method: "Cell",
  source: "value",
};
let centre;
let browser;
let page;
let faultless;

before(async () => {
  centre = await startCentre("--quiet");
  browser = await startBrowser();
  ({ page, faultless } = await openPage(browser, centre.url));
  await signIn(page, centre, centre.front, "call_taker");
});
after(async () => {
  await browser?.close();
  await centre?.stop();
});

const state = (name) => page.locator(`[data-agent=${name}]`).waitFor();

test("a break and its end are said by key, and stand in the staff list", async () => {
  await state("ready");
  await page.keyboard.press("Alt+b");
  await state("break");
  await page.keyboard.press("Alt+s");
  await page.locator(`[data-staff=${centre.front.person}]`).getByText("Break").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Alt+r");
  await state("ready");
});

test("answering makes busy, and the end of the call a wrap-up until its outcome", async () => {
  const call = await presentCall(page, { location: MASS_AVE });
  await answer(page, call);
  await state("busy");
  assert.ok(await page.getByRole("button", { name: /Alt\+B/ }).isDisabled());
  await page.keyboard.press("Alt+q");
  await state("wrap_up");
  const signature = { reason: "a slip of the hand" };
  await give(page, "DeclineCall", { call, code: "accidental_confirmed", signature });
  await state("ready");
});

test("the shape that came with a call is drawn, and told in words", async () => {
  const call = await presentCall(page, { location: MASS_AVE });
  await answer(page, call);
  await page.waitForSelector("[data-outline=ellipse]");
  const pane = page.getByRole("region", { name: "Call", exact: true });
  const words = /from the phone network, .*67 % within 300 m, \d+ s ago/;
  await pane.locator("[data-delivered=caller]").getByText(words).waitFor();
  await settleAllCalls(page);
  faultless();
});
