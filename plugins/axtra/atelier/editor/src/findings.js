// The lines of which something is said, marked where they stand and moved as one types.

import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";

// Takes a list of { line, grave }.
export const setMarks = StateEffect.define();

export const marked = StateField.define({
  create: () => Decoration.none,
  update(value, change) {
    let marks = value.map(change.changes);
    for (const effect of change.effects) {
      if (!effect.is(setMarks)) continue;
      const { doc } = change.state;
      const lines = effect.value.filter(({ line }) => line >= 1 && line <= doc.lines);
      marks = Decoration.set(lines.map(({ line, grave }) => Decoration
        .line({ class: grave ? "dite grave" : "dite" }).range(doc.line(line).from)), true);
    }
    return marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});
