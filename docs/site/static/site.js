// What the theme leaves to be said to those who use a keyboard or a screen reader.
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll(".highlight pre, .table-wrapper")) box.tabIndex = 0;
  for (const caption of document.querySelectorAll(".caption[role=heading]")) caption.ariaLevel = "2";
  for (const head of document.querySelectorAll("th"))
    if (!head.textContent.trim()) head.setAttribute("role", "cell");
  for (const [place, name] of [
    [".sidebar-drawer", "All pages"],
    [".toc-drawer", "On this page"],
  ])
    document.querySelector(place)?.setAttribute("aria-label", name);
});
