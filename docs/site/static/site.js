// What scrolls aside can be reached by keyboard.
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll(".highlight pre, .table-wrapper")) box.tabIndex = 0;
});
