// The stem of a French word, by the Snowball algorithm (https://snowballstem.org/algorithms/french/stemmer.html),
// without its step for elisions: a word is given in lower case and without an apostrophe.

const VOWELS = "aeiouyàâèéêëîïôùû"; // the capitals that stand for a u, an i or a y are none
const vowel = (letter) => letter !== undefined && VOWELS.includes(letter);
const consonant = (letter) => letter !== undefined && !VOWELS.includes(letter);
const byLength = (words) => words.split(" ").sort((a, b) => b.length - a.length);

const SHOWN = { He: "ë", Hi: "ï", H: "", I: "i", U: "u", Y: "y" };

const STANDARD = new Map(
  Object.entries({
    noun: "iqUe iqUes ance ances able ables isme ismes iste istes eux",
    ation: "atrice atrices ation ations ateur ateurs",
    logie: "logie logies",
    ution: "usion usions ution utions",
    ence: "ence ences",
    ement: "ement ements",
    ite: "ité ités",
    ive: "if ifs ive ives",
    eaux: "eaux",
    aux: "aux",
    oux: "oux",
    euse: "euse euses",
    issement: "issement issements",
    amment: "amment",
    emment: "emment",
    ment: "ment ments",
  }).flatMap(([kind, suffixes]) => suffixes.split(" ").map((suffix) => [suffix, kind])),
);
const STANDARD_SUFFIXES = byLength([...STANDARD.keys()].join(" "));
const BEFORE_EMENT = byLength("iv eus abl iqU ièr Ièr");
const I_VERBS = byLength(
  "i ie ies ir ira irai iraIent irais irait iras irent irez iriez irions irons iront is issaIent " +
    "issais issait issant issante issantes issants isse issent isses issez issiez issions issons it " +
    "îmes ît îtes",
);
const VERBS = new Map([
  ["ions", "ions"],
  ..."é ée ées és era erai eraIent erais erait eras erez eriez erions erons eront er èrent ez iez eais"
    .split(" ")
    .map((suffix) => [suffix, "whole"]),
  ..."a aIent ai ait ant ante antes ants as asse assent asses assiez assions âmes ât âtes"
    .split(" ")
    .map((suffix) => [suffix, "a"]),
  ...["aise", "aises", "ais"].map((suffix) => [suffix, "ais"]),
]);
const VERB_SUFFIXES = byLength([...VERBS.keys()].join(" "));
const RESIDUAL = byLength("ion ier ière Ier Ière e");

// Write in capitals the letters that are no vowels here: « jouer » is « joUer », « naïf », « naHif ».
function hidden(word) {
  const letters = [...word];
  for (let at = 0; at < letters.length; at++) {
    const next = letters[at + 1];
    if (letters[at] === "ë") letters.splice(at, 1, "H", "e");
    else if (letters[at] === "ï") letters.splice(at, 1, "H", "i");
    else if (letters[at] === "q" && next === "u") letters[at + 1] = "U";
    else if (vowel(letters[at])) {
      if ((next === "u" || next === "i") && vowel(letters[at + 2])) letters[at + 1] = next.toUpperCase();
      else if (next === "y") letters[at + 1] = "Y";
      if (letters[at] === "y" && vowel(letters[at + 1])) letters[at] = "Y";
    }
  }
  return letters.join("");
}

// Where the regions RV, R1 and R2 of a word start.
function regions(word) {
  let rv = word.length;
  if (/^(?:col|par|tap)/.test(word) || (vowel(word[0]) && vowel(word[1]) && word.length > 2)) rv = 3;
  else if (word.startsWith("ni") && vowel(word[2])) rv = 3;
  else for (let at = 1; at < word.length && rv === word.length; at++) if (vowel(word[at])) rv = at + 1;
  const after = (start) => {
    let at = start;
    while (at < word.length && !vowel(word[at])) at++;
    while (at < word.length && vowel(word[at])) at++;
    return Math.min(at + 1, word.length);
  };
  const r1 = after(0);
  return { rv, r1, r2: after(r1) };
}

export function stem(given) {
  let word = hidden(given);
  const { rv, r1, r2 } = regions(word);
  const longest = (suffixes, from = 0) =>
    suffixes.find((suffix) => word.endsWith(suffix) && word.length - suffix.length >= from);
  const cut = (suffix, instead = "") => (word = word.slice(0, word.length - suffix.length) + instead);
  const start = (suffix) => word.length - suffix.length;
  const cutIn = (region, suffix, otherwise) => {
    if (!word.endsWith(suffix)) return false;
    if (start(suffix) >= region) cut(suffix);
    else if (otherwise !== undefined) cut(suffix, otherwise);
    else return false;
    return true;
  };

  function standard() {
    const suffix = longest(STANDARD_SUFFIXES);
    if (suffix === undefined) return false;
    const at = start(suffix);
    const [inRV, inR1, inR2] = [at >= rv, at >= r1, at >= r2];
    switch (STANDARD.get(suffix)) {
      case "noun":
        return inR2 && Boolean(cut(suffix) || true);
      case "ation":
        if (!inR2) return false;
        cut(suffix);
        cutIn(r2, "ic", "iqU");
        return true;
      case "logie":
        return inR2 && Boolean(cut(suffix, "log"));
      case "ution":
        return inR2 && Boolean(cut(suffix, "u"));
      case "ence":
        return inR2 && Boolean(cut(suffix, "ent"));
      case "ement": {
        if (!inRV) return false;
        cut(suffix);
        const before = longest(BEFORE_EMENT);
        if (before === "iv") {
          if (cutIn(r2, "iv")) cutIn(r2, "at");
        } else if (before === "eus") {
          if (!cutIn(r2, "eus") && start("eus") >= r1) cut("eus", "eux");
        } else if (before === "abl" || before === "iqU") cutIn(r2, before);
        else if (before && start(before) >= rv) cut(before, "i");
        return true;
      }
      case "ite":
        if (!inR2) return false;
        cut(suffix);
        cutIn(r2, "abil", "abl") || cutIn(r2, "ic", "iqU") || cutIn(r2, "iv");
        return true;
      case "ive":
        if (!inR2) return false;
        cut(suffix);
        if (cutIn(r2, "at")) cutIn(r2, "ic", "iqU");
        return true;
      case "eaux":
        cut(suffix, "eau");
        return true;
      case "aux":
        return inR1 && Boolean(cut(suffix, "al"));
      case "oux":
        return "bhjlnp".includes(word[at - 1] ?? " ") && Boolean(cut(suffix, "ou"));
      case "euse":
        if (!inR2 && !inR1) return false;
        cut(suffix, inR2 ? "" : "eux");
        return true;
      case "issement":
        return inR1 && consonant(word[at - 1]) && Boolean(cut(suffix));
      // These go on to the suffixes of verbs.
      case "amment":
        if (inRV) cut(suffix, "ant");
        return false;
      case "emment":
        if (inRV) cut(suffix, "ent");
        return false;
      default:
        if (vowel(word[at - 1]) && at - 1 >= rv) cut(suffix);
        return false;
    }
  }

  function verbInI() {
    const suffix = longest(I_VERBS, rv);
    if (suffix === undefined) return false;
    const at = start(suffix);
    if (at <= rv || word[at - 1] === "H" || !consonant(word[at - 1])) return false;
    cut(suffix);
    return true;
  }

  function verb() {
    const suffix = longest(VERB_SUFFIXES, rv);
    if (suffix === undefined) return false;
    const at = start(suffix);
    const before = word.slice(0, at);
    switch (VERBS.get(suffix)) {
      case "ions":
        if (at < r2) return false;
        break;
      case "a":
        if (before.endsWith("e") && at - 1 >= rv) {
          cut(`e${suffix}`);
          return true;
        }
        break;
      case "ais":
        if (/^.al$|épl$|auv$/.test(before)) return false;
    }
    cut(suffix);
    return true;
  }

  function residual() {
    if (/(?:Hi|[^aiosuè])s$/.test(word)) cut("s");
    const suffix = longest(RESIDUAL, rv);
    if (suffix === undefined) return;
    const at = start(suffix);
    if (suffix === "ion") {
      if (at >= r2 && at > rv && /[st]/.test(word[at - 1])) cut(suffix);
    } else cut(suffix, suffix === "e" ? "" : "i");
  }

  if (standard() || verbInI() || verb()) word = word.replace(/Y$/, "i").replace(/ç$/, "c");
  else residual();
  return word
    .replace(/(ell|eill|enn|onn|ett)$/, (double) => double.slice(0, -1))
    .replace(new RegExp(`[éè]([^${VOWELS}]+)$`), "e$1")
    .replace(/He|Hi|H|I|U|Y/g, (sign) => SHOWN[sign]);
}
