import type { Personal } from "../pure/rows.ts";

/** A personal value as text; erased ones say so, missing ones are empty. */
export function personal(value: Personal): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : "(erased)";
}
