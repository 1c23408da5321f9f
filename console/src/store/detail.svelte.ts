// What the boards do not carry: the timeline, decisions and recommendation of one incident. It
// is fetched again whenever the incident's row changes.

import { ask } from "../api/client.ts";
import type { StoryEntry } from "../pure/conversation.ts";
import type { Personal } from "../pure/rows.ts";

export interface RankedUnit {
  unit: string;
  capability: string;
  travel_ms: number | null;
  why: string;
}

export interface Recommendation {
  run_card: string;
  alarm_level: number;
  map_version: string;
  chosen: RankedUnit[];
  passed_over: { unit: string; travel_ms?: number | null; why: string }[];
  missing?: string[];
}

export interface Decision {
  id: number;
  kind: string;
  person: string;
  second?: string | null;
  policy: { id: string; version: number };
  rule: string;
  reason: string;
  advice_given?: string | null;
}

/** A decision as it stands in the journal. */
export interface DecisionEntry {
  seq: number;
  at: number;
  decision: Decision;
}

export interface TimelineEntry {
  seq: number;
  at: number;
  actor: string;
  type: string;
  text: string;
}

export interface IncidentDetail {
  timeline: TimelineEntry[];
  decisions: DecisionEntry[];
  recommendation: Recommendation | null;
  past_recommendations: {
    seq: number;
    at: number;
    by: string;
    recommendation: Recommendation;
  }[];
}

export interface CallDetail {
  call: number;
  words: Personal[];
  number: Personal;
  name: Personal;
  timeline: StoryEntry[];
}

export const incidentDetail = (incident: number) => ask<IncidentDetail>(`/incidents/${incident}`);

export const callDetail = (call: number) => ask<CallDetail>(`/calls/${call}`);

/** Units chosen, as one text, to see whether a recommendation changed. */
export const chosenUnits = (recommendation: Recommendation | null): string =>
  (recommendation?.chosen ?? []).map((unit) => unit.unit).join(" ");
