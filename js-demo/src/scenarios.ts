// The guided scenarios: files that `steadfast simulate` plays too, each loaded when it is chosen. The first one comes with the page,
// and with what comes of it: it can be looked at before the controller is there.

import { parseScenario, type Story } from "./model/story.ts";
import type { Screened } from "./core/protocol.ts";
import index, { first } from "virtual:scenarios";

/** A scenario as the menu shows it. */
export interface Entry {
  /** Its file, without the ending. */
  readonly name: string;
  readonly title: string;
  readonly theme: string;
}

const LOADERS = import.meta.glob<{ default: unknown }>(["../scenarios/*.yaml", "!../scenarios/first-steps.yaml"]);

export const SCENARIOS: readonly Entry[] = index;

/** What opens when nothing else is asked for. */
export const FIRST = "first-steps";

const BEGINNING = parseScenario(first.scenario, () => "");
const WORDED = JSON.stringify(BEGINNING);

/** What comes of a story, where that is known already: of the first one as it stands. */
export function screenedOf(story: Story): Screened | undefined {
  const isFirst = story === BEGINNING || JSON.stringify(story) === WORDED;
  return isFirst ? { ...first.screened, clauses: new Map(first.screened.clauses) } : undefined;
}

/** The story of a scenario; `undefined` where there is none of this name. */
export async function scenarioNamed(name: string): Promise<Story | undefined> {
  if (name === FIRST) {
    return BEGINNING;
  }
  const loaded = await LOADERS[`../scenarios/${name}.yaml`]?.();
  return loaded === undefined ? undefined : parseScenario(loaded.default, () => "");
}
