import { diff, dns, explain, init, lint, lookup, read } from "steadfast";
import { serve, type Judge } from "./protocol.ts";

const judge: Judge = {
  lint: (yaml, kubernetes) => lint(yaml, { kubernetes }),
  diff(old, changed, kubernetes) {
    const sets = [old, changed].map((yaml) => {
      const contents = read(yaml);
      return contents.ok ? contents.value.objects.find(({ object }) => object.kind === "StatefulSet")?.object : undefined;
    });
    const [before, after] = sets;
    if (before === undefined || after === undefined) {
      return { ok: false, error: { code: "missing", message: "there is no StatefulSet in one of the two texts", causes: [] } };
    }
    return diff(before, after, { kubernetes });
  },
  explain: (objects, set, when) => explain(objects, { set, ...when }),
  dns: (objects, set) => dns(objects, { set }),
  lookup: (objects, set, name, from) => lookup(objects, name, { set, ...(from !== undefined && { from }) }),
};

serve(judge, init());
