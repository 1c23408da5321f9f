// A telephone calls the demo: it rings in the browser, is talked with both ways, is found on the
// map, is sent help, and is closed; another hangs up while it rings, and is rung back.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  answer,
  incidentPane,
  incidentRow,
  openPage,
  runLine,
  said,
  signIn,
  take,
  unaccountedFallsTo,
} from "./support/browser.mjs";
import { startCentre } from "./support/centre.mjs";
import { loudness, startTelephone, tone } from "./support/telephone.mjs";
import { heardByBrowser, keepTracks, startSpeakingBrowser, until } from "./support/voice.mjs";

const CALLER_HERTZ = 440;
const MICROPHONE_HERTZ = 1000;
/** Longer than any test here: the telephone hangs up at the end of what it speaks. */
const SPEAKS_S = 300;
/** Without the telephone there is nothing to test; where CI is set it must be there. */
const isThere = spawnSync("baresip", ["-h"]).error === undefined;
const skip = isThere || process.env.CI ? false : "baresip is not installed";
let folder;
let centre;
let browser;
let page;
let faultless;

before(async () => {
  if (skip) return;
  folder = await mkdtemp(join(tmpdir(), "evenhand-microphone-"));
  const microphone = join(folder, "microphone.wav");
  await writeFile(microphone, tone(MICROPHONE_HERTZ, 48_000, 1));
  centre = await startCentre("--sip", "--quiet");
  browser = await startSpeakingBrowser(microphone);
  ({ page, faultless } = await openPage(browser, centre.url));
  await keepTracks(page);
  await signIn(page, centre);
});
after(async () => {
  await browser?.close();
  await centre?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** The call that rings at the position; gives its number. */
async function rings() {
  const row = page.locator("[data-focus=calls] [role=option]").filter({ hasText: "ringing" });
  await row.first().waitFor();
  return Number((await row.first().getAttribute("id")).split("-")[1]);
}

test("a telephone rings, is talked with both ways, sent help, closed", { skip }, async () => {
  const telephone = await startTelephone("+16175550123", CALLER_HERTZ, SPEAKS_S);
  try {
    telephone.dial(`sip:911@${centre.sip}`);
    const call = await rings();
    await telephone.event("CALL_RINGING");
    await answer(page, call);
    await telephone.event("CALL_ESTABLISHED");
    const heard = await until(() => heardByBrowser(page), ({ loud }) => loud > 0.1);
    assert.equal(heard.hertz, CALLER_HERTZ);

    await take(page, "77 Massachusetts Ave", "police.noise", "shouting in the street");
    await page.keyboard.press("Control+Enter");
    await incidentRow(page, 1).waitFor();
    await incidentPane(page).getByText("✓ verified").waitFor();
    await page.locator("[data-recommendation] input:checked").first().waitFor();
    await runLine(page, "D I1");
    await incidentRow(page, 1).getByText("dispatched").waitFor();
    await runLine(page, `EC C${call}`);
    await telephone.event("CALL_CLOSED");

    const unit = await incidentPane(page).locator("li button.mono").first().textContent();
    for (const status of ["EN", "OS", "AV"]) await runLine(page, `${status} ${unit}`);
    await runLine(page, "CLOSE I1 handled_on_scene");
    await incidentPane(page).getByText("■ closed").waitFor();
    await unaccountedFallsTo(page, 0);

    const samples = await telephone.heard();
    const pieces = Array.from({ length: Math.floor(samples.length / 8000) }, (_, second) =>
      samples.slice(second * 8000, (second + 1) * 8000),
    );
    const loud = pieces.map((piece) => loudness(piece, 8000, MICROPHONE_HERTZ));
    assert.ok(Math.max(...loud) > 0.1, `the caller heard ${loud}`);
  } finally {
    await telephone.stop();
  }
});

test("a telephone that hung up while it rang is rung back from the list", { skip }, async () => {
  const telephone = await startTelephone("+16175550177", CALLER_HERTZ, SPEAKS_S);
  try {
    telephone.dial(`sip:911@${centre.sip}`);
    const call = await rings();
    await telephone.event("CALL_RINGING");
    telephone.hangUp();
    await telephone.event("CALL_CLOSED");
    const row = page.locator("[data-focus=callbacks] [role=option]").first();
    await row.waitFor();
    await row.click();
    await page.getByRole("button", { name: `Ring back C${call}` }).click();
    await telephone.event("CALL_INCOMING");
    telephone.accept();
    await telephone.event("CALL_ESTABLISHED");
    await runLine(page, `CR C${call}`);
    const heard = await until(() => heardByBrowser(page), ({ loud }) => loud > 0.1);
    assert.equal(heard.hertz, CALLER_HERTZ);
    await runLine(page, `ND C${call} accidental_confirmed child with the phone`);
    await runLine(page, `EC C${call}`);
    await telephone.event("CALL_CLOSED");
    await unaccountedFallsTo(page, 0);
    await said(page, `C${call}`);
    faultless();
  } finally {
    await telephone.stop();
  }
});
