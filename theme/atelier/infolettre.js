// What the screen of a letter gains with a script: what is ticked goes in the letter at once, the
// order can be dragged, and the line of the mailbox follows what is typed. texte.js does the rest.

const form = document.getElementById("texte");
const order = document.getElementById("sections");

// The subject and the preheader as a phone shows them.
for (const [name, place] of [["objet", ".boite .objet"], ["preentete", ".boite .avant"]]) {
  form.elements[name]?.addEventListener("input", (event) => {
    document.querySelector(place).textContent = event.target.value;
  });
}

// What the letter carries now, whoever changed it.
form.addEventListener("dit", ({ detail: { portes, ordre, manque } }) => {
  if (!portes) return;
  document.getElementById("manque").textContent = manque;
  form.elements.portes.value = portes.join(" ");
  for (const box of form.querySelectorAll("input[type=checkbox]")) {
    box.checked = portes.includes(box.name.slice("contenu:".length));
  }
  document.getElementById("combien").textContent = portes.length > 1 ? `${portes.length} textes choisis` : `${portes.length} texte choisi`;
  order.innerHTML = ordre;
  ready();
});

let held = null;

function ready() {
  for (const item of order.querySelectorAll("li")) item.draggable = true;
}

document.querySelector(".glisser").hidden = false;
ready();
order.addEventListener("dragstart", (event) => {
  held = event.target.closest("li");
  event.dataTransfer.effectAllowed = "move";
});
order.addEventListener("dragover", (event) => {
  const over = event.target.closest("li");
  if (!held || !over) return;
  event.preventDefault();
  const { top, height } = over.getBoundingClientRect();
  if (over !== held) over.parentElement.insertBefore(held, event.clientY < top + height / 2 ? over : over.nextSibling);
});
order.addEventListener("drop", (event) => event.preventDefault());
order.addEventListener("dragend", () => {
  const before = held?.previousElementSibling;
  const beside = before ?? held?.nextElementSibling;
  if (beside) {
    form.elements.deplace.value = held.dataset.texte;
    form.elements.voisin.value = `${before ? "apres" : "avant"}:${beside.dataset.texte}`;
    form.requestSubmit();
  }
  held = null;
});
