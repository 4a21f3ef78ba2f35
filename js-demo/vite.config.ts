import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { initSync, read, type Scenario } from "steadfast";
import { defineConfig, type Plugin } from "vite";
import { screened } from "./src/core/screen.ts";

const root = import.meta.dirname;
const wasm = join(root, "node_modules/steadfast/dist/steadfast.wasm");

export default defineConfig({
  base: "./",
  plugins: [scenarios(), head(), offline()],
  worker: { format: "es" },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
  },
});

/** YAML files as the values that kubectl would read, and a list of them in the order of their names' numbers. */
function scenarios(): Plugin {
  const folder = join(root, "scenarios");
  const parsed = (file: string): Record<string, unknown> => {
    const contents = read(readFileSync(file, "utf8"));
    const object = contents.ok ? contents.value.objects[0]?.object : undefined;
    if (object === undefined) {
      throw new Error(`${basename(file)}: ${contents.ok ? "is empty" : contents.error.message}`);
    }
    return { ...object, objects: manifestsOf(readFileSync(file, "utf8"), object.objects) };
  };
  return {
    name: "scenarios",
    buildStart() {
      initSync(readFileSync(wasm));
    },
    resolveId: (id) => (id === "virtual:scenarios" ? "\0virtual:scenarios" : undefined),
    load(id) {
      if (id === "\0virtual:scenarios") {
        const order = readFileSync(join(folder, "order.txt"), "utf8").split("\n").filter(Boolean);
        let theme = "";
        const index = order.flatMap((line) => {
          if (line.startsWith("# ")) {
            theme = line.slice(2);
            return [];
          }
          return [{ name: line, title: String(parsed(join(folder, `${line}.yaml`)).name), theme }];
        });
        const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
        if (files.length !== index.length) {
          throw new Error(`order.txt lists ${index.length} of ${files.length} scenarios`);
        }
        const scenario = parsed(join(folder, `${index[0]?.name}.yaml`));
        const played = screened(scenario as unknown as Scenario);
        if (!played.ok) {
          throw new Error(`${index[0]?.name}: ${played.error.message}`);
        }
        const first = { scenario, screened: { ...played.value, clauses: [...played.value.clauses] } };
        // A string is read faster than a literal of this size.
        return `export default ${JSON.stringify(index)};\nexport const first = JSON.parse(${JSON.stringify(JSON.stringify(first))});`;
      }
      return id.startsWith(folder) && id.endsWith(".yaml") ? `export default ${JSON.stringify(parsed(id))}` : undefined;
    },
  };
}

/** The list of objects as one text of documents, as people write them; it must mean the same. */
function manifestsOf(text: string, objects: unknown): string {
  const lines = text.split("\n");
  const begin = lines.indexOf("objects:") + 1;
  const length = lines.slice(begin).findIndex((line) => /^\S/.test(line));
  const block = lines.slice(begin, length < 0 ? undefined : begin + length);
  const documents = block.map((line) => (line.startsWith("  - ") ? `---\n${line.slice(4)}` : line.slice(4))).join("\n");
  const manifests = `${documents.replace(/^---\n/, "").trimEnd()}\n`;
  const contents = read(manifests);
  const meant = contents.ok ? contents.value.objects.map(({ object }) => object) : contents.error;
  if (JSON.stringify(meant) !== JSON.stringify(objects)) {
    throw new Error(`these manifests do not mean what the scenario's list means:\n${manifests}`);
  }
  return manifests;
}

/**
 * What is fetched first. The policy in the page's head keeps Chromium from looking ahead of a script that it waits for: so the one
 * that sets the theme comes last, and the module that plays is on its way before any script asks for it.
 */
function head(): Plugin {
  const theme = /\s*<script src="\.\/theme\.js"[^>]*><\/script>/;
  return {
    name: "head",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        const player = Object.keys(bundle ?? {}).find((file) => /^assets\/player-.*\.wasm$/.test(file));
        if (player === undefined || !theme.test(html)) {
          throw new Error("the page has no module that plays, or no theme");
        }
        const last = [`<link rel="preload" href="./${player}" as="fetch" type="application/wasm" crossorigin fetchpriority="low" />`, '<script src="./theme.js"></script>'];
        return html.replace(theme, "").replace("</head>", `${last.map((line) => `  ${line}\n`).join("  ")}  </head>`);
      },
    },
  };
}

/** A service worker that keeps all files of this very build, so that the page works without a network. */
function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    generateBundle(_, bundle) {
      const files = [...Object.keys(bundle).filter((file) => !file.endsWith(".map")), ...readdirSync(join(root, "public"))];
      const version = createHash("sha256");
      for (const output of Object.values(bundle)) {
        version.update(output.type === "chunk" ? output.code : output.source);
      }
      const text = readFileSync(join(root, "src/offline.js"), "utf8");
      const source = text.replace('"VERSION"', JSON.stringify(version.digest("hex").slice(0, 16))).replace("[/* FILES */]", JSON.stringify(["./", ...files.map((file) => `./${file}`)]));
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}
