// The buttons that copy the words of a network; without a script, they are selected by hand.

const said = document.getElementById("copie");

for (const button of document.querySelectorAll("[data-copier]")) {
  const field = document.getElementById(button.dataset.copier);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "Copié.";
      button.firstChild.textContent = "Copié";
    } catch {
      said.textContent = "Le texte est choisi : copiez-le au clavier.";
    }
  });
}
