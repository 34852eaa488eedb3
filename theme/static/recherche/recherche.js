// The search page. It asks the site for the words that begin as those that are typed do, and compares
// their stems: a text is found when it holds an inflection of each word, and by nothing else.
// `folded` and `words` do what axtra/site/search_index.py does to the texts.

const FIRST = 10; // results whose excerpts are there at once
const PAUSE = 180; // ms without a keystroke before a search
const AROUND = 32; // words of an excerpt
const form = document.querySelector(".chercher");
const field = form.elements.q;
const choices = ["genre", "rubrique", "annee"].map((name) => form.elements[name]); // as the facets
const section = document.getElementById("axe_trouve");
const verdict = document.getElementById("axe_bilan");
const browse = document.getElementById("axe_parcourir");
const near = document.getElementById("axe_proches");
const rows = section.querySelector("ol");
const labels = [...document.querySelectorAll("#axe_parcourir .etiquette")];
const colours = new Map(labels.map((label) => [label.textContent, label.classList[1]]));
const entry = new URL(form.dataset.index, location.origin);
const number = new Intl.NumberFormat("fr-CA");
const collator = new Intl.Collator("fr-CA", { numeric: true });

let found = []; // what the last search gave, chosen by the facets
let turn = 0; // the rank of the last search: an older one that ends later says nothing

// --- words ---------------------------------------------------------------------------------------

const LETTERS = { œ: "oe", æ: "ae", ø: "o", ß: "ss", ł: "l", đ: "d" };
const WORD = /[\p{L}\p{N}]+/gu;
const THOUSANDS = /(?<=[0-9])[ \u00a0\u202f](?=[0-9]{3}(?![0-9]))/g;
// Words that nearly every text holds: they are asked for only when there is no other.
const SMALL = new Set(
  ("a ai au aux avec c ce ces d dans de des du elle en est et eux il ils j je l la le les leur leurs m ma " +
    "mais me mes n ne nos notre nous on ont ou où par pas pour qu que qui s sa se ses si son sont sur t " +
    "te tes tu un une vos votre vous y à").split(" "),
);

function folded(text) {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[œæøßłđ]/g, (letter) => LETTERS[letter]);
}

function words(text) {
  const all = text.toLowerCase().normalize("NFC").replace(THOUSANDS, "").match(WORD) ?? [];
  const telling = all.filter((word) => !SMALL.has(word));
  return [...new Set(telling.length ? telling : all)];
}

// --- the index -----------------------------------------------------------------------------------

const asked = new Map(); // a file → the promise of what it holds
let texts, starts, stem;

function read(name) {
  if (!asked.has(name)) {
    const answer = fetch(new URL(name, entry)).then((got) => (got.ok ? got.json() : Promise.reject(got.status)));
    asked.set(name, answer);
    answer.catch(() => asked.delete(name)); // a reader whose network comes back may try again
  }
  return asked.get(name);
}

async function load() {
  const [told, algorithm] = await Promise.all([read(entry.pathname), import(form.dataset.racine)]);
  starts = told.mots;
  stem = algorithm.stem;
  texts ??= told.textes.map(([url, title, kind, rubrique, when, day, file, lang = ""]) => ({
    url, title, when, day, file, lang, facets: [kind, rubrique, day.slice(0, 4)],
  }));
}

// The words of the texts that begin as a word does, with what each weighs in each text.
async function beginning(word) {
  const start = [...folded(word)].slice(0, 2).join("");
  return Object.hasOwn(starts, start) ? Object.entries(await read(starts[start])) : [];
}

const single = (word) => (word.length > 4 ? word.replace(/[sx]$/, "") : word); // the stem of « emplois » keeps its s

// The inflections of a word; a word typed without its accents is compared without them.
function inflections(word, entries) {
  const [bare, root] = [folded(word), stem(word)];
  return entries.filter(([other]) => {
    const form = folded(other);
    return stem(other) === root || single(form) === single(bare) || (bare === word && stem(form) === root);
  });
}

// Words that are not what was asked for, but may be what was meant: a slip, a longer or a shorter
// word, the end of a compound.
async function neighbours(word) {
  const bare = folded(word);
  if (bare.length < 4) return [];
  const entries = await beginning(word);
  const slips = entries.filter(([other]) => distance(folded(other), bare) <= (bare.length < 8 ? 1 : 2));
  if (slips.length) return slips;
  const longer = entries.filter(([other]) => folded(other).startsWith(bare));
  if (longer.length) return longer;
  for (let at = 2; at <= bare.length - 5; at++) {
    const end = inflections(word.slice(at), await beginning(word.slice(at)));
    if (end.length) return end;
  }
  const shared = (other) => [...bare].findIndex((letter, at) => other[at] !== letter);
  const best = Math.max(5, Math.ceil(bare.length * 0.6), ...entries.map(([other]) => shared(folded(other))));
  return entries.filter(([other]) => shared(folded(other)) === best);
}

// How many letters must be put in, taken out, changed or exchanged with the next.
function distance(a, b) {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let [before, row] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}

// What each text weighs for some words, all of the same meaning: a rare one weighs more.
function weighed(entries) {
  const weights = new Map();
  for (const [, postings] of entries) {
    for (let at = 0; at < postings.length; at += 2) {
      weights.set(postings[at], Math.max(weights.get(postings[at]) ?? 0, postings[at + 1]));
    }
  }
  const rarity = Math.log(1 + texts.length / (weights.size || 1));
  return new Map([...weights].map(([text, weight]) => [text, rarity * weight]));
}

function ranked(scores) {
  return [...scores]
    .sort(([a, x], [b, y]) => y - x || (texts[a].day < texts[b].day ? 1 : -1))
    .map(([text]) => texts[text]);
}

// The texts that hold each word, else those that come near; `marked` are the words to mark.
async function matching(query) {
  const typed = words(query);
  const groups = await Promise.all(typed.map(async (word) => inflections(word, await beginning(word))));
  const marked = (lists) => new Set(lists.flat().map(([word]) => word));
  const weights = groups.map(weighed);
  const all = new Map();
  for (const text of weights[0]?.keys() ?? []) {
    const each = weights.map((one) => one.get(text));
    if (!each.includes(undefined)) all.set(text, each.reduce((sum, one) => sum + one));
  }
  if (all.size) return { hits: ranked(all), marked: marked(groups), exact: true };
  const meant = await Promise.all(groups.map((group, at) => (group.length ? group : neighbours(typed[at]))));
  const some = new Map();
  let most = 0;
  const close = meant.map(weighed);
  for (const text of new Set(close.flatMap((one) => [...one.keys()]))) {
    const each = close.map((one) => one.get(text)).filter((one) => one !== undefined);
    if (each.length < most) continue;
    if (each.length > most) some.clear();
    most = each.length;
    some.set(text, each.reduce((sum, one) => sum + one));
  }
  return { hits: ranked(some), marked: marked(meant), exact: false };
}

// --- what is shown -------------------------------------------------------------------------------

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== ""));
  return element;
}

// The words of a text with their places, as the index has them.
function* placed(text) {
  for (const found of text.matchAll(WORD)) yield [found[0].toLowerCase(), found.index, found[0].length];
}

const JOINED = /^[-’']\p{L}?[-’']?$/u; // « main-d’œuvre » has one mark

function withMarks(text, marked) {
  const marks = [];
  for (const [word, at, length] of placed(text)) {
    if (!marked.has(word)) continue;
    const last = marks.at(-1);
    if (last && JOINED.test(text.slice(last[1], at))) last[1] = at + length;
    else marks.push([at, at + length]);
  }
  let done = 0;
  const parts = marks.flatMap(([from, to]) => {
    const before = text.slice(done, from);
    done = to;
    return [before, make("mark", {}, text.slice(from, to))];
  });
  return [...parts, text.slice(done)];
}

// The stretch of a text that holds the most different words asked for, from the start of a block or
// a sentence where one is near, to the end of the block where enough was said.
function excerpt(text, marked) {
  const all = [...placed(text)];
  let [best, most] = [0, 0];
  all.forEach(([word], at) => {
    if (!marked.has(word)) return;
    const near = all.slice(at, at + AROUND / 2).map(([one]) => one);
    const seen = new Set(near.filter((one) => marked.has(one))).size;
    if (seen > most) [best, most] = [at, seen];
  });
  const between = (at) => text.slice(all[at - 1][1] + all[at - 1][2], all[at][1]);
  const starts = (at) => /\n|[.!?…][\s»)]*\s/.test(between(at));
  let first = best;
  while (first > 0 && best - first < AROUND / 2 && !starts(first)) first--;
  if (first > 0 && !starts(first)) first = best - 6;
  let last = first;
  while (last + 1 < all.length && last - first < AROUND && !(last - best > 8 && /\n/.test(between(last + 1)))) last++;
  if (!all.length) return "";
  const from = first ? all[first][1] : 0;
  const to = last + 1 < all.length ? all[last][1] + all[last][2] : text.length;
  const ended = to === text.length || /^[.!?…»)]*\n/.test(text.slice(to));
  const cut = text.slice(from, ended ? to + text.slice(to).search(/\n|$/) : to).replace(/\s+/g, " ");
  return make("p", {}, from && !starts(first) ? "… " : "", ...withMarks(cut.trim(), marked), ended ? "" : " …");
}

function passages({ url }, { texte, passages: headings }, marked) {
  const held = headings.filter(([at, , title], rank) => {
    const part = texte.slice(at + title.length, headings[rank + 1]?.[0]);
    return [...placed(part)].some(([word]) => marked.has(word));
  });
  const links = held
    .slice(0, 2)
    .flatMap(([, anchor, title], at) => [at ? " · " : "", make("a", { href: `${url}#${anchor}` }, title)]);
  return links.length ? make("p", { className: "mention passages" }, "Passages : ", ...links) : "";
}

function row(text, marked) {
  const [kind, rubrique] = text.facets;
  const mark = make("div", { className: "repere" });
  if (rubrique) mark.append(make("span", { className: "etiquette" }, rubrique));
  if (text.when) mark.append(make("span", { className: "date" }, text.when));
  if (!rubrique) mark.append(make("span", { className: "genre" }, kind));
  const link = make("a", { href: text.url }, ...withMarks(text.title, marked));
  const title = make("h3", { className: "titre-rang" }, link);
  const said = make("div", { className: "teneur" }, title);
  if (text.lang) said.lang = text.lang;
  const fill = async () => {
    const held = await read(text.file);
    said.append(...[excerpt(held.texte, marked), passages(text, held, marked)].filter((part) => part !== ""));
  };
  return { fill, line: make("li", { className: `rangee ${colours.get(rubrique) ?? ""}` }, mark, said) };
}

// Offer what the search can be narrowed to, with how many texts each choice would leave.
function offer(results) {
  const chosen = choices.map((choice) => choice.value);
  choices.forEach((choice, rank) => {
    const counts = new Map();
    for (const { facets } of results) {
      const others = chosen.every((one, at) => at === rank || !one || facets[at] === one);
      const value = facets[rank];
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
  const told = count > 1 ? `${number.format(count)} textes` : count ? "1 texte" : "Aucun texte";
  verdict.replaceChildren(make("b", {}, told), query ? ` pour « ${query} »` : "");
}

const joined = new Intl.ListFormat("fr-CA", { type: "disjunction" });

// Say by which words the texts below were found.
function explain(marked) {
  const held = [...marked].slice(0, 3).map((word) => `« ${word} »`);
  near.hidden = false;
  near.querySelector("p").textContent = `Des textes qui contiennent ${joined.format(held)}.`;
}

let marks = new Set();

// Every text is listed; those further down ask for their excerpts as they come near.
const coming = new Map();
const watch = new IntersectionObserver(
  (seen) => {
    for (const { target } of seen.filter((one) => one.isIntersecting)) {
      watch.unobserve(target);
      coming.get(target)().catch(() => {}); // the title is there without its excerpt
      coming.delete(target);
    }
  },
  { rootMargin: "600px" },
);

async function show() {
  const mine = turn;
  const fresh = found.map((text) => row(text, marks));
  await Promise.all(fresh.slice(0, FIRST).map(({ fill }) => fill()));
  if (mine !== turn) return;
  watch.disconnect();
  coming.clear();
  rows.replaceChildren(...fresh.map(({ line }) => line));
  for (const { fill, line } of fresh.slice(FIRST)) {
    coming.set(line, fill);
    watch.observe(line);
  }
}

async function search() {
  const mine = ++turn;
  const query = field.value.trim();
  const chosen = choices.map((choice) => choice.value);
  const address = new URL(location.pathname, location.origin);
  for (const [name, value] of new FormData(form)) {
    if (value.trim()) address.searchParams.set(name, value.trim());
  }
  history.replaceState(null, "", address);
  try {
    await load();
    const { hits, marked, exact } = words(query).length
      ? await matching(query)
      : { hits: query ? [] : [...texts].reverse(), marked: new Set(), exact: true };
    if (mine !== turn) return;
    offer(hits);
    found = hits.filter(({ facets }) => chosen.every((one, at) => !one || facets[at] === one));
    marks = marked;
    await show();
    if (mine !== turn) return;
    const idle = !query && !chosen.some(Boolean);
    section.hidden = idle || !found.length;
    near.hidden = true;
    section.querySelector("h2").hidden = !exact; // the near ones have a heading of their own
    browse.hidden = !section.hidden; // results take its place: nothing is pushed down
    if (idle) verdict.textContent = "";
    else announce(exact ? found.length : 0, query);
    if (!exact && found.length) explain(marked);
  } catch {
    section.hidden = near.hidden = true;
    browse.hidden = false;
    verdict.textContent = "La recherche n’a pas pu se charger. Réessayez dans un moment.";
  }
}

function recall() {
  const wanted = new URLSearchParams(location.search);
  field.value = wanted.get("q") ?? "";
  for (const choice of choices) {
    const value = wanted.get(choice.name) ?? "";
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
addEventListener("popstate", () => {
  recall();
  search();
});

recall();
document.querySelector(".sans-script").remove();
search();
