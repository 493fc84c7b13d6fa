// Small helps where there is JavaScript; every page works without it.
"use strict";

// Warn before leaving a page of questions with choices that are not saved.
document.querySelectorAll("form[data-guard]").forEach(function (form) {
  var changed = false;
  form.addEventListener("change", function () { changed = true; });
  form.addEventListener("submit", function () { changed = false; });
  window.addEventListener("beforeunload", function (event) {
    if (changed) { event.preventDefault(); }
  });
});

// A second click on a button sends nothing twice.
document.querySelectorAll("form[method=post]").forEach(function (form) {
  var sent = false;
  form.addEventListener("submit", function (event) {
    if (event.defaultPrevented) { return; }
    if (sent) { event.preventDefault(); }
    sent = true;
    window.setTimeout(function () { sent = false; }, 5000);
  });
});

// Whoever signs out at a shared computer leaves nothing behind in its browser.
document.querySelectorAll("form[data-leave]").forEach(function (form) {
  form.addEventListener("submit", function () {
    try { sessionStorage.clear(); } catch (error) { /* nothing is kept where nothing may be */ }
  });
});

// Bring an error summary into view, and to the screen reader.
var problems = document.getElementById("problems");
if (problems) { problems.focus(); }

// A link to something inside a closed part opens that part first.
function openTarget() {
  if (!location.hash) { return; }
  var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  var folded = target && target.closest("details");
  if (folded && !folded.open) { folded.open = true; target.scrollIntoView(); }
}
window.addEventListener("hashchange", openTarget);
openTarget();

// One click selects the whole link to keep.
document.querySelectorAll("input.link").forEach(function (input) {
  input.addEventListener("focus", function () { input.select(); });
});

// Typing from paper: Enter goes on to the next field, and from the last one to the button.
document.querySelectorAll("form[data-keys]").forEach(function (form) {
  var stops = Array.from(form.querySelectorAll("input[type=text], button[value=enter]"));
  form.addEventListener("keydown", function (event) {
    var place = stops.indexOf(event.target);
    if (event.key !== "Enter" || event.isComposing || event.target.type !== "text") { return; }
    event.preventDefault();
    stops[place + 1].focus();
    if (stops[place + 1].select) { stops[place + 1].select(); }
  });
});
