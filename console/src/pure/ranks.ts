// The order in which rows belong on their boards.

import type { CallRow, IncidentRow, Stage, UnitRow } from "./rows.ts";

type Compare<T> = (a: T, b: T) => number;

function by<T>(...keys: ((row: T) => number | string)[]): Compare<T> {
  return (a, b) => {
    for (const key of keys) {
      const [x, y] = [key(a), key(b)];
      if (x < y) return -1;
      if (x > y) return 1;
    }
    return 0;
  };
}

/** What is longest awaited comes first: a review that is due, then what nobody was sent to. */
const STAGE_RANK: Record<Stage, number> = {
  created: 1,
  pending: 1,
  units_cleared: 2,
  held: 3,
  dispatched: 4,
  en_route: 5,
  on_scene: 6,
  closed: 9,
};

export const incidentOrder: Compare<IncidentRow> = by(
  (row) => (row.review_overdue ? 0 : STAGE_RANK[row.stage]),
  (row) => (row.stage === "held" ? (row.review_at ?? 0) : (row.priority ?? 0)),
  (row) => row.created_at,
  (row) => row.incident,
);

export const closedOrder: Compare<IncidentRow> = by(
  (row) => -(row.clocks["closed_at"] ?? row.created_at),
  (row) => -row.incident,
);

const CALL_RANK = { presented: 0, queued: 0, answered: 1, ended: 2, abandoned: 3 };

/**
 * Who waits comes first: what is offered to this person, then queue by queue whoever waits longest.
 */
export const callOrderFor = (person: string): Compare<CallRow> =>
  by(
    (row) => CALL_RANK[row.state],
    (row) => (CALL_RANK[row.state] === 0 && row.offered_to?.includes(person) ? 0 : 1),
    (row) => (CALL_RANK[row.state] === 0 ? (row.queue ?? "") : ""),
    (row) => row.waiting_since ?? row.presented_at,
    (row) => row.call,
  );

export const callbackOrder: Compare<CallRow> = by(
  (row) => row.callback?.due ?? 0,
  (row) => row.call,
);

export const unitOrder: Compare<UnitRow> = by(
  (row) => row.agency,
  (row) => row.unit.replace(/\d+/g, (digits) => digits.padStart(6, "0")),
);
