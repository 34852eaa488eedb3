// What a text's screen gains with a script: it warns before leaving what is not saved.
const form = document.getElementById("texte");
let before = new URLSearchParams(new FormData(form)).toString();
form.addEventListener("submit", () => { before = null; });
addEventListener("beforeunload", (event) => {
  if (before !== null && before !== new URLSearchParams(new FormData(form)).toString()) event.preventDefault();
});
