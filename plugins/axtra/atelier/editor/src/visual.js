// The visual look: the text as it will read, its signs hidden except where the cursor stands.
// Nothing here changes the document, but for the fields of a card, which change their own characters.

import { syntaxTree } from "@codemirror/language";
import { StateField } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, WidgetType } from "@codemirror/view";

import { argumentChange, blocksOf, optionChange, removal, unquoted } from "./blocks.js";

const HIDDEN = Decoration.replace({});
const NOTE = /\[\^[^\]\s]+\]/g;
const MARKS = {
  StrongEmphasis: "vu-gras",
  Emphasis: "vu-italique",
  Strikethrough: "vu-barre",
  InlineCode: "vu-code",
  Link: "vu-lien",
  Autolink: "vu-lien",
};
const SIGNS = new Set(["EmphasisMark", "StrikethroughMark", "LinkMark", "URL", "LinkTitle", "CodeMark"]);

class Bullet extends WidgetType {
  eq() { return true; }
  toDOM() {
    const mark = document.createElement("span");
    mark.className = "vu-puce";
    mark.textContent = "•";
    return mark;
  }
}

class Picture extends WidgetType {
  constructor(address, alternative) { super(); this.address = address; this.alternative = alternative; }
  eq(other) { return other.address === this.address && other.alternative === this.alternative; }
  toDOM() {
    const picture = document.createElement("img");
    picture.className = "vu-image";
    picture.src = this.address;
    picture.alt = this.alternative;
    return picture;
  }
}

// Return the nodes of a line of Markdown as it reads: its signs are left out.
export function inlineNodes(markdown, text) {
  const styles = Array.from(text, () => "");
  const shown = Array.from({ length: text.length }, () => true);
  markdown.parser.parse(text).iterate({
    enter(node) {
      const over = (act) => { for (let at = node.from; at < node.to; at += 1) act(at); };
      if (MARKS[node.name]) over((at) => { styles[at] = `${styles[at] ?? ""} ${MARKS[node.name]}`; });
      const { parent } = node.node;
      if (SIGNS.has(node.name) && MARKS[parent?.name] && (node.name !== "URL" || parent.name === "Link")) over((at) => { shown[at] = false; });
    },
  });
  const nodes = [];
  for (let at = 0; at < text.length; at += 1) {
    if (!shown[at]) continue;
    const style = (styles[at] ?? "").trim();
    if (nodes.at(-1)?.className !== style) nodes.push(Object.assign(document.createElement("span"), { className: style }));
    nodes.at(-1).append(text[at]);
  }
  return nodes;
}

// The head of a card: its name, a field for its argument and one for each option, and « Enlever ».
class CardHead extends WidgetType {
  constructor(block, kind) {
    super();
    this.block = block;
    this.kind = kind;
    this.values = [["", kind.argument, block.argument, true], ...kind.options.map((option) => [
      option.name, option.label, unquoted(block.options.get(option.name)?.value ?? ""), option.required,
    ])].filter(([, label]) => label);
    this.mark = JSON.stringify([block.name, block.first, this.values]);
  }
  eq(other) { return other.mark === this.mark; }
  ignoreEvent() { return true; }
  updateDOM(dom) {
    const fields = [...dom.querySelectorAll("input")];
    if (dom.dataset.bloc !== this.block.name || fields.length !== this.values.length) return false;
    dom.dataset.rang = this.block.first;
    const values = new Map(this.values.map(([option, , value]) => [option, value]));
    for (const field of fields) {
      if (field !== document.activeElement) field.value = values.get(field.dataset.option);
    }
    return true;
  }
  toDOM(view) {
    const head = document.createElement("div");
    head.className = "carte-tete";
    head.dataset.bloc = this.block.name;
    head.dataset.rang = this.block.first;
    const name = document.createElement("span");
    name.className = "etiquette";
    name.textContent = this.kind.label;
    const away = document.createElement("button");
    away.type = "button";
    away.className = "discret";
    away.textContent = "Enlever";
    away.setAttribute("aria-label", `Enlever : ${this.kind.label}`);
    away.addEventListener("click", () => {
      const block = current(view, head);
      if (block) view.dispatch({ changes: removal(view.state.doc, block), userEvent: "delete" });
      view.focus();
    });
    head.append(name, away);
    const more = document.createElement("details"); // what is neither filled nor needed
    more.className = "carte-champ";
    more.append(Object.assign(document.createElement("summary"), { textContent: "Plus d’options" }));
    for (const [option, label, value, needed] of this.values) {
      const field = document.createElement("input");
      field.value = value;
      field.dataset.option = option;
      field.setAttribute("aria-label", `${this.kind.label} : ${label}`);
      field.placeholder = label;
      field.addEventListener("input", () => {
        const block = current(view, head);
        const change = block && (option
          ? optionChange(view.state.doc, block, option, field.value)
          : argumentChange(view.state.doc, block, field.value));
        if (change) view.dispatch({ changes: change, userEvent: "input" });
      });
      const named = document.createElement("label");
      named.className = "carte-champ";
      named.append(label, field);
      (needed || value ? head : more).append(named);
    }
    if (more.childElementCount > 1) head.append(more);
    return head;
  }
}

class CardFoot extends WidgetType {
  eq() { return true; }
  toDOM() {
    const foot = document.createElement("div");
    foot.className = "carte-pied";
    return foot;
  }
}

// Return the block that a card's head is of, as the document is now.
function current(view, head) {
  return blocksOf(view.state.doc).find(
    (block) => block.first === Number(head.dataset.rang) && block.name === head.dataset.bloc,
  );
}

// Return the field of the cards of a document: `kinds` maps names of blocks to what they take.
export function cards(kinds) {
  const build = (state) => {
    const made = [];
    for (const block of blocksOf(state.doc)) {
      const kind = kinds.get(block.name);
      if (!kind) continue;
      const first = state.doc.line(block.first);
      const last = state.doc.line(block.last);
      made.push(Decoration.replace({ widget: new CardHead(block, kind), block: true })
        .range(first.from, state.doc.line(block.head).to));
      for (let number = block.head + 1; number < block.last; number += 1) {
        made.push(Decoration.line({ class: "carte-corps" }).range(state.doc.line(number).from));
      }
      made.push(Decoration.replace({ widget: new CardFoot(), block: true }).range(last.from, last.to));
    }
    return Decoration.set(made, true);
  };
  const field = StateField.define({
    create: build,
    update: (value, change) => (change.docChanged ? build(change.state) : value),
    provide: (self) => [
      EditorView.decorations.from(self),
      EditorView.atomicRanges.of((view) => view.state.field(self).update({ filter: (from, to) => to > from })),
    ],
  });
  return field;
}

// Return the decorations of what is on the screen.
function decorations(view, picture) {
  const { state } = view;
  const made = [];
  const touches = (from, to) => view.hasFocus
    && state.selection.ranges.some((range) => range.to >= from && range.from <= to);
  const hide = (from, to) => { if (to > from) made.push(HIDDEN.range(from, to)); };
  const lines = (from, to, name) => {
    for (let at = from; at <= to;) {
      const line = state.doc.lineAt(at);
      made.push(Decoration.line({ class: name }).range(line.from));
      at = line.to + 1;
    }
  };
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(state).iterate({
      from,
      to,
      enter(node) {
        const { name } = node;
        const heading = /^ATXHeading([1-6])$/.exec(name);
        if (heading) {
          lines(node.from, node.from, `vu-titre vu-titre-${heading[1]}`);
          if (!touches(node.from, node.to)) {
            const mark = node.node.firstChild;
            const text = state.sliceDoc(mark.to, node.to);
            hide(mark.from, mark.to + (text.length - text.trimStart().length));
          }
          return true;
        }
        if (name === "Blockquote") lines(node.from, node.to, "vu-citation");
        if (name === "Table" || name === "FencedCode" || name === "CodeBlock") lines(node.from, node.to, "vu-fixe");
        if (name === "HorizontalRule") lines(node.from, node.from, "vu-filet");
        if (name === "QuoteMark" && !touches(state.doc.lineAt(node.from).from, state.doc.lineAt(node.from).to)) {
          hide(node.from, Math.min(node.to + 1, state.doc.lineAt(node.from).to));
        }
        if (name === "ListMark" && /^[-*+]$/.test(state.sliceDoc(node.from, node.to))
            && !touches(node.from, node.to)) {
          made.push(Decoration.replace({ widget: new Bullet() }).range(node.from, node.to));
        }
        if (name === "Image") {
          const text = state.sliceDoc(node.from, node.to);
          const parts = /^!\[([^\]]*)\]\(\s*<?([^\s)>]+)/.exec(text);
          if (parts && !touches(node.from, node.to)) {
            made.push(Decoration.replace({ widget: new Picture(picture(parts[2]), parts[1]) })
              .range(node.from, node.to));
          }
          return false;
        }
        if (MARKS[name]) made.push(Decoration.mark({ class: MARKS[name] }).range(node.from, node.to));
        if (SIGNS.has(name) && MARKS[node.node.parent?.name] && !touches(node.node.parent.from, node.node.parent.to)) {
          if (name !== "URL" || node.node.parent.name === "Link") hide(node.from, node.to);
        }
        return true;
      },
    });
    for (const found of state.sliceDoc(from, to).matchAll(NOTE)) {
      made.push(Decoration.mark({ class: "vu-note" }).range(from + found.index, from + found.index + found[0].length));
    }
  }
  return Decoration.set(made, true);
}

// Return the view plugin of the visual look; `picture` maps a name of an image to its address.
export function visualText(picture) {
  return ViewPlugin.fromClass(class {
    constructor(view) { this.decorations = decorations(view, picture); }
    update(change) {
      if (change.docChanged || change.selectionSet || change.viewportChanged || change.focusChanged
          || syntaxTree(change.startState) !== syntaxTree(change.state)) {
        this.decorations = decorations(change.view, picture);
      }
    }
  }, { decorations: (plugin) => plugin.decorations });
}
