// What a text's screen gains with a script: the editor in two looks, what is typed kept as one goes,
// findings and page beside the text. Without it, the form is the same and does the same.

const form = document.getElementById("texte");
const field = document.getElementById("texte-corps");
const said = document.getElementById("dits");
const kept = document.getElementById("garde");
const PAUSE = 250; // ms without a key

let saving = false;
let timer = 0;
let sent = snapshot();
let editor = null;

function snapshot() {
  return new URLSearchParams(new FormData(form)).toString();
}

form.addEventListener("submit", () => { saving = true; });
form.addEventListener("input", () => changed());
addEventListener("beforeunload", (event) => {
  if (!saving && snapshot() !== sent) event.preventDefault();
});

function changed() {
  clearTimeout(timer);
  timer = setTimeout(tell, PAUSE);
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
    sent = body;
    show(told);
    kept.textContent = "Gardé, pas encore enregistré.";
  } catch {
    kept.textContent = "L’atelier ne répond pas : rien n’est perdu tant que cette page reste ouverte.";
  }
}

function show({ constats, lignes }) {
  said.innerHTML = constats;
  link();
  editor?.setMarks(lignes);
  for (const frame of document.querySelectorAll(".apercu iframe")) {
    if (frame.closest("details")?.open) frame.src = frame.getAttribute("src");
  }
}

// The line of each finding leads to it.
function link() {
  for (const button of said.querySelectorAll("[data-ligne]")) {
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
  return answer.ok ? (await answer.json()).texte : null;
}

async function open() {
  const [{ edit }, palette] = await Promise.all([
    import(form.dataset.editeur),
    fetch("/palette").then((answer) => answer.json()),
  ]);
  editor = edit(field, { blocks: palette.blocs, picture, changed, paste, nonce: form.dataset.nonce });
  const tools = document.querySelector(".outils");
  tools.hidden = false;
  for (const button of tools.querySelectorAll("[data-acte]")) {
    button.addEventListener("click", () => editor.run(button.dataset.acte));
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
}

// The palette: blocks, pictures and texts, found by their words.
function fill(palette) {
  const place = document.getElementById("inserer");
  const list = place.querySelector("ul");
  const search = place.querySelector("input");
  const entries = [
    ...palette.blocs.map((block) => [block.label, block.name, () => editor.insertBlock(block.name)]),
    ["un tableau", "tableau", () => editor.run("tableau")],
    ...palette.images.map((name) => [`l’image ${name}`, "image", () => editor.insertText(`![À compléter : ce que montre l’image](${name})`)]),
    ...palette.textes.map((text) => [`un lien vers « ${text.title} »`, text.name, () => editor.insertText(`[${text.title}](${text.name})`)]),
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
  place.addEventListener("toggle", (event) => { if (event.newState === "open") { search.value = ""; filter(); search.focus(); } });
}

if (form.dataset.editeur) open();
else link();
