// The search page: reads the index with Pagefind, in the browser, and asks no other site anything.
// The index was made from a copy of the texts in which ’ is ', œ is oe and ø is o (axtra/search.py):
// what is typed is brought to the same form, and each word is shown as the texts have it.

const STEP = 10;
const PAUSE = 180; // ms without a keystroke before a search
const form = document.querySelector(".chercher");
const field = form.elements.q;
const choices = ["genre", "rubrique", "annee"].map((name) => form.elements[name]); // as the facets
const section = document.getElementById("axe_trouve");
const verdict = document.getElementById("axe_bilan");
const rows = section.querySelector("ol");
const more = section.querySelector(".encore");
const labels = [...document.querySelectorAll("#axe_parcourir .etiquette")];
const colours = new Map(labels.map((label) => [label.textContent, label.classList[1]]));
const index = new URL(form.dataset.index, location.origin);
const number = new Intl.NumberFormat("fr-CA");
const collator = new Intl.Collator("fr-CA", { numeric: true });

let engine; // the promise of Pagefind and of the facets of each text
let spellings = {}; // words of the index → as they are written
let found = []; // what the last search gave, chosen by the facets
let turn = 0; // the rank of the last search: an older one that ends later says nothing

const ELISION = /(?<![\p{L}\p{N}])(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=\p{L})/giu;

const LETTERS = { œ: "oe", Œ: "Oe", æ: "ae", Æ: "Ae", ø: "o", Ø: "O", ß: "ss", ł: "l", Ł: "L", đ: "d", Đ: "D" };

function asIndexed(typed) {
  return typed
    .normalize("NFC")
    .replace(/[’ʼ‘`´]/g, "'")
    .replace(/[œæøßłđ]/gi, (letter) => LETTERS[letter] ?? letter)
    .replace(ELISION, "")
    .replace(/[«»“”"\s]+/g, " ")
    .trim();
}

function asWritten(indexed) {
  return indexed
    .replace(/(?<=[\p{L}>])'(?=[\p{L}<])/gu, "’")
    .replace(/[\p{L}\p{N}]+/gu, (word) => (Object.hasOwn(spellings, word) ? spellings[word] : word));
}

function read(name) {
  return fetch(new URL(name, index)).then((answer) => answer.json());
}

function load() {
  engine ??= Promise.all([
    import(new URL("pagefind.js", index)).then(async (pagefind) => {
      await pagefind.options({ baseUrl: "/", excerptLength: 32 });
      await pagefind.init();
      return pagefind;
    }),
    read("facettes.json"),
    read("graphies.json").then((words) => (spellings = words)),
  ]).catch((error) => {
    engine = undefined; // a reader whose network comes back may try again
    throw error;
  });
  return engine;
}

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== ""));
  return element;
}

// An excerpt is HTML, of which only the text and the marks are taken; a mark covers no comma.
function excerpt(html) {
  const parsed = new DOMParser().parseFromString(asWritten(html), "text/html").body;
  return [...parsed.childNodes].flatMap((node) => {
    if (node.nodeName !== "MARK") return node.textContent;
    const [, before, word, after] = node.textContent.match(/^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su);
    return [before, make("mark", {}, word), after];
  });
}

function passages({ url, sub_results: parts }) {
  const links = parts
    .filter((part) => part.anchor && part.url !== url)
    .slice(0, 2)
    .flatMap((part, at) => [
      at ? " · " : "",
      make("a", { href: part.url }, asWritten(part.title)),
    ]);
  return links.length ? make("p", { className: "mention passages" }, "Passages : ", ...links) : "";
}

function row(text) {
  const { titre, genre, date, rubrique } = text.meta;
  const mark = make("div", { className: "repere" });
  if (rubrique) mark.append(make("span", { className: "etiquette" }, rubrique));
  if (date) mark.append(make("span", { className: "date" }, date));
  if (!rubrique) mark.append(make("span", { className: "genre" }, genre));
  const title = make("h3", { className: "titre-rang" }, make("a", { href: text.url }, titre));
  const cut = text.excerpt.replace(/<\/?mark>/g, "");
  const [before, after] = [text.content.startsWith(cut), text.content.endsWith(cut)];
  const words = make("p", {}, before ? "" : "… ", ...excerpt(text.excerpt), after ? "" : " …");
  return make(
    "li",
    { className: `rangee ${colours.get(rubrique) ?? ""}` },
    mark,
    make("div", { className: "teneur" }, title, words, passages(text)),
  );
}

// Offer what the search can be narrowed to, with how many texts each choice would leave.
function offer(results, facets) {
  const chosen = choices.map((choice) => choice.value);
  choices.forEach((choice, rank) => {
    const counts = new Map();
    for (const { id } of results) {
      const others = chosen.every((one, at) => at === rank || !one || facets[id][at] === one);
      const value = facets[id][rank];
      if (others && value) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    if (chosen[rank] && !counts.has(chosen[rank])) counts.set(chosen[rank], 0);
    const order = [...counts.keys()].sort(collator.compare);
    if (choice.name === "annee") order.reverse();
    const options = order.map((value) =>
      make(
        "option",
        { value, selected: value === chosen[rank] },
        `${value} (${number.format(counts.get(value))})`,
      ),
    );
    choice.replaceChildren(choice.options[0], ...options);
  });
}

function announce(count, query) {
  const texts = count > 1 ? `${number.format(count)} textes` : count ? "1 texte" : "Aucun texte";
  verdict.replaceChildren(make("b", {}, texts), query ? ` pour « ${query} »` : "");
  if (!count) verdict.append(". Essayez un mot de moins, ou un mot plus courant.");
}

async function show(from) {
  const mine = turn;
  const texts = await Promise.all(found.slice(from, from + STEP).map((one) => one.data()));
  if (mine !== turn) return;
  const fresh = texts.map(row);
  from ? rows.append(...fresh) : rows.replaceChildren(...fresh);
  const left = found.length - from - fresh.length;
  more.parentElement.hidden = left <= 0;
  more.textContent = `Voir la suite (${number.format(left)})`;
  if (from) fresh[0].querySelector("a").focus();
}

async function search() {
  const mine = ++turn;
  const query = field.value.trim();
  const words = asIndexed(query);
  const chosen = choices.map((choice) => choice.value);
  const address = new URL(location.pathname, location.origin);
  for (const [name, value] of new FormData(form)) {
    if (value.trim()) address.searchParams.set(name, value.trim());
  }
  history.replaceState(null, "", address);
  try {
    const [pagefind, facets] = await load();
    const { results } = words
      ? await pagefind.search(words)
      : await pagefind.search(null, { sort: { date: "desc" } });
    if (mine !== turn) return;
    offer(results, facets);
    found = results.filter(({ id }) => chosen.every((one, at) => !one || facets[id][at] === one));
    await show(0);
    if (mine !== turn) return;
    const idle = !words && !chosen.some(Boolean);
    section.hidden = idle || !found.length;
    if (idle) verdict.textContent = "";
    else announce(found.length, query);
  } catch {
    section.hidden = true;
    verdict.textContent = "La recherche n’a pas pu se charger. Réessayez dans un moment.";
  }
}

function recall() {
  const asked = new URLSearchParams(location.search);
  field.value = asked.get("q") ?? "";
  for (const choice of choices) {
    const value = asked.get(choice.name) ?? "";
    if (value) choice.append(make("option", { value, selected: true }, value));
    else choice.value = "";
  }
}

let waiting;
field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(search, PAUSE);
});
form.addEventListener("change", (event) => {
  if (event.target !== field) search();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  search();
});
more.addEventListener("click", () => show(rows.children.length));
addEventListener("popstate", () => {
  recall();
  search();
});

recall();
document.querySelector(".sans-script").remove();
search();
