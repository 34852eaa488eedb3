// Render each MJML document of a JSON object, read on standard input, with the official mjml.
import { readFileSync } from "node:fs";
import mjml from "mjml";

const given = JSON.parse(readFileSync(0, "utf8"));
const made = {};
for (const [name, source] of Object.entries(given)) {
  const { html, errors } = await mjml(source, { fonts: {}, validationLevel: "soft" });
  made[name] = { html, errors: errors.map((one) => one.formattedMessage) };
}
process.stdout.write(JSON.stringify(made));
