// Builds what the pages load into the folder given: one script, one stylesheet. Chromium 86 understands both.
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const outdir = process.argv[2] ?? "../static";

await build({
  entryPoints: ["console.js", "console.css"],
  outdir,
  bundle: true,
  minify: true,
  format: "iife",
  target: "chrome86",
  legalComments: "inline",
  logLevel: "warning",
});

for (const name of ["console.js", "console.css"]) {
  const bytes = readFileSync(`${outdir}/${name}`);
  console.log(`${name}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} compressed`);
}
