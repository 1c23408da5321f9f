// Times and ages in words of a screen: short, of steady width, whole seconds.

const two = (n: number): string => String(n).padStart(2, "0");

/** `0:07`, `12:34`, `1:02:33`; a time that has not come yet is `0:00`. */
export function age(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/** `in 0:30` before, `0:30 ago` after. */
export function until(at: number, now: number): string {
  return at > now ? `in ${age(at - now)}` : `${age(now - at)} ago`;
}

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

let zone = "";
let format = formatOf("");

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-GB", {
    ...(timeZone && { timeZone }),
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

/**
 * From now on times are those of this zone, `America/New_York`; empty, or one that the browser does
 * not know: the position's own. Gives the zone that is used.
 */
export function useZone(name: string): string {
  try {
    [format, zone] = [formatOf(name), name];
  } catch {
    [format, zone] = [formatOf(""), ""];
  }
  return zone;
}

function partsOf(ms: number): Parts {
  const found = format.formatToParts(new Date(ms)).map((one) => [one.type, Number(one.value)]);
  return Object.fromEntries(found) as unknown as Parts;
}

/** Time of day, `09:00:07`, in the centre's time zone. */
export function timeOfDay(ms: number): string {
  const { hour, minute, second } = partsOf(ms);
  return `${two(hour)}:${two(minute)}:${two(second)}`;
}

/** `2026-11-23 09:00`, in the centre's time zone. */
export function dayAndTime(ms: number): string {
  const { year, month, day, hour, minute } = partsOf(ms);
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
}

/**
 * The instant of a local date and time of the centre, `2026-11-23T09:00`, as date fields give it;
 * `null` if it is none. Of a local time that is skipped when clocks change, the one an hour off.
 */
export function instantOf(text: string): number | null {
  const wanted = Date.parse(`${text}Z`);
  if (Number.isNaN(wanted)) return null;
  let instant = wanted;
  // The zone's difference at the guess corrects the guess; twice, as it may differ there.
  for (let round = 0; round < 2; round += 1) {
    const { year, month, day, hour, minute, second } = partsOf(instant);
    instant += wanted - Date.UTC(year, month - 1, day, hour, minute, second);
  }
  return instant;
}

/** How near a due time is: `due` when it has passed, `soon` in the last third. */
export function heat(since: number, due: number | null, now: number): "" | "soon" | "due" {
  if (due === null) return "";
  if (now >= due) return "due";
  return due - now < (due - since) / 3 ? "soon" : "";
}
