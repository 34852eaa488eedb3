// The tables of a text, drawn as grids whose cells are fields. A field changes the characters of its
// cell, a button those of its row or of its column; nothing else is written.

import { StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";

import { blocksOf } from "./blocks.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const ROW = /^ {0,3}[^\s>].*\||^ {0,3}\|/;
const DELIMITERS = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const EDGE = /^\s*$|^\/{3,}|^(?: {4}|\t)[ \t]*[\w-]+[ \t]*:/; // what may follow a table
const CELL = "input.cellule"; // an edit that comes from a field

// Return the cells of a line: where the text of each begins and ends, and where its bars are.
function cellsOf(line) {
  const bars = [];
  for (let at = 0; at < line.text.length; at += 1) {
    if (line.text[at] === "\\") at += 1;
    else if (line.text[at] === "|") bars.push(at);
  }
  const text = line.text.trimEnd();
  const opens = text.trimStart().startsWith("|");
  const starts = opens ? bars : [-1, ...bars];
  const ends = bars.at(-1) === text.length - 1 ? bars : [...bars, line.text.length];
  const closed = ends === bars;
  const count = starts.length - (closed ? 1 : 0);
  return Array.from({ length: count }, (_, rank) => {
    const start = starts[rank] + 1;
    const end = ends[ends.length - count + rank];
    const held = line.text.slice(start, end);
    const lead = held.trim() ? held.length - held.trimStart().length : Math.min(1, held.length);
    const from = line.from + start + lead;
    const bare = !opens && !rank ? "| " : !closed && rank === count - 1 ? " |" : ""; // emptied, it keeps its place
    return { from, to: from + held.trim().length, text: held.trim(), start: line.from + start, end: line.from + end, bare };
  });
}

// Return the tables of a document that a grid shows whole; others stay as they are written.
export function tablesOf(doc) {
  const found = [];
  let fence = "";
  for (let number = 1; number < doc.lines; number += 1) {
    const { text } = doc.line(number);
    const mark = FENCE.exec(text)?.[1] ?? "";
    if (fence ? mark.startsWith(fence) && text.trim() === mark : mark) fence = fence ? "" : mark;
    const next = doc.line(number + 1);
    if (fence || mark || !ROW.test(text) || !next.text.includes("|") || !DELIMITERS.test(next.text)) continue;
    let last = number + 1;
    while (last < doc.lines && ROW.test(doc.line(last + 1).text) && !EDGE.test(doc.line(last + 1).text)) last += 1;
    const lines = [];
    for (let at = number; at <= last; at += 1) lines.push(doc.line(at));
    const ended = last === doc.lines || EDGE.test(doc.line(last + 1).text);
    const [head, sides, ...rows] = lines.map(cellsOf);
    const whole = ended && head.length === sides.length && rows.every((row) => row.length <= head.length)
      && !lines.some((line) => /`[^`]*\|[^`]*`/.test(line.text));
    if (whole) {
      const aligned = sides.map(({ text: side }) => (side.endsWith(":") ? (side.startsWith(":") ? "au-centre" : "a-droite") : ""));
      const framed = lines.every((line) => line.text.trimStart().startsWith("|"));
      found.push({ framed, first: number, last, from: lines[0].from, to: lines.at(-1).to, head, sides, rows, aligned });
    }
    number = last;
  }
  return found;
}

const readable = (text) => text.replaceAll("\\|", "|");
const written = (text) => text.replace(/\s+/g, " ").trim().replace(/\\*\|/g, "\\|").replace(/(^|[^\\])((?:\\\\)*)\\$/, "$1$2\\\\");

// Return the change that adds a row under a row of a table, or under its last one.
function rowAdded(doc, table, rank) {
  const line = doc.line(table.first + (rank < 0 ? 1 : rank + 2));
  const lead = /^\s*/.exec(doc.line(table.first).text)[0];
  return { from: line.to, insert: `\n${lead}|${"  |".repeat(table.head.length)}` };
}

// Return the changes that add a column at the right of a table.
function columnAdded(doc, table) {
  const changes = [];
  for (let number = table.first; number <= table.last; number += 1) {
    const { from, text } = doc.line(number);
    const word = ["Titre", "---"][number - table.first] ?? "";
    const kept = text.trimEnd();
    const missing = number > table.first + 1 ? table.head.length - table.rows[number - table.first - 2].length : 0;
    const closed = /(^|[^\\])(\\\\)*\|$/.test(kept);
    changes.push({ from: from + kept.length, insert: `${closed ? "" : " |"}${"  |".repeat(missing)} ${word} |` });
  }
  return changes;
}

// Return the changes that take a column away.
function columnRemoved(table, rank) {
  return [table.head, table.sides, ...table.rows].flatMap((row) => {
    const cell = row[rank];
    if (!cell) return [];
    return rank + 1 < row.length ? { from: cell.start, to: row[rank + 1].start } : { from: row[rank - 1].end, to: cell.end };
  });
}

class Grid extends WidgetType {
  constructor(table, inCard, inline) {
    super();
    this.table = table;
    this.inCard = inCard;
    this.inline = inline;
    this.rows = [table.head, ...table.rows].map((row) => table.head.map((_, rank) => row[rank]?.text ?? null));
    this.mark = JSON.stringify([table.first, table.aligned, inCard, this.rows]);
  }
  eq(other) { return other.mark === this.mark; }
  ignoreEvent() { return true; }
  updateDOM(dom) {
    const fields = [...dom.querySelectorAll("textarea")];
    const values = this.rows.flat();
    const shape = `${this.rows.length} ${this.table.aligned.join()} ${values.map((value) => value === null).join()}`;
    if (dom.dataset.forme !== shape || dom.classList.contains("carte-corps") !== this.inCard) return false;
    dom.dataset.rang = this.table.first;
    values.filter((value) => value !== null).forEach((value, rank) => {
      const field = fields[rank];
      if (field !== document.activeElement) field.value = readable(value);
      show(field, this.inline);
    });
    return true;
  }
  toDOM(view) {
    const grid = document.createElement("div");
    grid.className = this.inCard ? "grille carte-corps" : "grille";
    grid.dataset.rang = this.table.first;
    grid.dataset.forme = `${this.rows.length} ${this.table.aligned.join()} ${this.rows.flat().map((value) => value === null).join()}`;
    const scrolled = document.createElement("div");
    scrolled.className = "deroule";
    const drawn = document.createElement("table");
    this.rows.forEach((row, rank) => {
      const line = drawn.insertRow();
      row.forEach((value, column) => {
        const place = document.createElement(rank ? "td" : "th");
        place.className = this.table.aligned[column];
        if (!rank) place.scope = "col";
        if (value !== null) place.append(...this.cell(view, grid, rank - 1, column, value));
        line.append(place);
      });
    });
    scrolled.append(drawn);
    grid.append(scrolled, this.acts(view, grid));
    return grid;
  }
  // Return the field of a cell, and how it reads; `rank` is -1 for the titles.
  cell(view, grid, rank, column, value) {
    const field = document.createElement("textarea");
    field.rows = 1;
    field.value = readable(value);
    const label = readable(this.rows[0][column] ?? "") || `colonne ${column + 1}`;
    field.setAttribute("aria-label", rank < 0 ? `Titre de la colonne ${column + 1}` : `${label}, ligne ${rank + 1}`);
    field.dataset.ligne = rank;
    field.dataset.colonne = column;
    field.addEventListener("focus", () => { grid.dernier = field; });
    field.addEventListener("input", () => {
      const cell = at(tableOf(view, grid), rank, column);
      if (cell) view.dispatch({ changes: { from: cell.from, to: cell.to, insert: written(field.value) || cell.bare }, userEvent: CELL });
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") leave(view, grid);
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      const below = rank + 1;
      if (below === tableOf(view, grid)?.rows.length) view.dispatch({ changes: rowAdded(view.state.doc, tableOf(view, grid), rank), userEvent: CELL });
      reach(view, grid, below, column);
    });
    const read = document.createElement("span");
    read.setAttribute("aria-hidden", "true");
    const both = [field, read];
    show(field, this.inline, read);
    return both;
  }
  acts(view, grid) {
    const bar = document.createElement("p");
    bar.className = "grille-actes";
    const where = () => [Number(grid.dernier?.dataset.ligne ?? this.rows.length - 2), Number(grid.dernier?.dataset.colonne ?? 0)];
    const add = (words, act, around = "") => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `discret ${around}`;
      button.textContent = words;
      button.addEventListener("click", () => {
        const table = tableOf(view, grid);
        const [rank, column] = where();
        const [changes, ...then] = (table && act(table, rank, column)) ?? [];
        if (!changes) return;
        view.dispatch({ changes, userEvent: CELL });
        reach(view, grid, ...then);
      });
      bar.append(button);
    };
    add("Ajouter une ligne", (table, rank, column) => [rowAdded(view.state.doc, table, rank), rank + 1, column]);
    add("Ajouter une colonne", (table, rank) => [columnAdded(view.state.doc, table), -1, table.head.length]);
    add("Enlever cette ligne", (table, rank, column) => {
      if (rank < 0) return null;
      const line = view.state.doc.line(table.first + rank + 2);
      return [{ from: line.from - 1, to: line.to }, Math.min(rank, table.rows.length - 2), column];
    }, "ici");
    add("Enlever cette colonne", (table, rank, column) => (table.head.length > (table.framed ? 1 : 2)
      ? [columnRemoved(table, column), rank, Math.max(0, column - 1)] : null), "ici");
    add("Enlever le tableau", (table) => {
      const to = Math.min(table.to + 1, view.state.doc.length);
      return [{ from: table.from, to }];
    }, "ici");
    return bar;
  }
}

// Show how a cell reads, under its field.
function show(field, inline, place = field.nextSibling) {
  place.replaceChildren(...inline(field.value || "\u00a0"));
}

const at = (table, rank, column) => (rank < 0 ? table?.head : table?.rows[rank])?.[column];

// Return the table that a grid shows, as the document is now.
function tableOf(view, grid) {
  return tablesOf(view.state.doc).find((table) => table.first === Number(grid.dataset.rang));
}

// Go to a cell of a grid, which may have been drawn again; to the text where there is none.
function reach(view, grid, rank, column) {
  const drawn = view.dom.querySelector(`.grille[data-rang="${grid.dataset.rang}"]`);
  const field = drawn?.querySelector(`[data-ligne="${rank}"][data-colonne="${column}"]`);
  (field ?? view).focus();
  field?.select();
}

// Go to the line under a table.
function leave(view, grid) {
  const table = tableOf(view, grid);
  if (table) view.dispatch({ selection: { anchor: Math.min(table.to + 1, view.state.doc.length) } });
  view.focus();
}

// Return the field of the grids of a document; `inline` makes the nodes of a line of Markdown.
// A table that is being typed stays as it is until the cursor has left it.
export function grids(inline) {
  const build = (state, typed) => {
    const { head } = state.selection.main;
    const cards = blocksOf(state.doc);
    const shown = tablesOf(state.doc).filter((table) => !typed || head < table.from || head > table.to);
    return Decoration.set(shown.map((table) => {
      const inCard = cards.some((card) => card.first < table.first && card.last > table.last);
      return Decoration.replace({ widget: new Grid(table, inCard, inline), block: true }).range(table.from, table.to);
    }));
  };
  return StateField.define({
    create: (state) => ({ typed: false, made: build(state, false) }),
    update(value, change) {
      const by = (...events) => events.some((event) => change.isUserEvent(event));
      if (change.docChanged) {
        const typed = by("input", "delete") && !by(CELL, "input.paste");
        return { typed, made: build(change.state, typed) };
      }
      return value.typed && change.selection
        ? { typed: true, made: build(change.state, true) } : value;
    },
    provide: (self) => [
      EditorView.decorations.from(self, (value) => value.made),
      EditorView.atomicRanges.of((view) => view.state.field(self).made),
    ],
  });
}
