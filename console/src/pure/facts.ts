// What to ask of a call under the policy in force: how bad before the outcome, who calls after it.

import type { Attribute, PolicyAttributes, PolicyRow } from "./rows.ts";

const KEYS = "123456789abcdefghijklmnopqrstvwxyz";
export const UNKNOWN = "unknown";

export interface Choice {
  value: string;
  /** The key that takes it. */
  key: string;
}

/** The response policy that answers for a type; `undefined`: the table of types answers. */
export function textOf(
  policy: PolicyRow | null,
  type: string | null,
): PolicyAttributes | undefined {
  return policy?.attributes.find((text) => type !== null && text.natures.includes(type));
}

/** What a person is asked of the emergency, in the order of the policy. */
export function askedOfEmergency(text: PolicyAttributes | undefined): Attribute[] {
  return text?.attributes.filter((one) => one.asked && one.class === "emergency") ?? [];
}

/** What a person is asked of the caller, in the order of the policy. */
export function askedOfCaller(text: PolicyAttributes | undefined): Attribute[] {
  return text?.attributes.filter((one) => one.asked && one.class === "caller") ?? [];
}

/**
 * Whether who calls may change the answer for this type. Only then is a caller's fact asked before
 * the outcome; of a policy proved even it cannot matter, so it is asked afterwards.
 */
export function callerDecides(text: PolicyAttributes | undefined): boolean {
  return text?.verdict === "uneven" || text?.verdict === "even_but_for_exceptions";
}

/** Each word with its key: `u` for `unknown`, which stands first. */
export function choicesOf(attribute: Attribute): Choice[] {
  const known = (attribute.values ?? []).filter((value) => value !== UNKNOWN);
  const keyed = known.map((value, index) => ({ value, key: KEYS[index] ?? "" }));
  return [{ value: UNKNOWN, key: "u" }, ...keyed];
}

/** A number within the bounds of an attribute. */
export function within(attribute: Attribute, value: number): number {
  return Math.min(attribute.to ?? value, Math.max(attribute.from ?? value, value));
}

/** The facts that these attributes know, of those given; what is unknown is not given at all. */
export function factsFor(
  attributes: readonly Attribute[],
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const fits = (attribute: Attribute, value: string): boolean =>
    attribute.values
      ? value !== UNKNOWN && attribute.values.includes(value)
      : /^\d+$/.test(value) && within(attribute, Number(value)) === Number(value);
  const known = attributes.filter((one) => fits(one, given[one.name] ?? ""));
  return Object.fromEntries(known.map((one) => [one.name, given[one.name] ?? ""]));
}

/** Facts of a caller as they are sent: `language=es`. */
export const asPairs = (facts: Readonly<Record<string, string>>): string[] =>
  Object.entries(facts).map(([name, value]) => `${name}=${value}`);

/** The last word on each fact of a caller that is on record. */
export function fromPairs(pairs: readonly string[]): Record<string, string> {
  const split = pairs.map((pair) => [
    pair.slice(0, pair.indexOf("=")),
    pair.slice(pair.indexOf("=") + 1),
  ]);
  return Object.fromEntries(split) as Record<string, string>;
}
