// Keeps the page of an announcement current while it goes out. Without this the page loads itself anew.
"use strict";

(() => {
  const EVERY = 2000;

  async function look() {
    let standing = document.getElementById("standing");
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("standing");
      // Who has a button in hand keeps it: it is said what it did when it was pressed too late.
      if (fresh && !standing.contains(document.activeElement)) {
        standing.replaceWith(fresh);
        standing = fresh;
      }
    } catch {
      // The connection is gone for a moment.
    }
    if ("running" in standing.dataset) setTimeout(look, EVERY);
  }

  setTimeout(look, EVERY);
})();
