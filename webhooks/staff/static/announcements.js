// Shows an announcement as a patron will see it, while it is written. Without this the page shows it when it is saved.
"use strict";

(() => {
  const form = document.getElementById("announcement");
  const preview = document.getElementById("preview");
  let waiting = 0;
  let asked = 0;

  async function show() {
    const mine = ++asked;
    const picture = preview.querySelector("img");
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
      if (!answer.ok || mine !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const shown = page.querySelector(".phone-message");
      if (!shown) return;
      if (picture) shown.querySelector(".phone-band").after(picture);
      preview.replaceChildren(shown);
    } catch {
      // The connection is gone: what was shown last stays, and saving tells.
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 250);
  });
})();
