// One person's shift, from the sound check to the sign-off, with the keyboard.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  answer,
  incidentPane,
  incidentRow,
  openPage,
  presentCall,
  runLine,
  said,
  settleAllCalls,
  signAsSecond,
  signIn,
  startBrowser,
  startShiftOf,
  take,
  unaccounted,
  unaccountedFallsTo,
} from "./support/browser.mjs";
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
  await signIn(page, centre);
  await startShiftOf(centre, centre.beside);
});
after(async () => {
  await browser?.close();
  await centre?.stop();
});

test("F2 answers the call that has rung longest", async () => {
  const first = await presentCall(page);
  await presentCall(page);
  await page.keyboard.press("F2");
  await said(page, `answered C${first}`);
  await settleAllCalls(page);
  await unaccountedFallsTo(page, 0);
});

test("a call is taken: answered, located, classified, written down", async () => {
  const call = await presentCall(page, { number: "617-555-0134", location: MASS_AVE });
  const before = await unaccounted(page);
  assert.ok(before >= 1);
  await answer(page, call);
  await take(page, "77 Massachusetts Ave", "fire.structure", "smoke from the second floor");
  await page.keyboard.press("Control+Enter");
  await incidentRow(page, 1).waitFor();
  await incidentPane(page).getByText("✓ verified").waitFor();
  await incidentPane(page).getByText("smoke from the second floor").first().waitFor();
  await unaccountedFallsTo(page, before - 1);
});

test("the recommendation says why, for units chosen and for units passed over", async () => {
  const advice = page.locator("[data-recommendation]");
  await advice.locator("input:checked").first().waitFor();
  const why = await advice.locator("li label").first().textContent();
  assert.match(why, /by road/);
  await advice.locator("summary").click();
  assert.ok((await advice.locator("details li").count()) > 3);
});

test("units are dispatched from the command line, as recommended", async () => {
  const advice = page.locator("[data-recommendation]");
  const marked = await advice.locator("li input:checked").count();
  await runLine(page, "D I1");
  await incidentRow(page, 1).getByText("dispatched").waitFor();
  const sent = incidentPane(page).getByText("Take off…");
  await sent.first().waitFor();
  assert.equal(await sent.count(), marked);
});

test("a status is typed in any of three ways, and taken back", async () => {
  const unit = await incidentPane(page).locator("li button.mono").first().textContent();
  for (const line of [`EN ${unit}`, `EN.${unit}`, `${unit} en`]) {
    await runLine(page, line);
    await page.locator(`#units-${unit}`).getByText("en route").waitFor();
    await runLine(page, "UNDO");
    await page.locator(`#units-${unit}`).getByText("en route").waitFor({ state: "hidden" });
  }
});

test("a line that could mean several things asks, and a number answers", async () => {
  await page.keyboard.press("F1");
  await page.keyboard.type("OS E");
  await page.getByText("which one?").waitFor();
  const second = await page.locator(".below li .mono").nth(1).textContent();
  await page.keyboard.press("Enter");
  await page.getByText("press its number").waitFor();
  await page.keyboard.press("2");
  await said(page, second.replace("OS ", "").trim());
  await page.keyboard.press("F1");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
});

test("a second call about the same fire is attached with one key, its words kept", async () => {
  const call = await presentCall(page, { number: "617-555-0177", location: MASS_AVE });
  const before = await unaccounted(page);
  await answer(page, call);
  await take(page, "77 Massachusetts Ave", "fire.structure", "people at the window up there");
  await page.locator("[data-duplicates]").getByText("Attach to I1").waitFor();
  await page.keyboard.press("Alt+a");
  await said(page, `C${call} attached to I1`);
  await unaccountedFallsTo(page, before - 1);
  await incidentPane(page).getByText("people at the window up there").first().waitFor();
});

test("an incident is held with a reason, and comes back as an alert, on top", async () => {
  const call = await presentCall(page, { location: MASS_AVE });
  await answer(page, call);
  await take(page, "Columbus Ave & Mass", "police.noise", "loud music");
  await page.keyboard.press("Control+Enter");
  await incidentRow(page, 2).waitFor();
  await page.waitForSelector("[data-focus=incident]:focus");
  await page.keyboard.press("h");
  await page.locator("[data-field=minutes]").fill("0.05");
  await page.locator("[data-field=reason]").fill("all patrols are at the fire");
  await page.keyboard.press("Enter");
  await said(page, "I2: hold");
  await page.locator("[data-decisions]").getByText("all patrols are at the fire").waitFor();

  const alert = page.locator("[data-focus=alerts] [role=option]").filter({ hasText: "hold" });
  await alert.waitFor();
  await incidentRow(page, 2).getByText("REVIEW").waitFor();
  const rows = page.locator("[data-focus=incidents] [role=option]");
  assert.equal(await rows.first().getAttribute("id"), "incidents-2");
  await alert.click();
  await page.keyboard.press("Enter");
  await alert.waitFor({ state: "hidden" });
});

test("an incident is declined by decision, with code, reason and policy", async () => {
  await page.locator("#incidents-2").click();
  await page.keyboard.press("F4");
  await page.keyboard.press("l");
  await page.locator("[data-field=code]").selectOption("policy_no_send");
  await page.locator("[data-field=reason]").fill("noise ended, caller rang again");
  await page.keyboard.press("Enter");
  // Policy sends somebody, so that sending nobody takes two.
  await signAsSecond(page, "incident", centre.beside);
  const decisions = page.locator("[data-decisions]");
  await decisions.getByText("noise ended").waitFor();
  const text = await decisions.textContent();
  assert.match(text, /no dispatch/);
  assert.match(text, /policy \S+ \d+, rule \S+/);
});

test("a priority 1 incident takes two to decline; the second signs in the pane", async () => {
  const call = await presentCall(page, { location: MASS_AVE });
  await answer(page, call);
  await take(page, "100 Cambridge St", "unknown.help", "no, it was steam");
  await page.locator("[data-distance-alarm]").getByText("km from where").waitFor();
  await page.keyboard.press("Control+Enter");
  await incidentRow(page, 3).waitFor();
  await page.waitForSelector("[data-focus=incident]:focus");
  await page.keyboard.press("l");
  await page.locator("[data-field=code]").selectOption("caller_withdrew");
  await page.locator("[data-field=reason]").fill("steam from a kettle");
  await page.keyboard.press("Enter");
  const asked = page.locator("[data-asked=incident]");
  await asked.getByText("demands a second person").waitFor();
  await asked.getByLabel("second person", { exact: true }).fill(centre.beside.person);
  await asked.getByLabel("second person's password").fill("not the password");
  await page.keyboard.press("Enter");
  await asked.getByText("is wrong").waitFor();
  await asked.getByLabel("second person", { exact: true }).fill(centre.beside.person);
  await asked.getByLabel("second person's password").fill(centre.beside.password);
  await page.keyboard.press("Enter");
  const decision = page.locator("[data-decisions] li").filter({ hasText: "steam from a kettle" });
  await decision.getByText(`with ${centre.beside.person}`).waitFor();
});

test("an incident is raised, merged, unmerged, closed and reopened by key", async () => {
  const call = await presentCall(page, { location: MASS_AVE });
  await answer(page, call);
  await take(page, "77 Massachusetts Ave", "police.noise", "shouting in the street");
  await page.keyboard.press("Control+Enter");
  await incidentRow(page, 4).waitFor();
  await page.waitForSelector("[data-focus=incident]:focus");
  await page.keyboard.press("a");
  await page.keyboard.press("Enter");
  await said(page, "I4: raise alarm");
  await page.keyboard.press("m");
  await page.locator("[data-field=into]").fill("1");
  await page.locator("[data-field=reason]").fill("shouting about the fire");
  await page.keyboard.press("Enter");
  await incidentPane(page).getByText("merged into I1").waitFor();
  await page.keyboard.press("F4");
  await page.keyboard.press("u");
  await page.keyboard.press("Enter");
  await incidentPane(page).getByText("merged into I1").waitFor({ state: "hidden" });
  await page.keyboard.press("l");
  await page.locator("[data-field=code]").selectOption("advice_given");
  await page.locator("[data-field=reason]").fill("they went home");
  await page.keyboard.press("Enter");
  await signAsSecond(page, "incident", centre.beside);
  await incidentPane(page).getByText("■ closed").waitFor();
  await page.keyboard.press("F4");
  await page.keyboard.press("o");
  await page.keyboard.press("Enter");
  await incidentPane(page).getByText("■ closed").waitFor({ state: "hidden" });
});

test("text typed where an incident has the focus orders nothing", async () => {
  const list = page.locator("[role=log] p");
  const before = await list.count();
  for (const place of ["incidents", "incident"]) {
    await page.locator(`[data-focus=${place}]`).focus();
    await page.keyboard.type("alarm and Harvard Sq ");
    await page.keyboard.press("Escape");
  }
  const call = await presentCall(page);
  await answer(page, call);
  await said(page, `answered C${call}`);
  assert.equal(await list.count(), before + 1);
  await page.locator("#incidents-4").click();
});

test("other units than recommended ask for a reason, which is a decision", async () => {
  await page.keyboard.press("F4");
  const advice = page.locator("[data-recommendation]");
  await advice.locator("summary").click();
  const other = advice.locator("details li").filter({ hasText: /^\s*E/ }).first();
  const unit = (await other.locator("strong").textContent()).trim();
  await other.locator("input").check();
  await advice.getByLabel("reason for other units").fill("it is next door");
  await page.keyboard.press("Enter");
  await said(page, unit);
  const decision = page.locator("[data-decisions] li").filter({ hasText: "it is next door" });
  await decision.getByText("override recommendation").waitFor();
});

test("a call is declined by decision; without a reason nothing is sent", async () => {
  const call = await presentCall(page, { number: "617-555-0199" });
  const before = await unaccounted(page);
  await answer(page, call);
  await page.getByRole("button", { name: "Send nobody…" }).click();
  const form = page.getByRole("form", { name: "send nobody" });
  await form.getByLabel("why nobody is sent").selectOption("accidental_confirmed");
  await form.getByRole("button", { name: "Decide" }).click();
  assert.ok((await unaccounted(page)) >= before);
  await form.getByLabel("reason").fill("child with the phone, mother confirms");
  await page.keyboard.press("Enter");
  await said(page, "nobody sent, accidental confirmed");
  await unaccountedFallsTo(page, before - 1);
});

test("a shift is not signed off while a call is left behind, and is once it is not", async () => {
  await settleAllCalls(page);
  const call = await presentCall(page);
  await answer(page, call);
  await page.getByRole("button", { name: "Sign off" }).click();
  await page.locator("[data-asked=shift]").getByText("end it before the shift ends").waitFor();

  await page.getByRole("button", { name: "End call" }).click();
  await page.locator(`#calls-${call}`).getByText("no outcome").waitFor();
  await page.getByRole("button", { name: "Sign off" }).click();
  await page.locator("[data-asked=shift]").getByText("has no outcome").waitFor();

  await settleAllCalls(page);
  await page.locator(`#calls-${call}`).waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Sign off" }).click();
  await page.getByText("Sign in and start your shift").waitFor();
  faultless();
});
