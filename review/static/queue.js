// Judges the queue's cards without leaving the page: the judged card goes at once, and the next are there already.
"use strict";
(() => {
  const list = document.querySelector(".cards");
  if (!list) return;
  let line = Promise.resolve();  // what is sent goes one after the other
  let waiting = 0;
  const judged = new Set();

  const renew = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const did = page.querySelector(".did");
    if (did) {
      document.querySelector(".did")?.remove();
      document.querySelector("main").before(document.adoptNode(did));
    }
    for (const card of page.querySelectorAll(".card")) {
      if (!judged.has(card.id) && !document.getElementById(card.id)) list.append(document.adoptNode(card));
    }
    document.querySelector("[data-left]").textContent = page.querySelector("[data-left]")?.textContent || "";
    document.querySelector(".empty").hidden = list.childElementCount > 0 || waiting > 1;
    if (!list.querySelector(".selected")) document.dispatchEvent(new Event("judged"));
  };

  const giveBack = (card, form) => {  // the reviewer sees which one it was, and the next attempt shows the server's answer
    judged.delete(card.id);
    form.dataset.plainly = "";
    card.querySelector("[role=alert]")?.remove();
    const word = document.createElement("p");
    word.className = "warn";
    word.setAttribute("role", "alert");
    word.textContent = list.dataset.refused;
    card.prepend(word);
    list.prepend(card);
    document.querySelector(".empty").hidden = true;
    document.dispatchEvent(new Event("judged"));
  };

  const send = async (card, form, body) => {
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
      if (!answer.ok || !new URL(answer.url).pathname.startsWith("/queue")) throw new Error(String(answer.status));
      renew(await answer.text());
    } catch {
      giveBack(card, form);
    } finally {
      waiting -= 1;
    }
  };

  const judge = (form, submitter) => {
    const card = form.closest(".card");
    const body = new URLSearchParams(new FormData(form, submitter));
    judged.add(card.id);
    card.remove();
    document.dispatchEvent(new Event("judged"));
    waiting += 1;
    line = line.then(() => send(card, form, body));
  };

  const warn = (card) => {
    const box = card.querySelector("[data-draft]");
    const hint = document.getElementById(box.getAttribute("aria-describedby"));
    hint.textContent = hint.dataset.waits;
    hint.className = "warn";
    hint.setAttribute("role", "alert");
    box.focus();
  };

  const isHeld = (form) => {  // a note that was typed and not saved would go with its card
    const card = form.closest(".card");
    if (!sessionStorage.getItem(`draft:${form.getAttribute("action")}`)) return false;
    if (card.querySelector("[data-draft]")) warn(card);
    else {
      document.addEventListener("unfolded", () => warn(card), { once: true });
      card.querySelector("[data-part]").dispatchEvent(new CustomEvent("part", { bubbles: true, detail: "note" }));
    }
    return true;
  };

  const leave = (form, submitter) => {  // everything sent before is stored first
    line.then(() => {
      // taking back means what was done last, which the answer on the way may yet name
      const now = form.classList.contains("undo") ? document.querySelector("form.undo") || form : form;
      if (submitter?.name) {
        const field = Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value });
        now.append(field);
      }
      now.submit();
    });
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    const reason = form.querySelector('input[name="reason"]');
    if (form.dataset.deed === "reject" && !event.submitter?.value && !reason.value.trim()) {
      event.preventDefault();
      reason.focus();
      return;
    }
    event.preventDefault();
    const quick = form.closest(".cards") && ["confirm", "reject"].includes(form.dataset.deed) && !("plainly" in form.dataset);
    if (quick && isHeld(form)) return;
    (quick ? judge : leave)(form, event.submitter);
  });

  document.addEventListener("undo", (event) => {
    if (!waiting) return;
    event.preventDefault();
    line.then(() => document.querySelector("form.undo")?.submit());
  });

  list.addEventListener("part", async (event) => {  // correct, merge, split, note: as on the incident's own page
    const card = event.target.closest(".card");
    const answer = await fetch(card.querySelector("[data-open]").href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById(event.detail);
    const place = card.querySelector("[data-part]");
    place.replaceChildren();
    if (!part) return;
    part.removeAttribute("id");
    if (part.tagName === "DETAILS") part.open = true;
    for (const back of part.querySelectorAll('input[name="back"]')) back.value = list.dataset.back;
    place.append(document.adoptNode(part));
    place.dispatchEvent(new Event("unfolded", { bubbles: true }));
    place.querySelector("a[href], input:not([type=hidden]), select, textarea, button")?.focus();
    place.scrollIntoView({ block: "nearest" });
  });

  addEventListener("beforeunload", (event) => {
    if (waiting) event.preventDefault();
  });
})();
