// What the toolbar and the keys do: edits of the few characters that they concern.

import { syntaxTree } from "@codemirror/language";
import { EditorSelection } from "@codemirror/state";

// Return the commands, with the keys of those that have one.
export function actions() {
  return [
    { name: "gras", key: "Mod-b", run: (view) => wrap(view, "**", "StrongEmphasis") },
    { name: "italique", key: "Mod-i", run: (view) => wrap(view, "*", "Emphasis") },
    { name: "lien", key: "Mod-k", run: link },
    { name: "intertitre", run: (view) => prefix(view, "## ", /^#{1,6}[ \t]+/) },
    { name: "liste", run: (view) => prefix(view, "- ", /^[-*+][ \t]+/) },
    { name: "note", run: note },
    { name: "tableau", run: table },
  ];
}

// Put marks around what is selected, or take them away.
function wrap(view, mark, name) {
  view.dispatch(view.state.changeByRange((range) => {
    for (let node = syntaxTree(view.state).resolveInner(range.from, 1); node; node = node.parent) {
      if (node.name === name && node.from <= range.from && node.to >= range.to) {
        return {
          changes: [{ from: node.from, to: node.from + mark.length }, { from: node.to - mark.length, to: node.to }],
          range: EditorSelection.range(range.from - mark.length, range.to - mark.length),
        };
      }
    }
    return {
      changes: [{ from: range.from, insert: mark }, { from: range.to, insert: mark }],
      range: EditorSelection.range(range.from + mark.length, range.to + mark.length),
    };
  }), { userEvent: "input" });
  return true;
}

// Put a prefix at the start of each selected line, or take away the one that is there.
function prefix(view, text, known) {
  const { state } = view;
  const changes = [];
  for (const range of state.selection.ranges) {
    for (let at = state.doc.lineAt(range.from).from; at <= range.to;) {
      const line = state.doc.lineAt(at);
      const found = known.exec(line.text);
      changes.push(found
        ? { from: line.from, to: line.from + found[0].length, insert: found[0] === text ? "" : text }
        : { from: line.from, insert: text });
      at = line.to + 1;
    }
  }
  view.dispatch({ changes, userEvent: "input" });
  return true;
}

function link(view) {
  const { from, to } = view.state.selection.main;
  const text = view.state.sliceDoc(from, to) || "texte du lien";
  view.dispatch({
    changes: { from, to, insert: `[${text}](https://)` },
    selection: { anchor: from + text.length + 3, head: from + text.length + 11 },
    userEvent: "input",
  });
  return true;
}

// Call a new note where the cursor is, and write its place at the end of the text.
function note(view) {
  const { state } = view;
  const text = state.doc.toString();
  let number = 1;
  while (text.includes(`[^${number}]`)) number += 1;
  const at = state.selection.main.to;
  const body = `[^${number}]: `;
  const before = text.endsWith("\n") || !text ? "\n" : "\n\n";
  view.dispatch({
    changes: [{ from: at, insert: `[^${number}]` }, { from: state.doc.length, insert: before + body }],
    selection: { anchor: state.doc.length + `[^${number}]`.length + before.length + body.length },
    scrollIntoView: true,
    userEvent: "input",
  });
  return true;
}

// Insert a table on lines of its own after the line of the cursor.
function table(view) {
  const { state } = view;
  const line = state.doc.lineAt(state.selection.main.head);
  const above = line.number > 1 ? state.doc.line(line.number - 1).text.trim() : "";
  const lead = line.text.trim() ? "\n\n" : above && "\n";
  const text = `${lead}| Titre | Titre |\n| --- | --- |\n| … | … |\n\n`;
  view.dispatch({ changes: { from: line.to, insert: text }, selection: { anchor: line.to + text.length }, scrollIntoView: true, userEvent: "input.paste" });
  view.focus();
  return true;
}

// Insert a text where the cursor is.
export function insertText(view, text) {
  view.dispatch(view.state.replaceSelection(text), { userEvent: "input.paste", scrollIntoView: true });
  view.focus();
  return true;
}

// Insert a block on lines of its own after the line of the cursor.
export function insertBlock(view, kind) {
  const { state } = view;
  const line = state.doc.lineAt(state.selection.main.head);
  const argument = kind.argument ? kind.sample ?? "…" : "";
  const opening = `/// ${kind.name}${argument ? ` | ${argument}` : ""}`;
  const options = kind.options.filter((option) => option.required).map((option) => `\n    ${option.name}: …`).join("");
  const body = kind.body ? `\n${kind.skeleton || "…"}` : "";
  const above = line.number > 1 ? state.doc.line(line.number - 1).text.trim() : "";
  const lead = line.text.trim() ? "\n\n" : above && "\n";
  const text = `${lead}${opening}${options}${body}\n///\n`;
  view.dispatch({ changes: { from: line.to, insert: text }, selection: { anchor: line.to + lead.length + opening.length + options.length + (body ? 1 : 0) }, scrollIntoView: true, userEvent: "input" });
  view.focus();
}
