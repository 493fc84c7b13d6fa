// Answers changed to try: the outcome follows each choice; without JavaScript the button shows it.
"use strict";

(function () {
  const form = document.querySelector(".levers-form");
  if (!form || !window.AbortController) { return; }
  const told = form.querySelector("[role=status]"), words = form.dataset;
  let running = null;

  // Only what is changed stands in the address, as the server would have it.
  function address() {
    const changed = new URLSearchParams();
    new FormData(form).forEach(function (value, name) { if (value) { changed.append(name, value); } });
    const query = changed.toString();
    return form.getAttribute("action") + (query ? "?" + query : "");
  }

  async function follow() {
    if (running) { running.abort(); }
    const mine = running = new AbortController(), here = address();
    told.textContent = words.waiting;
    try {
      const response = await fetch(here, { signal: mine.signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const outcome = page.getElementById("outcome");
      if (!response.ok || !outcome) { throw new Error("no outcome"); }
      document.getElementById("outcome").replaceWith(outcome);
      history.replaceState(null, "", here);
      told.textContent = outcome.querySelector("#said").textContent;
    } catch (error) {
      if (!mine.signal.aborted) { told.textContent = words.unreachable; }
    }
  }

  form.addEventListener("change", function (event) {
    event.target.closest(".field").classList.toggle("changed", Boolean(event.target.value));
    follow();
  });
})();
