// The blocks of a text, « /// nom | argument » to « /// », found line by line in a document.

const OPENING = /^(\/{3,})[ \t]*([\w-]+)[ \t]*(?:\|(.*))?$/;
const OPTION = /^(?: {4}|\t)[ \t]*([\w-]+)[ \t]*:[ \t]*(.*)$/;

// Return the blocks of a document, outermost first. Each has its name, its argument, its options,
// its depth, and the positions of its lines.
export function blocksOf(doc) {
  const found = [];
  const open = [];
  for (let number = 1; number <= doc.lines; number += 1) {
    const line = doc.line(number);
    const text = line.text.trimEnd();
    const top = open.at(-1);
    if (top && text === top.slashes) {
      top.last = number;
      open.pop();
      continue;
    }
    const opening = OPENING.exec(text);
    if (!opening) continue;
    const block = {
      slashes: opening[1],
      name: opening[2],
      argument: opening[3] === undefined ? "" : opening[3].trim(),
      options: new Map(),
      first: number,
      head: number,
      last: null,
      depth: open.length,
    };
    while (block.head < doc.lines) {
      const option = OPTION.exec(doc.line(block.head + 1).text);
      if (!option) break;
      block.head += 1;
      block.options.set(option[1], { line: block.head, value: option[2] });
    }
    number = block.head;
    open.push(block);
    found.push(block);
  }
  return found.filter((block) => block.last !== null);
}

// Return the change that gives a block another argument: the characters of its first line only.
export function argumentChange(doc, block, value) {
  const line = doc.line(block.first);
  const opening = OPENING.exec(line.text.trimEnd());
  const bar = line.text.indexOf("|");
  const clean = value.replace(/\s+/g, " ").trim();
  if (!opening) return null;
  if (bar < 0) return clean ? { from: line.to, insert: ` | ${clean}` } : null;
  const from = line.from + bar;
  return clean ? { from, to: line.to, insert: `| ${clean}` } : { from: line.from + line.text.slice(0, bar).trimEnd().length, to: line.to };
}

// Return the change that gives an option of a block another value: its line, written or taken away.
export function optionChange(doc, block, name, value) {
  const clean = value.replace(/\s+/g, " ").trim();
  const known = block.options.get(name);
  if (known) {
    const line = doc.line(known.line);
    if (!clean) return { from: doc.line(known.line - 1).to, to: line.to };
    const start = line.text.length - known.value.length;
    return { from: line.from + start, to: line.to, insert: quoted(clean) };
  }
  return clean ? { from: doc.line(block.head).to, insert: `\n    ${name}: ${quoted(clean)}` } : null;
}

// Return the change that takes a block away, its lines and all that they hold.
export function removal(doc, block) {
  const from = doc.line(block.first).from;
  const to = doc.line(block.last).to;
  const end = to < doc.length ? to + 1 : to;
  return { from: end === to && from > 0 ? from - 1 : from, to: end };
}

// A value that YAML would not read as it is stands between quotation marks.
function quoted(value) {
  const plain = /^[^\s\-?:,[\]{}#&*!|>'"%@`][^#]*$/.test(value) && !/:(\s|$)/.test(value);
  return plain ? value : JSON.stringify(value);
}

// Return the value of an option as a person reads it.
export function unquoted(value) {
  if (/^".*"$/.test(value)) {
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }
  return /^'.*'$/.test(value) ? value.slice(1, -1).replaceAll("''", "'") : value;
}
