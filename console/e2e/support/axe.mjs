// What a person with other eyes, or without a mouse, would stumble over, as axe finds it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails with what axe finds wrong on a page as it stands. */
export async function noViolation(page, where) {
  // The centre's pages allow no script but their own; the checker is put in beside them.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const result = await window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return result.violations.map((one) => {
      const nodes = one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160));
      return `${one.id}: ${one.help}\n  ${nodes.join("\n  ")}`;
    });
  });
  assert.deepEqual(found, [], where);
}
