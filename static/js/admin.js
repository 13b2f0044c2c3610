"use strict";

// The boxes that find rows while somebody types have no name for screen readers while they are
// empty: give each the name of its label.
{
  const nameBoxes = (root) => {
    for (const select of root.querySelectorAll("select.admin-autocomplete")) {
      const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
      const box = select.nextElementSibling;
      if (!label || !box || !box.classList.contains("select2")) continue;
      label.id ||= `${select.id}_label`;
      for (const part of box.querySelectorAll('[role="combobox"], [role="textbox"], [role="searchbox"]')) {
        const value = part.getAttribute("role") === "combobox" ? box.querySelector('[role="textbox"]') : null;
        part.setAttribute("aria-labelledby", value ? `${label.id} ${value.id}` : label.id);
      }
    }
  };

  // jQuery runs these in order: by then Django has made the boxes.
  const $ = window.django?.jQuery;
  $?.(() => {
    nameBoxes(document);
    $(document).on("select2:open", (event) => {
      const label = document.getElementById(`${event.target.id}_label`);
      const search = document.querySelector(".select2-container--open .select2-search__field");
      if (label && search) search.setAttribute("aria-labelledby", label.id);
    });
  });
  document.addEventListener("formset:added", (event) => nameBoxes(event.target));
}
