// Prints what Ace by DAISY finds in an EPUB, as JSON: for each document, the rules broken.
// Arguments: the EPUB, a folder for the report. The browser: PUPPETEER_EXECUTABLE_PATH.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const ace = require("@daisy/ace-core");
const runner = require("@daisy/ace-axe-runner-puppeteer");
const [epub, outdir] = process.argv.slice(2);
const [, report] = await ace(epub, { cwd: process.cwd(), outdir, silent: true, initLogger: true }, runner);
const found = report.assertions.flatMap((document) =>
  document.assertions.map((one) => ({
    document: document["earl:testSubject"].url,
    rule: one["earl:test"]["dct:title"],
    impact: one["earl:test"]["earl:impact"],
    said: one["earl:result"]["dct:description"],
  })),
);
console.log(JSON.stringify({ documents: report.assertions.length, found }));
process.exit(0);
