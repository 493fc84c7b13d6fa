// Pages of questions save themselves a moment after an answer changes; without JavaScript their buttons save them.
"use strict";

(function () {
  const form = document.querySelector("form[data-saving]");
  if (!form || !window.AbortSignal || !AbortSignal.timeout) { return; }
  const PAUSE = 700, PATIENCE = 15000, LONGEST_WAIT = 60000;
  const words = form.dataset, fields = form.elements;
  const shown = form.querySelector(".saving"), told = form.querySelector("[role=status]");
  const place = "unsent " + form.getAttribute("action");
  let known = words.unsent ? {} : current();  // what the server has, as far as this page knows
  // What was sent without an answer may have arrived, so it goes again, unchanged, before anything newer.
  let unsure = null;
  let running = null, timer = 0, wait = 0;

  function current() {
    const all = Object.fromEntries(new FormData(form));
    ["csrf_token", "revision", "owner"].forEach(function (name) { delete all[name]; });
    return all;
  }

  function differs(answers) {
    return Object.keys(answers).some(function (name) { return answers[name] !== (known[name] || ""); });
  }

  function isUnsent() { return Boolean(unsure) || differs(current()); }

  // Everybody sees every state; only one that lasts is read out.
  function say(sentence, lasts, isTrouble) {
    shown.textContent = sentence;
    shown.classList.toggle("trouble", Boolean(isTrouble));
    if (lasts && told.textContent !== sentence) { told.textContent = sentence; }
  }

  // While something could not be sent it outlives a reload, in this tab only; it is gone as soon as the server answers.
  function keep(isNeeded) {
    try {
      if (!isNeeded) { sessionStorage.removeItem(place); return; }
      const kept = { owner: fields.owner.value, revision: fields.revision.value, answers: current(), unsure: unsure };
      sessionStorage.setItem(place, JSON.stringify(kept));
    } catch (error) { /* the browser keeps nothing: the page itself still does */ }
  }

  function restore() {
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(place)); } catch (error) { /* nothing that can be read */ }
    if (!kept) { return; }
    if (kept.owner !== fields.owner.value) { keep(false); return; }
    Object.keys(kept.answers).forEach(function (name) { if (fields[name]) { fields[name].value = kept.answers[name]; } });
    unsure = kept.unsure;
    if (!isUnsent()) { keep(false); return; }
    fields.revision.value = kept.revision;
    send();  // it is kept until the server has answered: this page, too, may be left before that
  }

  // One request. Gives back what the server says, {answers} that are stored or a {sentence}; null when it says nothing.
  async function exchange(action) {
    if (!navigator.onLine) { return null; }
    const sent = unsure || { revision: fields.revision.value, answers: current() };
    if (differs(sent.answers)) { unsure = sent; }
    const own = { revision: sent.revision, csrf_token: fields.csrf_token.value, owner: fields.owner.value, action: action };
    try {
      const response = await fetch(form.getAttribute("action"), {
        method: "POST", body: new URLSearchParams({ ...sent.answers, ...own }), headers: { Accept: "application/json" },
        redirect: "manual", keepalive: true, signal: AbortSignal.timeout(PATIENCE)
      });
      const reply = await response.json().catch(function () { return {}; });
      if (response.status >= 500 || (response.ok && !reply.answers)) { return null; }
      unsure = null;
      if (!response.ok && reply.answers && isContested(reply.answers)) { delete reply.answers; }
      return reply;
    } catch (error) { return null; }
  }

  // Whether another tab has changed an answer that this page has otherwise; what only this page changed is no conflict.
  function isContested(stored) {
    const now = current();
    return Object.keys(stored).some(function (name) {
      return now[name] && now[name] !== stored[name] && stored[name] !== known[name];
    });
  }

  function take(reply) {
    known = reply.answers;
    fields.revision.value = reply.revision;
    // What another tab saved meanwhile is shown here too, unless this page has an answer of its own.
    const now = current();
    Object.keys(known).forEach(function (name) { if (fields[name] && !now[name]) { fields[name].value = known[name]; } });
  }

  // Until nothing is left to send; a few times at most, whatever the server says.
  async function exchanges(action) {
    let reply, left = 5;
    do {
      reply = await exchange(action);
      if (reply && reply.answers) { take(reply); }
      left -= 1;
    } while (left && reply && reply.answers && isUnsent());
    conclude(reply);
    return reply;
  }

  function conclude(reply) {
    keep(!reply && isUnsent());
    if (reply) {
      wait = 0;
      if (!isUnsent()) { say(words.saved, true); } else { say(reply.sentence || words.refused, true, true); }
    } else {
      wait = Math.min(2 * wait + 2000, LONGEST_WAIT);
      schedule(wait);
      say(navigator.onLine ? words.unreachable : words.offline, true, true);
    }
  }

  function schedule(delay) {
    window.clearTimeout(timer);
    timer = window.setTimeout(send, delay);
  }

  // Requests never overtake each other: whoever comes while one is under way waits for it.
  function send(action) {
    window.clearTimeout(timer);
    if (words.confirm) { return Promise.resolve(null); }  // answers of last time count once a button has confirmed them
    const before = running || Promise.resolve();
    const mine = before.then(function () {
      return action || wait || isUnsent() ? exchanges(action || "") : null;
    }).finally(function () { if (running === mine) { running = null; } });
    running = mine;
    return mine;
  }

  form.addEventListener("change", function () {
    say(isUnsent() ? words.waiting : words.saved, false);
    if (wait) { keep(true); }
    schedule(PAUSE);
  });

  // A Save button sends first and leaves the page afterwards, so that an answer from nowhere cannot take the page's place.
  let isLeaving = false, isPressed = false;
  form.addEventListener("submit", async function (event) {
    if (isLeaving) { return; }
    event.preventDefault();
    if (isPressed) { return; }
    isPressed = true;
    delete words.confirm;
    told.textContent = "";
    const reply = await send(event.submitter ? event.submitter.value : "next");
    isPressed = false;
    if (!reply) { return; }
    isLeaving = true;
    if (reply.next) { location.assign(reply.next); } else { form.requestSubmit(event.submitter); }
  });

  window.addEventListener("beforeunload", function (event) {
    if (!isLeaving && isUnsent()) { event.preventDefault(); }
  });
  window.addEventListener("pageshow", function () { isLeaving = false; });
  window.addEventListener("online", function () { send(); });
  document.addEventListener("visibilitychange", function () { if (document.hidden) { send(); } });
  restore();
})();
