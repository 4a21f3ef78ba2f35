import type { Story } from "./story.ts";
import { parseScenario, scenarioOf } from "./story.ts";

/** What a link or the storage of the browser keeps: the lives as scenarios, and where one looked. */
export interface Kept {
  readonly lives: readonly { readonly label: string; readonly story: Story }[];
  /** The life that is looked at. */
  readonly shown: number;
  /** The instant, in milliseconds. */
  readonly at: number;
  /** Both lives side by side. */
  readonly compared: boolean;
  /** The name of the built-in scenario that it began as. */
  readonly scenario?: string;
}

const MARK = "s1.";

/** The longest link that is opened: more than any page makes of a story that it takes. */
const LIMIT = 4_000_000;

/** What stands in the fragment: deflated JSON in base64url. */
export async function packed(kept: Kept): Promise<string> {
  const short = {
    l: kept.lives.map(({ label, story }) => ({ n: label, s: scenarioOf(story) })),
    i: kept.shown,
    t: Math.round(kept.at),
    ...(kept.compared && { c: 1 }),
    ...(kept.scenario && { x: kept.scenario }),
  };
  const bytes = await through(new TextEncoder().encode(JSON.stringify(short)), new CompressionStream("deflate-raw"));
  return MARK + base64(bytes);
}

/** The same read again. What is broken or foreign is an error whose message is for people. */
export async function unpacked(fragment: string): Promise<Kept> {
  const text = fragment.replace(/^#/, "");
  if (!text.startsWith(MARK)) {
    throw new Error("this link was not made by this page: what follows `#` is not a story");
  }
  let value: unknown;
  try {
    const bytes = await through(unbase64(text.slice(MARK.length)), new DecompressionStream("deflate-raw"), LIMIT);
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Error("this link is broken: it was cut off or changed on its way; ask for it again");
  }
  const kept = keptOf(value);
  if (kept === undefined) {
    throw new Error("this link holds no story that this page can play: it may come from another version");
  }
  return kept;
}

function keptOf(value: unknown): Kept | undefined {
  const short = value as { l?: unknown; i?: unknown; t?: unknown; c?: unknown; x?: unknown } | null;
  if (typeof short !== "object" || short === null || !Array.isArray(short.l) || short.l.length === 0 || short.l.length > 3) {
    return undefined;
  }
  const lives: { label: string; story: Story }[] = [];
  for (const life of short.l as readonly { n?: unknown; s?: unknown }[]) {
    const story = parseScenario(life?.s, () => "");
    if (story === undefined) {
      return undefined;
    }
    lives.push({ label: String(life.n ?? ""), story });
  }
  const shown = typeof short.i === "number" && short.i in lives ? short.i : 0;
  return {
    lives,
    shown,
    at: typeof short.t === "number" && short.t >= 0 ? short.t : 0,
    compared: short.c === 1,
    ...(typeof short.x === "string" && { scenario: short.x }),
  };
}

async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream, limit = Infinity): Promise<Uint8Array> {
  const whole = new Blob([bytes as BlobPart]).stream().pipeThrough(stream as ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>>);
  const reader = whole.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw new RangeError("too large");
    }
    parts.push(value);
  }
  const all = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
  }
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function unbase64(text: string): Uint8Array {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
