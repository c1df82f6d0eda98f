// Builds what the pages load into the folder given: one script, one stylesheet, the icon. Chromium 86 understands all.
import { build } from "esbuild";
import { copyFileSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const outdir = process.argv[2] ?? "../static";
const budget = 30 * 1024;

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
copyFileSync("icon.svg", `${outdir}/icon.svg`);

let all = 0;
for (const name of ["console.js", "console.css"]) {
  const bytes = readFileSync(`${outdir}/${name}`);
  const packed = gzipSync(bytes, { level: 9 }).length;
  all += packed;
  console.log(`${name}: ${bytes.length} bytes, ${packed} compressed`);
}
if (all > budget) {
  throw new Error(`script and stylesheet take ${all} bytes compressed; the budget is ${budget}`);
}
