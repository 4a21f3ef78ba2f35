import type { FeatureGates, KubernetesObject, Scenario, ScenarioEvent, Settings, Span } from "steadfast";

/** A story as the page holds it: the scenario of `steadfast simulate`, with its objects as the text that is edited. */
export interface Story {
  readonly name: string;
  readonly description: string;
  /** A version such as `1.37`. */
  readonly kubernetes: string;
  readonly featureGates: FeatureGates;
  readonly settings: Settings;
  readonly now?: string;
  /** The manifests that are there in the beginning. */
  readonly yaml: string;
  readonly timeline: readonly ScenarioEvent[];
  readonly until?: Span;
}

export const NEWEST = "1.37";

/** A story of these manifests, in which nothing happens from outside. */
export function storyOf(yaml: string): Story {
  return { name: "", description: "", kubernetes: NEWEST, featureGates: {}, settings: {}, yaml, timeline: [] };
}

/** The scenario, as every host of Steadfast takes it. What is empty is left out. */
export function scenarioOf(story: Story): Scenario {
  return {
    ...(story.name && { name: story.name }),
    ...(story.description && { description: story.description }),
    kubernetes: story.kubernetes,
    ...(Object.keys(story.featureGates).length > 0 && { featureGates: story.featureGates }),
    ...(Object.keys(story.settings).length > 0 && { settings: story.settings }),
    ...(story.now && { now: story.now }),
    objects: story.yaml,
    ...(story.timeline.length > 0 && { timeline: story.timeline }),
    ...(story.until !== undefined && { until: story.until }),
  };
}

/** What a scenario must have to be played here; `undefined` where this is no scenario. */
export function parseScenario(value: unknown, yamlOf: (objects: readonly KubernetesObject[]) => string): Story | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const given = value as Scenario & { kind?: unknown };
  const { objects } = given;
  const isText = typeof objects === "string";
  if (given.kind !== undefined || (!isText && !Array.isArray(objects))) {
    return undefined;
  }
  const timeline = given.timeline ?? [];
  if (!Array.isArray(timeline) || timeline.some((event) => typeof event !== "object" || event === null)) {
    return undefined;
  }
  const word = (text: unknown): string => (typeof text === "string" ? text : "");
  return {
    name: word(given.name),
    description: word(given.description),
    kubernetes: word(given.kubernetes) || NEWEST,
    featureGates: given.featureGates ?? {},
    settings: given.settings ?? {},
    ...(given.now !== undefined && { now: given.now }),
    yaml: isText ? objects : yamlOf(objects as readonly KubernetesObject[]),
    timeline,
    ...(given.until !== undefined && { until: given.until }),
  };
}

/** The story with one more event. Events of one instant take place in the order in which they were added. */
export function withEvent(story: Story, event: ScenarioEvent): Story {
  return { ...story, timeline: [...story.timeline, event] };
}

/** The story up to an instant: what would have happened later from outside does not. */
export function upTo(story: Story, at: number): Story {
  const { until: _, ...rest } = story;
  return { ...rest, timeline: story.timeline.filter((event) => millisOf(event.at) <= at) };
}

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A span such as `1m30s` in milliseconds; what is none counts as no time. */
export function millisOf(span: Span): number {
  if (typeof span === "number") {
    return 0;
  }
  let sum = 0;
  for (const [, number, unit] of span.matchAll(/([\d.]+)(ms|s|m|h)/g)) {
    sum += Number(number) * (UNITS[unit ?? ""] ?? 0);
  }
  return sum;
}

/** Milliseconds as a span that a scenario takes: `1m30s`, `12s`, `12345ms`. */
export function spanOf(millis: number): Span {
  const whole = Math.round(millis);
  if (whole % 1_000 !== 0) {
    return `${whole}ms`;
  }
  const [hours, minutes, seconds] = [Math.floor(whole / 3_600_000), Math.floor(whole / 60_000) % 60, (whole / 1_000) % 60];
  const parts = [hours && `${hours}h`, minutes && `${minutes}m`, seconds && `${seconds}s`].filter(Boolean);
  return parts.join("") || "0s";
}

/** Virtual time for people: `3.1s`, `2m00s`, `1h05m`. */
export function clockOf(millis: number): string {
  const seconds = millis / 1_000;
  if (seconds < 60) {
    return `${(Math.floor(seconds * 10) / 10).toFixed(1)}s`;
  }
  const two = (number: number): string => String(Math.floor(number)).padStart(2, "0");
  return seconds < 3_600
    ? `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`
    : `${Math.floor(seconds / 3_600)}h${two((seconds / 60) % 60)}m`;
}

/** What an event of the timeline says, in a few words. */
export function wordsOf(event: Record<string, unknown>): string {
  const [name, value] = Object.entries(event).find(([key]) => key !== "at") ?? ["", ""];
  if (name === "apply") {
    const { kind, metadata } = value as KubernetesObject;
    return `apply ${kind ?? "object"} ${metadata?.name ?? ""}`;
  }
  const given = value as Record<string, unknown>;
  switch (name) {
    case "scale":
      return `scale ${given.name} to ${given.replicas}`;
    case "image":
      return `image ${given.image}`;
    case "node":
      return `${given.name} ${given.state}`;
    case "tick":
      return "resync";
    default:
      return typeof value === "object" && value !== null
        ? `${spaced(name)} ${Object.values(given).filter((one) => typeof one !== "object").join(" ")}`
        : `${spaced(name)} ${String(value)}`;
  }
}

function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
