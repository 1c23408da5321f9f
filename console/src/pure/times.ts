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

/** Time of day, `09:00:07`, in the position's own time zone. */
export function timeOfDay(ms: number): string {
  const date = new Date(ms);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** How near a due time is: `due` when it has passed, `soon` in the last third. */
export function heat(since: number, due: number | null, now: number): "" | "soon" | "due" {
  if (due === null) return "";
  if (now >= due) return "due";
  return due - now < (due - since) / 3 ? "soon" : "";
}
