// What a check of a policy says, and how it is told: each finding with a sign, words and a line.

import type { VerdictWord } from "./rows.ts";

export interface PolicyFile {
  name: string;
  text: string;
}

export interface Problem {
  file: string;
  line: number;
  column: number;
  width: number;
  fault: string;
  mend: string;
  shown: string;
}

export interface Values {
  any: boolean;
  text: string;
  example: string;
}

export interface PairRow {
  attribute: string;
  class: string;
  differs: boolean;
  left: Values;
  right: Values;
}

export interface Decided {
  value: string;
  rule: string;
  line: number;
}

export interface Pair {
  rows: PairRow[];
  subject: string;
  left: Decided;
  right: Decided;
}

export interface Dependence {
  pair: Pair;
  affected: string | null;
  share: number | null;
  excepted: boolean;
}

export type Found =
  | { found: "never" }
  | ({ found: "depends" } & Dependence)
  | { found: "not_decided"; why: string };

export interface Independence {
  subject: string;
  attributes: string[];
  class: string;
  found: Found;
}

export type Outcome =
  | { result: "holds"; covers: string | null }
  | { result: "fails"; pair: Pair; affected: string | null; share: number | null }
  | { result: "empty" }
  | { result: "not_decided"; why: string };

export interface Claimed {
  claim: string;
  line: number;
  result: Outcome;
}

export interface ExceptionFound {
  attribute: string;
  outcome: string;
  because: string;
  until: string;
  signed: string[];
  line: number;
  state: "expired" | "not_felt" | "holds" | "broken" | "not_decided";
  broken: Pair | null;
}

export interface RuleFound {
  rule: string;
  line: number;
  fault: "never_holds" | "shadowed" | "redundant";
  covered_by: string[];
  and_others: boolean;
}

export interface Report {
  policy: string;
  version: number;
  today: string;
  verdict: { verdict: "even" | "even_but_for" | "uneven" | "not_decided"; because?: string[] };
  size: {
    attributes: number;
    rules: number;
    calls: string | null;
    nodes: number;
    engine: "diagram" | "solver";
  };
  independence: Independence[];
  never: Independence[];
  accommodations: Independence[];
  exceptions: ExceptionFound[];
  worse: Claimed[];
  floors: Claimed[];
  unknown: Claimed[];
  expectations: Claimed[];
  rules: RuleFound[];
  places: Independence[];
  undecided: string[];
}

/** The answer to a check of a whole policy. */
export interface Check {
  /** `null` if the texts cannot be read. */
  hash: string | null;
  verdict: VerdictWord | null;
  problems: Problem[];
  reports: { file: string; report: Report }[];
  /** What the texts claim of themselves and do not keep; such texts are not adopted. */
  broken: string[];
  milliseconds: number;
}

export type Tone = "ok" | "fail" | "warn" | "note" | "open";

export interface Finding {
  tone: Tone;
  text: string;
  /** Line in the text, from 1; 0: none. */
  line: number;
  pair?: Pair;
}

/** Signs beside words: nothing is told by colour alone. */
export const SIGN: Record<Tone, string> = { ok: "✓", fail: "✕", warn: "!", note: "·", open: "?" };

export interface VerdictShown {
  sign: string;
  word: string;
  tone: Tone;
  /** What it means, in one sentence. */
  says: string;
}

const VERDICT: Record<VerdictWord, VerdictShown> = {
  even: {
    sign: "✓",
    word: "even",
    tone: "ok",
    says: "No answer depends on who calls or who lives there: proved for every call.",
  },
  even_but_for_exceptions: {
    sign: "◐",
    word: "even but for exceptions",
    tone: "warn",
    says: "No answer depends on who calls, but for signed exceptions that only make it better.",
  },
  uneven: {
    sign: "≠",
    word: "uneven",
    tone: "fail",
    says: "Some answer depends on who calls or who lives there.",
  },
  undecided: {
    sign: "?",
    word: "not decided",
    tone: "open",
    says: "The check was not completed. This does not mean that the policy is even.",
  },
};

const OF_REPORT: Record<Report["verdict"]["verdict"], VerdictWord> = {
  even: "even",
  even_but_for: "even_but_for_exceptions",
  uneven: "uneven",
  not_decided: "undecided",
};

export const verdictShown = (word: VerdictWord): VerdictShown => VERDICT[word];

export const verdictOf = (report: Report): VerdictWord => OF_REPORT[report.verdict.verdict];

/** `1,234,567`, or what is nearly so. */
export const grouped = (count: string): string =>
  /^\d+$/.test(count) ? count.replace(/\B(?=(\d{3})+$)/g, ",") : count;

/** `4.2 %`; a share that is not nothing never reads as nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0001) return "under 0.01 %";
  const digits = share < 0.001 ? 2 : 1;
  return `${(share * 100).toFixed(digits)} %`;
}

/** `12 of 96 calls, 12.5 %`, as far as it was counted. */
export function affectedText(affected: string | null, share: number | null): string {
  if (affected === null) return "not counted";
  const part = share === null ? "" : `, ${percent(share)}`;
  return `${grouped(affected)} of the calls that can be described${part}`;
}

const named = (one: Independence): string =>
  one.attributes.map((name) => `\`${name}\``).join(" and ") + (one.class ? ` (${one.class})` : "");

/** The pair for the headline: the smallest of those that no exception covers, else of all. */
export function smallestPair(report: Report): Dependence | null {
  const all = report.independence.flatMap((one) =>
    one.found.found === "depends" ? [one.found] : [],
  );
  const open = all.filter((one) => !one.excepted);
  const differing = (one: Dependence): number => one.pair.rows.filter((row) => row.differs).length;
  const from = open.length > 0 ? open : all;
  return from.reduce<Dependence | null>(
    (best, one) => (best === null || differing(one) < differing(best) ? one : best),
    null,
  );
}

function dependence(one: Independence, worst: Tone): Finding {
  const { found } = one;
  if (found.found === "never") {
    return { tone: "ok", text: `\`${one.subject}\` does not depend on ${named(one)}`, line: 0 };
  }
  if (found.found === "not_decided") {
    const text = `whether \`${one.subject}\` depends on ${named(one)} is not decided: ${found.why}`;
    return { tone: "open", text, line: 0 };
  }
  const how = found.excepted ? ", by a signed exception" : "";
  const text = `\`${one.subject}\` depends on ${named(one)}${how}: ${affectedText(
    found.affected,
    found.share,
  )}`;
  return { tone: found.excepted ? "warn" : worst, text, line: 0, pair: found.pair };
}

function claimed(one: Claimed, worst: Tone): Finding {
  const { result, line, claim } = one;
  switch (result.result) {
    case "holds":
      return { tone: "ok", text: `${claim}: holds for every call`, line };
    case "empty":
      return { tone: "warn", text: `${claim}: no possible call is meant`, line };
    case "not_decided":
      return { tone: "open", text: `${claim}: not decided: ${result.why}`, line };
    case "fails": {
      const count = affectedText(result.affected, result.share);
      return { tone: worst, text: `${claim}: does not hold, ${count}`, line, pair: result.pair };
    }
  }
}

const EXCEPTION: Record<ExceptionFound["state"], { tone: Tone; says: string }> = {
  expired: { tone: "warn", says: "its day is over, it counts for nothing" },
  not_felt: { tone: "warn", says: "no answer changes by it, it could be struck out" },
  holds: { tone: "warn", says: "in force, and only for the better" },
  broken: { tone: "fail", says: "makes the answer worse for somebody, which it does not cover" },
  not_decided: { tone: "open", says: "not decided" },
};

function exception(one: ExceptionFound): Finding {
  const { tone, says } = EXCEPTION[one.state];
  const text =
    `exception: \`${one.attribute}\` may raise \`${one.outcome}\` until ${one.until} ` +
    `(${one.because}; signed ${one.signed.join(", ")}): ${says}`;
  return { tone, text, line: one.line, ...(one.broken && { pair: one.broken }) };
}

function rule(one: RuleFound): Finding {
  const more = one.and_others ? " and others" : "";
  const by = one.covered_by.length > 0 ? ` (${one.covered_by.join(", ")}${more})` : "";
  const WHY: Record<RuleFound["fault"], string> = {
    never_holds: "its condition holds for no possible call",
    shadowed: `rules above always decide before it${by}`,
    redundant: "without it every call would get the same answer",
  };
  return { tone: "warn", text: `rule \`${one.rule}\`: ${WHY[one.fault]}`, line: one.line };
}

const ORDER: readonly Tone[] = ["fail", "open", "warn", "ok", "note"];

/** Everything that was found, what stands against adoption first. */
export function findings(report: Report): Finding[] {
  const all = [
    ...report.independence.map((one) => dependence(one, "fail")),
    ...report.never.map((one) => ({ ...dependence(one, "fail") })),
    ...report.accommodations.map((one) => dependence(one, "fail")),
    ...report.exceptions.map(exception),
    ...report.worse.map((one) => claimed(one, "fail")),
    ...report.floors.map((one) => claimed(one, "fail")),
    ...report.expectations.map((one) => claimed(one, "fail")),
    ...report.unknown.map((one) => claimed(one, "warn")),
    ...report.rules.map(rule),
    ...report.places.map((one) => dependence(one, "note")),
    ...report.undecided.map((text): Finding => ({ tone: "open", text, line: 0 })),
  ];
  // The same sentence, from a `never` that repeats what is checked anyway, is told once.
  const told = new Set<string>();
  const once = all.filter((one) => !told.has(one.text) && told.add(one.text));
  return once.sort((a, b) => ORDER.indexOf(a.tone) - ORDER.indexOf(b.tone));
}

/** Problems of one file by line, several on a line in one text. */
export function byLine(problems: readonly Problem[], file: string): Map<number, string> {
  const lines = new Map<number, string>();
  for (const one of problems.filter((problem) => problem.file === file)) {
    const before = lines.get(one.line);
    const text = `${one.fault}; ${one.mend}`;
    lines.set(one.line, before === undefined ? text : `${before} · ${text}`);
  }
  return lines;
}
