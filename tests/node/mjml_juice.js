// Render each MJML file of a folder as both libraries document it: mjml, then juice.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import juice from "juice";
import mjml from "mjml";

const [given, made] = process.argv.slice(2);
for (const name of readdirSync(given).sort()) {
  const { html } = await mjml(readFileSync(join(given, name), "utf8"));
  writeFileSync(join(made, name.replace(".mjml", ".html")), juice(html));
}
