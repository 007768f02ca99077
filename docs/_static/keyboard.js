// What scrolls sideways is reached by keyboard; captions of the menu say their level.
addEventListener("DOMContentLoaded", () => {
  for (const each of document.querySelectorAll("pre, .table-wrapper, .formula"))
    each.tabIndex = 0;
  for (const each of document.querySelectorAll(".caption[role=heading]"))
    each.setAttribute("aria-level", "2");
});
