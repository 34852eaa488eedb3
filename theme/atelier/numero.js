// The articles of a numéro dragged into their order; the arrows do the same without a script.

const form = document.getElementById("numero");
const list = document.querySelector(".sommaire");
const order = () => [...list.children].map((item) => item.dataset.article).join(" ");

if (list && list.children.length > 1) {
  const before = order();
  let held = null;
  document.querySelector(".glisser").hidden = false;
  for (const item of list.children) item.draggable = true;
  list.addEventListener("dragstart", (event) => {
    held = event.target.closest("li");
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!held || !over || over.className !== held.className) return; // rubriques keep their order
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    if (over !== held) list.insertBefore(held, event.clientY < top + height / 2 ? over : over.nextSibling);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    held = null;
    if (order() === before) return;
    form.elements.sommaire.value = order();
    form.submit();
  });
}
