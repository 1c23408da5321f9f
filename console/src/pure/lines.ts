// Lines of a text in a plain text field: indenting, and where things are.

export interface Edited {
  text: string;
  start: number;
  end: number;
}

export const INDENT = "  ";

export const lineCount = (text: string): number => text.split("\n").length;

export const longestLine = (text: string): number =>
  text.split("\n").reduce((most, line) => Math.max(most, line.length), 0);

/** Where line `line` (from 1) begins and ends in the text; the last one if there are fewer. */
export function lineSpan(text: string, line: number): [number, number] {
  const lines = text.split("\n");
  const at = Math.min(Math.max(line, 1), lines.length) - 1;
  const start = lines.slice(0, at).reduce((sum, one) => sum + one.length + 1, 0);
  return [start, start + (lines[at]?.length ?? 0)];
}

/** Tab: a caret gets the indent, a selection of lines is moved in as a whole. */
export function indented(text: string, start: number, end: number): Edited {
  if (!text.slice(start, end).includes("\n")) {
    const at = start + INDENT.length;
    return { text: text.slice(0, start) + INDENT + text.slice(end), start: at, end: at };
  }
  return eachLine(text, start, end, (line) => (line === "" ? line : INDENT + line));
}

/** Shift+Tab: the lines touched lose one indent. */
export function outdented(text: string, start: number, end: number): Edited {
  return eachLine(text, start, end, (line) => line.replace(/^( {1,2}|\t)/, ""));
}

function eachLine(
  text: string,
  start: number,
  end: number,
  change: (line: string) => string,
): Edited {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  // A selection that ends at the start of a line does not touch that line.
  const last = end > start && text[end - 1] === "\n" ? end - 1 : end;
  const next = text.indexOf("\n", last);
  const to = next < 0 ? text.length : next;
  const before = text.slice(from, to).split("\n");
  const after = before.map(change);
  const changed = after.join("\n");
  const grown = (after[0]?.length ?? 0) - (before[0]?.length ?? 0);
  return {
    text: text.slice(0, from) + changed + text.slice(to),
    start: Math.max(from, start + grown),
    end: Math.max(from, end + changed.length - (to - from)),
  };
}
