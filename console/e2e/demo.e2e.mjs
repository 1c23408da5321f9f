// The demo as it is for a visitor: calls come by themselves, and say that they are generated.

import { after, before, test } from "node:test";
import { openPage, said, signIn, startBrowser } from "./support/browser.mjs";
import { startCentre } from "./support/centre.mjs";

let centre;
let browser;
let page;
let faultless;

before(async () => {
  centre = await startCentre("--speed", "20");
  browser = await startBrowser();
  ({ page, faultless } = await openPage(browser, centre.url));
  await signIn(page, centre);
});
after(async () => {
  await browser?.close();
  await centre?.stop();
});

test("the screen says that calls are generated, and they ring", async () => {
  await page.getByText("GENERATED CALLS").waitFor();
  await page
    .locator("[data-focus=calls] [role=option]")
    .filter({ hasText: "ringing" })
    .first()
    .waitFor({ timeout: 60_000 });
});

test("a caller who gave up is work to do, until a person decides", async () => {
  const row = page.locator("[data-focus=callbacks] [role=option]").first();
  await row.waitFor({ timeout: 90_000 });
  await row.click();
  const id = await row.getAttribute("id");
  const call = `C${id.split("-")[1]}`;
  await page.getByRole("button", { name: `Ring back ${call}` }).click();
  await said(page, `${call} is rung back`);
  await page.getByRole("button", { name: "Not reached" }).click();
  await said(page, `${call} not reached`);
  await page.getByRole("button", { name: "Give up…" }).click();
  await page.getByLabel("reason", { exact: true }).fill("no answer, number checked");
  await page.keyboard.press("Enter");
  await said(page, `${call} callback given up`);
  await page.locator(`#${id}`).filter({ hasText: "abandoned" }).waitFor({ state: "hidden" });
  faultless();
});
