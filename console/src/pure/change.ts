// What another version would change: exactly, and for the calls that were.

import type { Pair } from "./check.ts";

export interface Change {
  from: string;
  to: string;
  count: string;
  /** One call; the left answer is that of the version in force, the right one that of the other. */
  example: Pair | null;
}

/** What a text changes against its version in force. Counts are texts: they may be very large. */
export interface FileDifference {
  old: string;
  new: string;
  compared: string | null;
  changed: string | null;
  share: number | null;
  outcomes: { outcome: string; changed: string; share: number; changes: Change[] }[];
  overrides_changed: boolean;
  not_compared: string[];
  undecided: string[];
}

export interface Difference {
  files: { file: string; difference: FileDifference }[];
  unchanged: string[];
  /** Response policies that stand in one of the two only. */
  added: string[];
  removed: string[];
  toml_changed: string[];
}

export interface Share {
  changed: number;
  of: number;
}

export interface ImpactOfFile {
  cases: number;
  nature_unknown: number;
  not_recorded: Record<string, number>;
  changed: number;
  /** By outcome, from and to. */
  by_change: Record<string, number>;
  by_nature: Record<string, Share>;
  by_hour: Record<string, Share>;
  by_zone: Record<string, Share>;
  depends_on_who: number;
  examples: { name: string; nature: string; changes: string[] }[];
}

export interface Impact {
  since: number;
  impacts: { file: string; impact: ImpactOfFile }[];
}

/** Rows of a table of shares, those that change most first. */
export function byShare(shares: Record<string, Share>): [string, Share][] {
  return Object.entries(shares).sort(
    ([a, x], [b, y]) => y.changed - x.changed || y.of - x.of || (a < b ? -1 : 1),
  );
}
