import { millisOf } from "./story.ts";

/**
 * The words of a scenario for an instant. A description is paragraphs; one that begins with a time, as in `30s: The image …`,
 * is for that time and later, and the others are for the beginning.
 */
export function captionOf(description: string, at: number, isUnderWay: boolean): string {
  const intro: string[] = [];
  let caption = "";
  for (const paragraph of description.split(/\n+/).map((text) => text.trim()).filter(Boolean)) {
    const [, span, text] = /^((?:[\d.]+(?:ms|s|m|h))+): (.*)$/.exec(paragraph) ?? [];
    if (span === undefined || text === undefined) {
      intro.push(paragraph);
    } else if (isUnderWay && millisOf(span) <= at) {
      caption = text;
    }
  }
  return caption || intro.join(" ");
}
