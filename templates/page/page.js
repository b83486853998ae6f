/* Everything works without this. With it: values are copied by a button, the
   page is printed by one, and a look under way tells of each port at once. */
"use strict";

function say(button, word) {
  if (button.said)
    return;
  const before = [...button.childNodes];
  button.said = true;
  button.replaceChildren(word);
  setTimeout(() => { button.replaceChildren(...before); button.said = false; }, 2000);
}

function copyBySelection(text) {
  const box = document.createElement("textarea");
  box.value = text;
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
}

async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
    say(button, "Copied");
  } catch (refused) {
    say(button, copyBySelection(text) ? "Copied" : "Not copied");
    button.focus();
  }
}

/* {"row", "step", "done", "total"}: one line of the table. What a step is called
   stands in the page. */
function show(news) {
  const row = document.getElementById(news.row);
  const step = document.querySelector(`#steps [data-step="${CSS.escape(news.step)}"]`);
  if (row && step) {
    row.querySelector(".state").className = "state is-" + step.dataset.kind;
    row.querySelector("use").setAttribute("href", "#icon-" + step.dataset.icon);
    row.querySelector(".word").textContent = step.textContent;
  }
  for (const part of ["done", "total"]) {
    const element = document.getElementById(part);
    if (element)
      element.textContent = news[part];
  }
  if (!row)
    location.reload();
}

/* Where events do not come, the page is loaded again as without script. */
function follow(address) {
  const events = new EventSource(address);
  const again = () => { events.close(); location.reload(); };
  events.addEventListener("port", (e) => show(JSON.parse(e.data)));
  events.addEventListener("done", again);
  events.onerror = () => { events.close(); setTimeout(again, 2000); };
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
const working = document.querySelector("[data-events]");
if (working)
  follow(working.dataset.events);
