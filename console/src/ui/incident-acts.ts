// What a person may do to an incident: its key, what it asks for in one line, and the command it
// becomes. Whether it is allowed is the centre's to say; here it is only offered where it makes
// sense.

import type { Command } from "../api/client.ts";
import { askedOfEmergency, factsFor, textOf } from "../pure/facts.ts";
import type { IncidentRow, PolicyRow, Stage } from "../pure/rows.ts";
import { inWords, type Policy } from "../store/policy.svelte.ts";

export interface Field {
  name: string;
  label: string;
  kind: "text" | "number" | "choice";
  isOptional?: boolean;
  initial?: string;
  choices?: (policy: Policy | null) => { value: string; text: string }[];
}

type Values = Record<string, string>;

/** What an act may need beside what was typed. */
export interface Context {
  now: number;
  policy: PolicyRow | null;
  row: IncidentRow | undefined;
}

export interface Act {
  id: string;
  key: string;
  label: string;
  /** How the command line says it; the incident may be left out while it is selected. */
  line: string;
  isOffered: (row: IncidentRow) => boolean;
  fields: Field[];
  command: (incident: number, values: Values, context: Context) => Command;
}

const NOT_SENT: Stage[] = ["created", "pending", "held"];
const isOpen = (row: IncidentRow): boolean => row.stage !== "closed" && row.merged_into === null;
const isWaiting = (row: IncidentRow): boolean => isOpen(row) && NOT_SENT.includes(row.stage);

const reason: Field = { name: "reason", label: "reason", kind: "text" };
const reasonIfAsked: Field = { ...reason, isOptional: true, label: "reason, if it is lowered" };

const signed = (values: Values): Record<string, unknown> => ({
  signature: {
    reason: values["reason"] ?? "",
    ...(values["advice"] && { advice_given: values["advice"] }),
  },
});

const coded = (codes: string[] | undefined) =>
  (codes ?? []).map((code) => ({ value: code, text: inWords(code) }));

const code: Field = {
  name: "code",
  label: "why nobody is sent",
  kind: "choice",
  choices: (policy) => coded(policy?.no_dispatch_codes),
};

/** An act that needs nothing but the incident. */
const bare = (type: string) => (incident: number): Command => ({ type, data: { incident } });

export const ACTS: readonly Act[] = [
  {
    id: "hold",
    key: "h",
    label: "Hold",
    line: "H I7 minutes reason",
    isOffered: isWaiting,
    fields: [{ name: "minutes", label: "minutes", kind: "number", initial: "10" }, reason],
    command: (incident, values, { now }) => ({
      type: "HoldIncident",
      data: {
        incident,
        review_at: now + Math.round(Number(values["minutes"]) * 60_000),
        ...signed(values),
      },
    }),
  },
  {
    id: "release",
    key: "r",
    label: "End hold",
    line: "RH I7",
    isOffered: (row) => row.stage === "held",
    fields: [],
    command: bare("ReleaseHold"),
  },
  {
    id: "type",
    key: "t",
    label: "Type",
    line: "T I7 type",
    isOffered: isOpen,
    fields: [
      {
        name: "type",
        label: "type",
        kind: "choice",
        choices: (policy) =>
          (policy?.incident_types ?? []).map((type) => ({
            value: type.code,
            text: `${type.code}  ${type.title}`,
          })),
      },
      { ...reason, isOptional: true, label: "reason, if asked" },
    ],
    // What is known of the emergency stays known, as far as the other type's policy asks for it.
    command: (incident, values, { policy, row }) => ({
      type: "ClassifyIncident",
      data: {
        incident,
        incident_type: values["type"],
        facts: factsFor(
          askedOfEmergency(textOf(policy, values["type"] ?? null)),
          row?.policy_answer?.facts ?? {},
        ),
        ...signed(values),
      },
    }),
  },
  {
    id: "priority",
    key: "p",
    label: "Priority",
    line: "P I7 priority reason",
    isOffered: isOpen,
    fields: [{ name: "priority", label: "1 (highest) to 9", kind: "number" }, reasonIfAsked],
    command: (incident, values) => ({
      type: "ChangePriority",
      data: { incident, priority: Number(values["priority"]), ...signed(values) },
    }),
  },
  {
    id: "alarm",
    key: "a",
    label: "Raise alarm",
    line: "AL I7",
    isOffered: isOpen,
    fields: [],
    command: bare("RaiseAlarmLevel"),
  },
  {
    id: "decline",
    key: "l",
    label: "Send nobody",
    line: "ND I7 code reason",
    isOffered: isWaiting,
    fields: [
      code,
      reason,
      { name: "advice", label: "advice given", kind: "text", isOptional: true },
    ],
    command: (incident, values) => ({
      type: "DeclineIncident",
      data: { incident, code: values["code"], ...signed(values) },
    }),
  },
  {
    id: "cancel",
    key: "x",
    label: "Cancel",
    line: "XI I7 reason",
    isOffered: (row) => isOpen(row) && !isWaiting(row),
    fields: [reason],
    command: (incident, values) => ({
      type: "CancelIncident",
      data: { incident, ...signed(values) },
    }),
  },
  {
    id: "close",
    key: "c",
    label: "Close",
    line: "CLOSE I7 disposition",
    isOffered: (row) => isOpen(row) && !isWaiting(row),
    fields: [
      {
        name: "disposition",
        label: "how it ended",
        kind: "choice",
        choices: (policy) => coded(policy?.dispositions),
      },
    ],
    command: (incident, values) => ({
      type: "CloseIncident",
      data: { incident, disposition: values["disposition"] },
    }),
  },
  {
    id: "reopen",
    key: "o",
    label: "Reopen",
    line: "RO I7",
    isOffered: (row) => row.stage === "closed" && row.merged_into === null,
    fields: [],
    command: bare("ReopenIncident"),
  },
  {
    id: "merge",
    key: "m",
    label: "Merge into",
    line: "MG I7 I8 reason",
    isOffered: isOpen,
    fields: [{ name: "into", label: "incident number", kind: "number" }, reason],
    command: (incident, values) => ({
      type: "MergeIncidents",
      data: { from: incident, into: Number(values["into"]), ...signed(values) },
    }),
  },
  {
    id: "unmerge",
    key: "u",
    label: "Unmerge",
    line: "UM I7",
    isOffered: (row) => row.merged_into !== null,
    fields: [],
    command: bare("UnmergeIncident"),
  },
];
