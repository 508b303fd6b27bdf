// Makes the desk quicker; every page works without it. Keys press the buttons that stand on the page.
"use strict";
(() => {
  const rows = [...document.querySelectorAll("[data-row]")];
  const dialog = document.getElementById("tombol");
  let at = -1;

  const mark = (next) => {
    if (!rows.length) return;
    rows[at]?.classList.remove("here");
    at = Math.max(0, Math.min(rows.length - 1, next));
    rows[at].classList.add("here");
    const link = rows[at].querySelector("h3 a");
    link?.focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
  };
  rows.forEach((row, index) => row.addEventListener("focusin", () => { if (at !== index) { rows[at]?.classList.remove("here"); at = index; row.classList.add("here"); } }));

  // where a press on a row leads back to it, the keys go on from there
  const target = rows.findIndex((row) => row.matches(":target"));
  if (target >= 0) mark(target);

  const press = (key) => {
    const inRow = rows[at]?.querySelector(`[data-key="${key}"]`);
    const onPage = document.querySelector(`.said [data-key="${key}"], .bar [data-key="${key}"], .own [data-key="${key}"]`);
    const button = key === "Z" ? onPage : inRow ?? onPage;
    button?.click();
    return Boolean(button);
  };
  const help = () => { if (dialog && !dialog.open) dialog.showModal(); };
  const focus = (selector) => { const field = document.querySelector(selector); field?.focus(); return Boolean(field); };

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
    if (event.key === "Escape" && field && !field.matches("dialog")) { field.blur(); return; }
    if (field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const done = (() => {
      switch (event.key) {
        case "j": case "J": mark(at + 1); return rows.length > 0;
        case "k": case "K": mark(at - 1); return rows.length > 0;
        case "Enter": if (at >= 0 && event.target === document.body) { rows[at].querySelector("h3 a")?.click(); return true; } return false;
        case "?": help(); return true;
        case "/": return focus("input[type=search]");
        case "n": case "N": return focus("[data-note]");
        case "a": case "A": return focus("#alasan");
        case "u": case "U": { const back = document.querySelector("[data-back]"); back?.click(); return Boolean(back); }
        default: return /^[a-z]$/i.test(event.key) && press(event.key.toUpperCase());
      }
    })();
    if (done) event.preventDefault();
  });
  document.querySelectorAll("[data-help]").forEach((button) => { button.hidden = false; button.addEventListener("click", help); });

  // One decision, one press: a second press while the first is on its way would hit the next case.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "1";
  });
  addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));

  // A note survives a reload of this tab.
  const note = document.querySelector("[data-note]");
  if (note) {
    const name = `catatan:${location.pathname}`;
    const fit = () => { note.style.height = "auto"; note.style.height = `${Math.min(note.scrollHeight + 2, 160)}px`; };
    note.value ||= sessionStorage.getItem(name) ?? "";
    note.addEventListener("input", () => { sessionStorage.setItem(name, note.value); fit(); });
    note.form.addEventListener("submit", () => sessionStorage.removeItem(name));
    if (note.value) fit();
  }

  // A part that is not done yet is asked for again while it is looked at, once more when it is done, and not for ever.
  const again = (id, seconds, left) => left && setTimeout(async () => {
    let more = left - 1;
    const part = document.getElementById(id);
    if (!document.hidden && !part.contains(document.activeElement)) {
      const answer = await fetch(location.href).catch(() => undefined);
      const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : undefined;
      const fresh = page?.getElementById(id);
      if (fresh) {
        part.replaceWith(fresh);
        if (!fresh.dataset.again) more = Math.min(more, 1);
      }
    }
    again(id, seconds, more);
  }, 1000 * seconds);
  const waiting = document.querySelector("[data-again]");
  if (waiting) again(waiting.id, waiting.dataset.again, 150);

  // Live numbers while the page is looked at.
  const address = document.body.dataset.live;
  if (!address || !("EventSource" in window)) return;
  let stream;
  const watch = () => {
    if (document.hidden) { stream?.close(); stream = undefined; return; }
    if (stream) return;
    stream = new EventSource(address);
    stream.addEventListener("numbers", (event) => {
      const numbers = JSON.parse(event.data);
      document.querySelectorAll("[data-n]").forEach((place) => {
        const now = numbers[place.dataset.n];
        if (now !== undefined && place.textContent !== now) place.textContent = now;
      });
    });
  };
  document.addEventListener("visibilitychange", watch);
  addEventListener("pagehide", () => stream?.close());
  watch();
})();
