// What is near: a postal code, a town or the position of the device, compared here with the place of
// each centre. The data is one file of the site; what is typed goes nowhere: the address keeps it
// after a « # », which browsers send to nobody.

const SHOWN = 10; // results at once
const form = document.querySelector(".pres");
const place = form.elements.lieu;
const filters = ["public", "specialite"].map((name) => form.elements[name]).filter(Boolean);
const here = form.querySelector(".ici button");
const section = document.getElementById("axe_trouves");
const verdict = section.querySelector("[role=status]");
const list = section.querySelector("ol");
const more = section.querySelector(".suite button");
const number = (digits) => new Intl.NumberFormat("fr-CA", { maximumSignificantDigits: digits });

let asked; // the promise of the data
let own = null; // the position that the device gave
let shown = SHOWN;

function read() {
  asked ??= fetch(form.dataset.annuaire).then((got) => (got.ok ? got.json() : Promise.reject(got.status)));
  asked.catch(() => (asked = undefined)); // whoever's network comes back may try again
  return asked;
}

// --- distances -------------------------------------------------------------------------------------

const RADIUS = 6378137; // of WGS 84 at the equator, in metres
const FLAT = 1 / 298.257223563;
const radians = (degrees) => (degrees * Math.PI) / 180;

// Lambert's formula for long lines, as axtra/content/model/places.py does it: metres.
function distance([latitude, longitude], [otherLatitude, otherLongitude]) {
  const reduced = (degrees) => Math.atan((1 - FLAT) * Math.tan(radians(degrees)));
  const [first, second] = [reduced(latitude), reduced(otherLatitude)];
  const turn = radians(otherLongitude - longitude);
  const half =
    Math.sin((second - first) / 2) ** 2 + Math.cos(first) * Math.cos(second) * Math.sin(turn / 2) ** 2;
  const angle = 2 * Math.asin(Math.min(1, Math.sqrt(half)));
  if (!(angle > 0 && angle < Math.PI)) return RADIUS * angle;
  const [middle, apart] = [(first + second) / 2, (second - first) / 2];
  const x = (angle - Math.sin(angle)) * ((Math.sin(middle) * Math.cos(apart)) / Math.cos(angle / 2)) ** 2;
  const y = (angle + Math.sin(angle)) * ((Math.cos(middle) * Math.sin(apart)) / Math.sin(angle / 2)) ** 2;
  return RADIUS * (angle - (FLAT / 2) * (x + y));
}

function inWords(metres, near) {
  if (near && metres < 1000) return "moins de 1\u00a0km"; // the point stands for a whole area
  const words = metres < 1000 ? `${number(2).format(metres)}\u00a0m` : `${number(3).format(metres / 1000)}\u00a0km`;
  return near ? `environ ${words}` : words;
}

// --- where somebody is -----------------------------------------------------------------------------

const folded = (text) =>
  text
    .toLowerCase()
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/œ/g, "oe")
    .replace(/\bste?\b/g, (short) => (short === "st" ? "saint" : "sainte"))
    .replace(/[^a-z0-9]+/g, " ")
    .trim();

// Returns { at, region, near, name }, or what to say instead.
function locate(data, typed) {
  const code = typed.toUpperCase().replace(/[^A-Z0-9]/g, "");
  if (/^[A-Z]\d[A-Z](\d[A-Z]\d)?$/.test(code)) {
    const zone = data.zones[code.slice(0, 3)];
    if (!zone) {
      return /^[GHJ]/.test(code)
        ? "Cette zone postale n’est pas connue ici : essayez le nom de votre ville."
        : "Ce code postal n’est pas du Québec.";
    }
    const [region, ...at] = zone;
    return { at, region, near: code[1] === "0", name: `${code.slice(0, 3)}` };
  }
  const wanted = folded(typed);
  const named = data.lieux.filter(([name]) => folded(name) === wanted);
  const towns = named.length ? named : data.lieux.filter(([name]) => wanted.length > 2 && folded(name).startsWith(wanted));
  if (!towns.length) return "Ce lieu n’est pas connu ici : essayez un code postal, ou une ville voisine.";
  const [name, region, ...at] = towns[0];
  return { at, region, near: true, name: `${name}, ${data.regions[region]}` };
}

// --- results ---------------------------------------------------------------------------------------

function chosen(data) {
  return data.centres.filter((centre) =>
    filters.every((filter) => {
      const rank = filter.selectedIndex - 1;
      return rank < 0 || centre[filter.name === "public" ? 7 : 6].includes(rank);
    }),
  );
}

// From a rural area, whose point may be far from its people, the centres of its region come first.
function ranked(centres, from) {
  const measured = centres.map((centre) => ({
    centre,
    metres: centre[4] === null ? Infinity : distance(from.at, [centre[4], centre[5]]),
    away: from.rural && centre[3] !== from.region ? 1 : 0,
  }));
  return measured.sort((a, b) => a.away - b.away || a.metres - b.metres || a.centre[1].localeCompare(b.centre[1], "fr"));
}

function row({ centre, metres }, data, from) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = `/trouver/centres/${centre[0]}/`;
  link.textContent = centre[1];
  const words = document.createElement("p");
  const where = [centre[2], data.regions[centre[3]]].filter((word, at, all) => word && all.indexOf(word) === at);
  if (from) {
    const far = document.createElement("b");
    far.textContent = Number.isFinite(metres) ? inWords(metres, from.near) : "distance inconnue";
    if (Number.isFinite(metres)) far.dataset.metres = Math.round(metres);
    words.append(far, " · ");
  }
  words.append(where.join(", "));
  item.append(link, words);
  return item;
}

async function show() {
  const typed = place.value.trim();
  const filtered = filters.some((filter) => filter.value);
  if (!typed && !own && !filtered) {
    section.hidden = true;
    return;
  }
  let data;
  try {
    data = await read();
  } catch {
    section.hidden = false;
    list.replaceChildren();
    verdict.textContent = "La liste ne s’est pas chargée. Vérifiez votre connexion, puis recommencez.";
    return;
  }
  let from = null;
  if (typed) {
    from = locate(data, typed);
    if (typeof from !== "string") from.rural = from.near && /^[A-Z]0/i.test(typed);
  } else if (own) {
    from = { at: own, near: false, name: "votre position" };
  }
  section.hidden = false;
  if (typeof from === "string") {
    list.replaceChildren();
    more.hidden = true;
    verdict.textContent = from;
    return;
  }
  const all = chosen(data);
  const found = from ? ranked(all, from) : all.map((centre) => ({ centre, metres: Infinity }));
  list.replaceChildren(...found.slice(0, shown).map((line) => row(line, data, from)));
  more.hidden = found.length <= shown;
  verdict.textContent = said(found, from, data);
}

function said(found, from, data) {
  if (!found.length) return "Aucun centre ne répond à ces choix.";
  const count = found.length === 1 ? "1 centre" : `${number(21).format(found.length)} centres`;
  if (!from) return `${count}.`;
  const first = found[0];
  const nearest = Number.isFinite(first.metres) ? ` Le premier est à ${inWords(first.metres, from.near)}.` : "";
  const order = from.rural
    ? ` Votre zone postale est rurale et vaste : ceux de la région d’abord (${data.regions[from.region]}), et des distances approchées.`
    : "";
  return `${count}, à vol d’oiseau depuis ${from.name}.${nearest}${order}`;
}

// --- the address, and what people do ---------------------------------------------------------------

function remember() {
  const kept = new URLSearchParams();
  if (place.value.trim()) kept.set("lieu", place.value.trim());
  for (const filter of filters) if (filter.value) kept.set(filter.name, filter.value);
  history.replaceState(null, "", `${location.pathname}${kept.size ? `#${kept}` : ""}`);
}

function restore() {
  const kept = new URLSearchParams(location.hash.slice(1));
  if (kept.has("lieu")) place.value = kept.get("lieu");
  for (const filter of filters) if (kept.has(filter.name)) filter.value = kept.get(filter.name);
  if (kept.has("lieu") || filters.some((filter) => filter.value)) show();
}

function ask() {
  shown = SHOWN;
  remember();
  return show();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  own = null;
  ask();
});
for (const filter of filters) filter.addEventListener("change", ask);
more.addEventListener("click", async () => {
  const at = shown;
  shown += SHOWN;
  await show();
  list.children[at]?.querySelector("a").focus();
});
if ("geolocation" in navigator) {
  here.hidden = false;
  here.addEventListener("click", () => {
    here.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        here.disabled = false;
        own = [coords.latitude, coords.longitude];
        place.value = "";
        ask();
      },
      () => {
        here.disabled = false;
        section.hidden = false;
        verdict.textContent = "Votre appareil n’a pas donné sa position : écrivez un code postal ou une ville.";
      },
      { maximumAge: 300000, timeout: 20000 },
    );
  });
}
window.addEventListener("hashchange", restore);
restore();
