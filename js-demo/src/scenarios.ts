// The guided scenarios: files that `steadfast simulate` plays too, each loaded when it is chosen.

import { parseScenario, type Story } from "./model/story.ts";
import index from "virtual:scenarios";

/** A scenario as the menu shows it. */
export interface Entry {
  /** Its file, without the ending. */
  readonly name: string;
  readonly title: string;
  readonly theme: string;
}

const LOADERS = import.meta.glob<{ default: unknown }>("../scenarios/*.yaml");

export const SCENARIOS: readonly Entry[] = index;

/** What opens when nothing else is asked for. */
export const FIRST = "first-steps";

/** The story of a scenario; `undefined` where there is none of this name. */
export async function scenarioNamed(name: string): Promise<Story | undefined> {
  const loaded = await LOADERS[`../scenarios/${name}.yaml`]?.();
  return loaded === undefined ? undefined : parseScenario(loaded.default, () => "");
}
