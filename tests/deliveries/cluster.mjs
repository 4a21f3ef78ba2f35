// An API server of a few lines: serves the List that its argument names, each kind at its path, and watches in which nothing happens.
// Prints its address. For `cargo xtask reviews --webhook`: the objects are drawn, and hold what no real API server would take.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const { items } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const plural = (kind) => `${kind.toLowerCase()}s`;

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  response.setHeader("content-type", "application/json");
  if (searchParams.has("watch")) {
    // Nothing ever happens.
    response.flushHeaders();
    return;
  }
  const asked = pathname.split("/").at(-1);
  const version = { major: "1", minor: "37", gitVersion: "v1.37.1", gitCommit: "", gitTreeState: "", buildDate: "", goVersion: "", compiler: "", platform: "" };
  const list = { kind: "List", metadata: { resourceVersion: "1" }, items: items.filter(({ kind }) => plural(kind) === asked) };
  response.end(JSON.stringify(asked === "version" ? version : list));
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
