// Moves through lists and judges by keyboard: j, k, o, c, 1 to 6, r, e, m, s, n, t, u and /; Ctrl+Enter sends a form, and a note's draft is kept until it is stored.
"use strict";
(() => {
  const url = new URL(location.href);
  const draftOf = (form) => `draft:${form.getAttribute("action")}`;
  if (url.searchParams.has("did")) {  // a message is shown once
    if (url.searchParams.get("did") === "note") sessionStorage.removeItem(`draft:/incident/${url.searchParams.get("of")}/judge`);
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
    const button = root?.querySelector(selector);
    if (button) button.form.requestSubmit(button);
  };
  const open = () => current()?.querySelector("[data-open]")?.click();
  const unfold = (name) => {  // on an incident's page the part is there; a card fetches it
    const part = document.getElementById(name);
    if (!part) return current()?.querySelector("[data-part]")?.dispatchEvent(new CustomEvent("part", { bubbles: true, detail: name }));
    if (part.tagName === "DETAILS") part.open = true;
    part.scrollIntoView({ block: "nearest" });
    part.querySelector("a[href], input:not([type=hidden]), select, textarea, button")?.focus();
  };
  const restore = () => {
    for (const box of document.querySelectorAll("[data-draft]")) {
      const kept = sessionStorage.getItem(draftOf(box.form));
      if (!kept || box.value) continue;
      box.value = kept;
      box.closest("details").open = true;
    }
  };
  const deeds = {
    j: () => select(at + 1),
    k: () => select(at - 1),
    o: open,
    c: () => press('[data-deed="confirm"] button', current()),
    r: () => current()?.querySelector('[data-deed="reject"] input[name="reason"]')?.focus(),
    e: () => (document.getElementById("correct") || current()?.querySelector("[data-part]") ? unfold("correct") : open()),
    m: () => unfold("near"),
    s: () => unfold("split"),
    n: () => unfold("note"),
    t: () => {
      const others = current()?.querySelector("[data-others]");
      if (others) others.open = !others.open;
    },
    u: () => document.dispatchEvent(new Event("undo", { cancelable: true })) && press("form.undo button", document),
    "/": () => document.getElementById("q").focus(),
  };
  // Arabic keyboards: the letters that lie on the same keys, and their digits.
  const arabic = {
    "ت": "j", "ن": "k", "خ": "o", "ؤ": "c", "ق": "r", "ث": "e", "ة": "m", "س": "s", "ى": "n", "ف": "t", "ع": "u", "ظ": "/",
  };
  const digitOf = (key) => {
    const digit = "٠١٢٣٤٥٦٧٨٩".indexOf(key);
    return digit < 0 ? key : String(digit);
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form?.method === "post") {
      event.preventDefault();
      if (!event.repeat) event.target.form.requestSubmit(event.target.form.querySelector("button"));
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") document.activeElement?.blur();
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const digit = digitOf(event.key);
    const deed = /^[1-9]$/.test(digit)
      ? () => press(`[data-deed="reject"] [data-digit="${digit}"]`, current())
      : deeds[arabic[event.key] || event.key];
    if (deed && !event.repeat) {
      event.preventDefault();
      deed();
    } else if (deed && "jk".includes(arabic[event.key] || event.key)) {
      deed();  // held down, only moving goes on
    }
  });
  document.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-draft]")) return;
    if (target.value.trim()) sessionStorage.setItem(draftOf(target.form), target.value);
    else sessionStorage.removeItem(draftOf(target.form));
  });
  document.addEventListener("unfolded", restore);
  restore();
  document.addEventListener("judged", () => select(at));  // the next card has taken the judged one's place
  if (document.querySelector(".cards")) select(0);
})();
