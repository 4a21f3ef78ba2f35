// WebAssembly answers what the native core and simulator answer, byte by byte: asked in Node and, by `same.html`, in Chromium.

/**
 * Puts every question to the package's functions from text to text, and once more to those from values to values.
 *
 * @param {typeof import("steadfast")} steadfast the package, initialised
 * @param {AsyncIterable<string>} lines what `native` of the tests' crate writes
 */
export async function compare(steadfast, lines) {
  const found = { asked: 0, byCall: {}, differences: [] };
  for await (const line of lines) {
    const { of, call, input, asked } = JSON.parse(line);
    for (const { options, answer } of asked) {
      const given = options === "" ? undefined : JSON.parse(options);
      const text = textOf(steadfast, call, input, given);
      if (text !== answer && found.differences.length < 5) {
        found.differences.push(`${of}, ${call} ${options}\n  native: ${around(answer, text)}\n  here:   ${around(text, answer)}`);
      }
      found.asked += 1;
      found.byCall[call] = (found.byCall[call] ?? 0) + 1;
    }
  }
  return found;
}

function textOf({ text, revisionName }, call, input, options) {
  switch (call) {
    case "reconcile":
    case "canonical":
      return text[call](input, options);
    case "plan":
    case "simulate":
      return text[call](input);
    case "revisionName":
      return JSON.stringify(revisionName(input, options));
    default:
      throw new Error(`nothing of the package answers \`${call}\``);
  }
}

/** The place from which one text is not the other. */
function around(text, other) {
  let at = 0;
  while (at < text.length && text[at] === other[at]) {
    at += 1;
  }
  return `…${text.slice(Math.max(0, at - 60), at + 100)}…`;
}
