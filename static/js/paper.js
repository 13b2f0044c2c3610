// Typing cards in: Enter saves a card, Shift Enter makes a new line in it.

for (const form of document.querySelectorAll("[data-enter-saves]")) {
  const box = form.querySelector("textarea");
  form.querySelector("#keys").hidden = false;
  box.addEventListener("keydown", (event) => {
    // While an input method composes a letter, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
}
