// The journal cannot be written: the console says so, and takes no order for done.

import { after, before, test } from "node:test";
import { openPage, presentCall, signIn, startBrowser } from "./support/browser.mjs";
import { startSmallCentre } from "./support/centre.mjs";

let centre;
let browser;
let page;
let faultless;

before(async () => {
  centre = await startSmallCentre();
  browser = await startBrowser();
  ({ page, faultless } = await openPage(browser, centre.url));
  await signIn(page, centre);
});
after(async () => {
  await browser?.close();
  await centre?.stop();
});

test("a full journal turns the screen red, and an order given then is refused", async () => {
  const call = await presentCall(page);
  // Writes until there is no page left in the journal.
  await page.evaluate(async () => {
    const { token } = JSON.parse(sessionStorage.getItem("evenhand.session"));
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const data = { channel: "walk_in", name: "x".repeat(2000) };
    const body = JSON.stringify({ command: { type: "PresentCall", data } });
    for (let status = 200; status === 200; ) {
      const key = { "Idempotency-Key": crypto.randomUUID() };
      const sent = { method: "POST", headers: { ...headers, ...key }, body };
      ({ status } = await fetch("/api/v1/commands", sent));
    }
  });
  await page.locator("[data-banner=journal]").getByText("no order is accepted").waitFor();
  await page.getByText("JOURNAL DOWN").waitFor();
  await page.locator(`#calls-${call}`).click();
  await page.keyboard.press("Enter");
  await page.locator("[data-asked=calls]").getByText("journal cannot be written").waitFor();
  await page.locator(`#calls-${call}`).getByText("ringing").waitFor();
  faultless();
});
