// Signs beside words: nothing on the screen is told by colour alone.

import type { Stage, UnitRow } from "../pure/rows.ts";

export const STAGE_MARK: Record<Stage, { sign: string; word: string }> = {
  created: { sign: "○", word: "no type" },
  pending: { sign: "●", word: "pending" },
  held: { sign: "❚❚", word: "held" },
  dispatched: { sign: "△", word: "dispatched" },
  en_route: { sign: "▶", word: "en route" },
  on_scene: { sign: "◆", word: "on scene" },
  units_cleared: { sign: "◇", word: "all clear" },
  closed: { sign: "■", word: "closed" },
};

export interface UnitMark {
  sign: string;
  /** Which colour class goes with it. */
  tone: "free" | "told" | "moving" | "there" | "off";
}

const DOING: Record<string, UnitMark> = {
  Dispatched: { sign: "?", tone: "told" },
  Assigned: { sign: "?", tone: "told" },
  AcknowledgedTransmission: { sign: "△", tone: "told" },
  EnRoute: { sign: "▶", tone: "moving" },
  Departed: { sign: "▶", tone: "moving" },
  Staging: { sign: "‖", tone: "moving" },
  OnScene: { sign: "◆", tone: "there" },
  Arrived: { sign: "◆", tone: "there" },
  PatientContact: { sign: "◆", tone: "there" },
  Transporting: { sign: "▷", tone: "moving" },
  Hospital: { sign: "H", tone: "there" },
};

/** What a unit is doing, as a sign and a colour class. */
export function unitMark(unit: Pick<UnitRow, "primary" | "secondary">): UnitMark {
  const doing = DOING[unit.secondary];
  if (doing) return doing;
  if (unit.primary === "Available") {
    return { sign: unit.secondary === "Station" ? "⌂" : "+", tone: "free" };
  }
  if (unit.primary === "ConditionallyAvailable") return { sign: "~", tone: "free" };
  return { sign: "–", tone: "off" };
}
