// The account of a sending, kept up to date while it goes on. « Actualiser » does the same.

const place = document.getElementById("compte");
const PAUSE = 1500; // ms

function goesOn() {
  return place.firstElementChild?.dataset.avance === "1";
}

async function look() {
  try {
    const answer = await fetch(place.dataset.compte);
    if (!answer.ok) throw new Error(answer.status);
    const html = await answer.text();
    const held = place.contains(document.activeElement) ? document.activeElement.textContent : "";
    place.innerHTML = html;
    if (held) [...place.querySelectorAll("button, a")].find((one) => one.textContent === held)?.focus();
  } catch {
    // The atelier does not answer: what is shown stays, and the sending goes on without it.
  }
  if (goesOn()) setTimeout(look, PAUSE);
}

if (goesOn()) setTimeout(look, PAUSE);
