// Moves through lists and judges by keyboard: j, k, e, c, r, u and /.
"use strict";
(() => {
  const url = new URL(location.href);
  if (url.searchParams.has("did")) {  // a message is shown once
    for (const name of ["did", "review", "of"]) url.searchParams.delete(name);
    history.replaceState(null, "", url);
  }
  const items = () => [...document.querySelectorAll("[data-key-item]")];
  let at = -1;

  const select = (index) => {
    const all = items();
    if (!all.length) return;
    at = Math.max(0, Math.min(index, all.length - 1));
    for (const one of all) one.classList.remove("selected");
    all[at].classList.add("selected");
    all[at].scrollIntoView({ block: all[at].offsetHeight > innerHeight ? "start" : "nearest" });
    const link = all[at].querySelector("[data-open]");
    (link || all[at]).focus({ preventScroll: true });
  };
  const current = () => items()[at] || (items().length === 1 ? items()[0] : null);
  const press = (selector, root) => {
    const form = (root || document).querySelector(selector);
    if (form) form.requestSubmit(form.querySelector("button"));
  };
  const reject = () => {
    const box = current()?.querySelector('[data-deed="reject"]');
    if (box) box.querySelector("select").focus();
  };
  const deeds = {
    j: () => select(at + 1),
    k: () => select(at - 1),
    e: () => current()?.querySelector("[data-open]")?.click(),
    c: () => current() && press('[data-deed="confirm"]', current()),
    r: reject,
    u: () => press("form.undo"),
    "/": () => document.getElementById("q").focus(),
  };
  // Arabic keyboards: the letters that lie on the same keys.
  const arabic = { "ت": "j", "ن": "k", "ث": "e", "ؤ": "c", "ق": "r", "ع": "u", "ظ": "/" };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") document.activeElement?.blur();
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const deed = deeds[arabic[event.key] || event.key];
    if (deed) {
      event.preventDefault();
      deed();
    }
  });
  if (document.querySelector(".cards")) select(0);
})();
