// What a text's screen gains with a script: the editor in two looks, what is typed kept as one goes,
// findings and page beside the text. Without it, the form is the same and does the same.

const form = document.getElementById("texte");
const field = document.getElementById("texte-corps");
const said = document.getElementById("dits");
const kept = document.getElementById("garde");
const PAUSE = 250; // ms without a key

let saving = false;
let timer = 0;
let telling = null; // what is typed, on its way
let sent = snapshot();
let editor = null;
let anchors = form.dataset.ancres.split(" ").filter(Boolean);
let version = 0;

function snapshot() {
  return new URLSearchParams(new FormData(form)).toString();
}

// What is typed and what is saved arrive in this order: late, the former would seem unsaved.
form.addEventListener("submit", (event) => {
  clearTimeout(timer);
  if (telling) {
    event.preventDefault();
    if (!saving) telling.then(() => form.requestSubmit(event.submitter));
  }
  saving = true;
});
form.addEventListener("input", () => changed());
addEventListener("beforeunload", (event) => {
  if (!saving && snapshot() !== sent) event.preventDefault();
});

function changed() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const last = (telling ?? Promise.resolve()).then(tell).then(() => { if (telling === last) telling = null; });
    telling = last;
  }, PAUSE);
}

// Send what is typed; show what is said of it, and the page as it would be.
async function tell() {
  const body = snapshot();
  if (body === sent) return;
  try {
    const answer = await fetch(form.dataset.saisie, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
    });
    if (!answer.ok) throw new Error(answer.status);
    const told = await answer.json();
    const still = snapshot() === body;
    sent = body;
    show(told);
    if (still) take(told);
    kept.textContent = "Gardé, pas encore enregistré.";
  } catch {
    kept.textContent = "L’atelier ne répond pas : rien n’est perdu tant que cette page reste ouverte.";
  }
}

function show({ constats, lignes, champs, ancres, autres }) {
  document.getElementById("autres").textContent = autres;
  said.innerHTML = constats;
  const count = said.querySelectorAll(".constat").length;
  const way = document.querySelector(".vers-constats");
  if (way) {
    way.hidden = !count;
    way.textContent = `${count} constat${count > 1 ? "s" : ""}`;
  }
  link();
  editor?.setMarks(lignes);
  for (const place of form.querySelectorAll(".faute")) {
    const name = place.id.slice(2);
    const wrong = champs[name];
    place.hidden = !wrong;
    place.textContent = wrong ? wrong.join(" ") : "";
    const input = document.getElementById(`c-${name}`);
    if (wrong) {
      input?.setAttribute("aria-invalid", "true");
      input?.setAttribute("aria-describedby", place.id);
    } else input?.removeAttribute("aria-invalid");
  }
  anchors = ancres;
  version += 1; // an address that differs by its anchor alone is not asked for again
  page();
}

// Take in what the atelier made of what was sent: a letter follows what is ticked.
function take(told) {
  if (told.texte !== undefined && told.texte !== field.value.replace(/\r\n?/g, "\n")) {
    field.value = told.texte;
    editor?.view.dispatch({ changes: { from: 0, to: editor.view.state.doc.length, insert: told.texte } });
  }
  form.dispatchEvent(new CustomEvent("dit", { detail: told }));
  sent = snapshot();
}

// Show the page where the cursor is: at the last heading above it.
function page() {
  const rank = editor?.headingsAbove(anchors.length) ?? 0;
  const anchor = rank ? `#${anchors[rank - 1]}` : "";
  for (const frame of document.querySelectorAll(".apercu iframe")) {
    const place = `${frame.getAttribute("src").replace(/[?#].*/, "")}${version ? `?${version}` : ""}${anchor}`;
    if (frame.checkVisibility({ contentVisibilityAuto: true }) && frame.getAttribute("src") !== place) frame.src = place;
  }
}

addEventListener("change", page); // another view is shown
addEventListener("toggle", page, true);

// A title is long enough to need lines, and has none.
form.querySelector(".titrage textarea")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) event.preventDefault();
});

// A day that is written as a day is chosen in a calendar; anything else stays as it was typed.
for (const input of form.querySelectorAll("[data-jour]")) {
  if (/^(\d{4}-\d\d-\d\d)?$/.test(input.value)) input.type = "date";
}

// The line of each finding leads to it.
function link(place = said) {
  for (const button of place.querySelectorAll("[data-ligne]")) {
    button.disabled = !editor;
    button.addEventListener("click", () => editor?.goTo(Number(button.dataset.ligne)));
  }
}

function picture(name) {
  return /^[a-z]+:/i.test(name) ? name : `/images/fichier/${name.replace(/^\/+/, "").split("/").map(encodeURIComponent).join("/")}`;
}

// What a word processor or a browser puts in the clipboard, as Markdown.
async function paste(html) {
  const answer = await fetch("/coller", {
    method: "POST",
    body: new URLSearchParams({ jeton: form.elements.jeton.value, html }),
  });
  if (!answer.ok) return null;
  const { texte, laisse } = await answer.json();
  document.getElementById("colle").textContent = laisse.length ? `Pas collé : ${laisse.join(", ")}.` : "";
  return texte;
}

async function open() {
  const [{ edit }, palette] = await Promise.all([
    import(form.dataset.editeur),
    fetch("/palette").then((answer) => answer.json()),
  ]);
  editor = edit(field, { blocks: palette.blocs, picture, changed, moved: page, paste, nonce: form.dataset.nonce });
  const tools = document.querySelector(".outils");
  tools.hidden = false;
  for (const button of tools.querySelectorAll("[data-acte]")) {
    button.addEventListener("click", () => {
      if (button.dataset.acte === "lien" && !editor.hasSelection()) choose("lien vers");
      else editor.run(button.dataset.acte);
    });
  }
  const look = tools.querySelector("[data-look]");
  const pressed = () => look.setAttribute("aria-pressed", String(editor.look() === "source"));
  look.addEventListener("click", () => {
    editor.setLook(editor.look() === "source" ? "visuel" : "source");
    pressed();
  });
  pressed();
  fill(palette);
  link();
  link(document.getElementById("relectures"));
}

// Open the palette with words already sought.
function choose(words) {
  const place = document.getElementById("inserer");
  place.showPopover();
  const search = place.querySelector("input");
  search.value = words;
  search.dispatchEvent(new Event("input"));
  search.select();
}

// The palette: blocks, pictures and texts, found by their words.
function fill(palette) {
  const place = document.getElementById("inserer");
  const list = place.querySelector("ul");
  const search = place.querySelector("input");
  const entries = [
    ...palette.blocs.map((block) => [block.label, block.name, () => editor.insertBlock(block.name)]),
    ["un lien vers une autre adresse", "lien", () => editor.run("lien")],
    ["un tableau", "tableau", () => editor.run("tableau")],
    ...palette.images.map((name) => [`l’image ${name}`, "image", () => editor.insertText(`![À compléter : ce que montre l’image](${name})`)]),
    ...palette.textes.map((text) => [`un lien vers « ${text.title} »`, text.name, () => editor.insertText(`[${text.title}](${text.name})`)]),
  ];
  for (const [words, more, act] of entries) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.charAt(0).toUpperCase() + words.slice(1);
    button.addEventListener("click", () => { place.hidePopover(); act(); });
    const item = document.createElement("li");
    item.dataset.mots = `${words} ${more}`.toLowerCase();
    item.append(button);
    list.append(item);
  }
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of list.children) item.hidden = !words.every((word) => item.dataset.mots.includes(word));
  };
  search.addEventListener("input", (event) => { event.stopPropagation(); filter(); });
  place.addEventListener("keydown", (event) => {
    const shown = [...list.children].filter((item) => !item.hidden).map((item) => item.firstChild);
    const at = shown.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      (shown[next] ?? search).focus();
    } else if (event.key === "Enter" && at < 0) {
      event.preventDefault();
      shown[0]?.click();
    }
  });
  place.addEventListener("toggle", (event) => { if (event.newState === "open") { filter(); search.focus(); } else { search.value = ""; } });
}

if (form.dataset.editeur) open();
else link();
