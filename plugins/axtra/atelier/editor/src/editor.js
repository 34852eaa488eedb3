// The text editor of the atelier: the document is the text of the form's field, character for
// character, in two looks. The page works without it; it replaces the field, and keeps it in step.

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { Language, defineLanguageFacet, ensureSyntaxTree, languageDataProp } from "@codemirror/language";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, drawSelection, keymap } from "@codemirror/view";
import { GFM, parser } from "@lezer/markdown";

import { actions, insertBlock, insertText } from "./commands.js";
import { marked, setMarks } from "./findings.js";
import { grids } from "./tables.js";
import { cards, inlineNodes, visualText } from "./visual.js";

const facet = defineLanguageFacet({});
const markdown = new Language(
  facet,
  parser.configure([GFM, { props: [languageDataProp.add({ Document: facet })] }]),
  [],
  "markdown",
);
const LOOK = "axe-atelier-apparence";

// Replace a field by an editor; return what the page does with it.
//
// `blocks` lists the kinds of blocks; `picture` maps a name of an image to its address; `changed`
// is called after each change, `moved` when the cursor moves; `paste` turns pasted HTML into text, or returns null.
export function edit(field, { blocks, picture, changed, moved, paste, nonce }) {
  const look = new Compartment();
  const kinds = new Map(blocks.map((block) => [block.name, block]));
  const looks = {
    visuel: [cards(kinds), grids((text) => inlineNodes(markdown, text)), visualText(picture), EditorView.editorAttributes.of({ class: "visuel" })],
    source: [EditorView.editorAttributes.of({ class: "signes" })],
  };
  let now = localStorage.getItem(LOOK) === "source" ? "source" : "visuel";
  const place = document.createElement("div");
  place.className = "editeur";
  field.before(place);
  field.hidden = true;
  const label = document.querySelector(`label[for="${field.id}"]`);
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      doc: field.value,
      extensions: [
        EditorView.cspNonce.of(nonce),
        history(),
        drawSelection(),
        markdown,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          "aria-label": label ? label.textContent.trim() : "Texte",
          "aria-multiline": "true",
          spellcheck: "true",
          lang: "fr-CA",
        }),
        keymap.of([...actions(), ...defaultKeymap, ...historyKeymap]),
        marked,
        look.of(looks[now]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) {
            field.value = update.state.doc.toString();
            changed();
          } else if (update.selectionSet) moved();
        }),
        EditorView.domEventHandlers({
          paste(event, target) {
            const html = event.clipboardData?.getData("text/html");
            if (!html || !paste) return false;
            event.preventDefault();
            const plain = event.clipboardData.getData("text/plain");
            paste(html).catch(() => null).then((text) => insertText(target, text ?? plain));
            return true;
          },
        }),
      ],
    }),
  });
  return {
    view,
    look: () => now,
    setLook(name) {
      now = name;
      localStorage.setItem(LOOK, name);
      view.dispatch({ effects: look.reconfigure(looks[name]) });
      view.focus();
    },
    run(name) {
      actions().find((action) => action.name === name)?.run(view);
      view.focus();
    },
    insertBlock: (name) => insertBlock(view, kinds.get(name)),
    insertText: (text) => insertText(view, text),
    hasSelection: () => !view.state.selection.main.empty,
    // Return how many headings are above the cursor; 0 when the text has not `count` of them.
    headingsAbove(count) {
      const { head } = view.state.selection.main;
      const starts = [];
      ensureSyntaxTree(view.state, view.state.doc.length, 50)?.iterate({
        enter: (node) => { if (/^(ATX|Setext)Heading/.test(node.name)) starts.push(node.from); },
      });
      return starts.length === count ? starts.filter((from) => from <= head).length : 0;
    },
    setMarks: (lines) => view.dispatch({ effects: setMarks.of(lines) }),
    goTo(number) {
      const line = view.state.doc.line(Math.min(Math.max(1, number), view.state.doc.lines));
      view.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: "center" }) });
      view.focus();
    },
  };
}
