// The rows of the boards as the server sends them. All times are milliseconds since 1970, the
// centre's clock. Priority 1 is the highest.

/** A personal value: clear text, `erased` if it was deleted by law, or never given. */
export type Personal = string | { erased: true } | null;

export interface Zone {
  layer: string;
  name: string;
}

/** Latitude and longitude in 1e-7 degrees, as a shape has its points. */
export type LatLon = [lat_e7: number, lon_e7: number];

/** The area within which the caller is thought to be. Angles are clockwise from north. */
export type Shape =
  | { kind: "point"; center: LatLon }
  | { kind: "circle"; center: LatLon; radius_m: number }
  | {
      kind: "ellipse";
      center: LatLon;
      semi_major_m: number;
      semi_minor_m: number;
      orientation_deg: number;
    }
  | {
      kind: "arc_band";
      center: LatLon;
      inner_radius_m: number;
      outer_radius_m: number;
      start_angle_deg: number;
      opening_angle_deg: number;
    }
  | { kind: "polygon"; ring: LatLon[] }
  | { kind: "prism"; ring: LatLon[]; height_m: number };

export type LocationSource = "value" | "held" | "presence" | "default" | "typed";

export interface Place {
  address: Personal;
  lat_e7: number | null;
  lon_e7: number | null;
  uncertainty_m: number | null;
  verified: boolean;
  zones: Zone[];
  shape?: Shape | { erased: true } | null;
  /** How sure it is that the caller is within the shape. */
  confidence_percent?: number | null;
  /** The network's token for how it was found: `GPS`, `Cell`, or `Default`. */
  method?: string | null;
  source?: LocationSource | null;
}

export type CallState = "presented" | "queued" | "answered" | "abandoned" | "ended";

export interface Callback {
  due: number;
  attempts: number;
  ringing: boolean;
  reached: boolean;
  owner: string | null;
}

/** Calls of one number that wait, or are owed a callback, together. */
export interface Repeats {
  count: number;
  /** The oldest of them; its clock is the clock of all. */
  lead: number;
  /** 3 for the third call. */
  number?: number | null;
}

export interface TransferOffer {
  service: string;
  uri: string;
  name: string;
}

export interface Transfer {
  to: string;
  by?: string;
  state: "started" | "accepted" | "failed";
  /** Status code of SIP, or 0. */
  code?: number | null;
}

/** What is added for a person who needs it: `interpreter`, `yes`. */
export interface Accommodation {
  name: string;
  value: string;
}

export interface CallRow {
  call: number;
  state: CallState;
  channel: string;
  test: boolean;
  presented_at: number;
  answered_at: number | null;
  answered_by: string | null;
  ended_at: number | null;
  number: Personal;
  name: Personal;
  words: Personal[];
  location: Place | null;
  /** What is known of the caller, each `name=value`. */
  caller_facts?: string[];
  accommodations?: Accommodation[];
  callback: Callback | null;
  outcome: { kind: string; [detail: string]: unknown } | null;
  incident: number | null;
  answer_due: number | null;
  // What follows is missing where no queue, no signalling or an older centre is.
  queue?: string | null;
  offered_to?: string[] | null;
  offer_due?: number | null;
  /** How often it has been offered. */
  round?: number | null;
  repeats?: Repeats | null;
  /** First signalling of the oldest call of its group. */
  waiting_since?: number | null;
  service?: string | null;
  /** What was wrong with its signalling, in plain words. */
  defects?: string[];
  call_identifier?: string | null;
  incident_identifier?: string | null;
  entered_by?: string | null;
  /** Data that came with it, one `Kind: words` each. */
  additional?: Personal[];
  /** The place that the line gave last; `location` is the one that counts. */
  delivered?: Place | null;
  /** Metres between the typed and the delivered place. */
  distance_m?: number | null;
  /** Why no usable place could be had. */
  location_failed?: string | null;
  transfer_offer?: TransferOffer | null;
  transfer?: Transfer | null;
  held?: boolean;
}

export type Stage =
  | "created"
  | "pending"
  | "held"
  | "dispatched"
  | "en_route"
  | "on_scene"
  | "units_cleared"
  | "closed";

export interface UnitOnIncident {
  unit: string;
  assignment: number;
  state: string;
  since: number;
  inferred: string[];
}

export interface NarrativeLine {
  seq: number;
  at: number;
  by: string;
  text: Personal;
}

export type VerdictWord = "even" | "even_but_for_exceptions" | "uneven" | "undecided";

export interface PolicyRef {
  id: string;
  version: number;
  hash: string;
}

/** A protected outcome, its value, and the rule that decided it. */
export interface RuleUsed {
  outcome: string;
  value: string;
  rule: string;
}

/** Why policy answered as it did. It holds nothing that a caller said of themselves. */
export interface Receipt {
  policy: PolicyRef;
  verdict: VerdictWord;
  rules: RuleUsed[];
  facts: Record<string, string>;
  would_change?: { attribute: string; value: string; outcome: string; answer: string }[];
  /** What a caller of whom nothing is known would have had, where that is something else. */
  otherwise?: RuleUsed[];
}

export interface PolicyAnswer {
  response: string;
  priority: number;
  run_card: string;
  alarm_level: number;
  hold_ms_max: number;
  /** What was said of the emergency. */
  facts: Record<string, string>;
  receipt: Receipt | null;
}

export interface IncidentRow {
  incident: number;
  stage: Stage;
  incident_type: string | null;
  title: string | null;
  priority: number | null;
  priority_initial: number | null;
  priority_highest: number | null;
  run_card: string | null;
  policy_answer?: PolicyAnswer | null;
  accommodations?: Accommodation[];
  location: Place | null;
  created_at: number;
  pending_due: number | null;
  review_at: number | null;
  review_overdue: boolean;
  alarm_level: number;
  calls: number[];
  merged_into: number | null;
  absorbed: number[];
  units: UnitOnIncident[];
  narrative: NarrativeLine[];
  clocks: Record<string, number | null>;
  disposition: unknown;
}

export interface UnitRow {
  unit: string;
  agency: string;
  capabilities: string[];
  station: string;
  lat_e7: number | null;
  lon_e7: number | null;
  primary: "Available" | "ConditionallyAvailable" | "NotAvailable";
  secondary: string;
  label: string;
  status_at: number;
  incident: number | null;
  assignment: number | null;
}

export interface AlertRow {
  alert: number;
  kind: string;
  subject: { call?: number; incident?: number; assignment?: number; unit?: string };
  text: string;
  raised_at: number;
}

export interface ShiftRow {
  person: string;
  role: string;
  position: string;
  started_at: number;
  agent_state?: AgentState | null;
  agent_since?: number | null;
  /** When a wrap-up ends by itself. */
  agent_until?: number | null;
}

export type AgentState = "ready" | "busy" | "wrap_up" | "break";

/** One queue as it stands. */
export interface QueueRow {
  queue: string;
  uri: string;
  services?: string[];
  /** Takes what no queue names. */
  default?: boolean;
  state: string;
  length: number;
  length_max: number | null;
  oldest_at: number | null;
  at_work: number;
  ready: number;
}

export interface Situation {
  unaccounted: number;
  ended_unaccounted: number;
  ringing: number;
  oldest_ring_at: number | null;
  callbacks: number;
  pending: number;
  held: number;
  alerts: number;
  ready?: number;
  busy?: number;
  wrap_up?: number;
  break?: number;
}

export interface CenterRow {
  name: string;
  policy: { id: string; version: number; hash?: string; verdict?: VerdictWord | null };
  map_version: string;
  journal: "ok" | "down";
  why: string | null;
  unrecorded: number;
}

/** Something that a response policy looks at: words to choose from, or whole numbers. */
export interface Attribute {
  name: string;
  class: "emergency" | "situation" | "place" | "caller" | "area";
  /** Whether a person is asked for it; the centre fills in the rest. */
  asked: boolean;
  values?: string[];
  from?: number;
  to?: number;
}

/** One response policy, the types that it answers for, and what it looks at. */
export interface PolicyAttributes {
  policy: string;
  title: string;
  natures: string[];
  verdict: VerdictWord | null;
  attributes: Attribute[];
}

export interface Adopted extends PolicyRef {
  verdict: VerdictWord;
  exceptions: string[];
  adopted_by: string[];
  adopted_at: number;
  effective_at: number;
  decision: number | null;
}

/** The policy in force, as the boards carry it. */
export interface PolicyRow extends PolicyRef {
  verdict: VerdictWord | null;
  checked_on: string | null;
  exceptions: string[];
  adopted_by: string[];
  adopted_at: number | null;
  effective_at: number | null;
  pending: Adopted | null;
  adoptions: Adopted[];
  configured_differs: string | null;
  attributes: PolicyAttributes[];
}
