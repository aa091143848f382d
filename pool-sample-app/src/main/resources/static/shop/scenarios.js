/* SPDX-License-Identifier: Apache-2.0 */

const BUSY_MILLIS = 500;
const IDLE_MILLIS = 2000;
const GOING_ON = ["RUNNING", "STOPPING"];
const TONES = { HEALTHY: "good", FINISHED: "good", STOPPED: "good", FAILED: "bad", DATABASE_DOWN: "bad", LEAK: "bad" };

const cards = new Map(
  [...document.querySelectorAll("[data-scenario]")].map((card) => [card.dataset.scenario, card]));
const trouble = document.getElementById("trouble");
const announcement = document.getElementById("announcement");
const pools = document.getElementById("pools");
let timer;
let announced = "";

const part = (card, name) => card.querySelector(`[data-part="${name}"]`);

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) {
    made.className = className;
  }
  return made;
}

async function ask(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) {
    const details = (body.errors ?? []).map((error) => `${error.field} ${error.message}`);
    throw new Error([body.detail ?? response.statusText, ...details].join(" "));
  }
  return body;
}

function complain(error) {
  trouble.textContent = error.message;
  trouble.hidden = false;
}

function badge(name) {
  const made = element("span", name.toLowerCase().replaceAll("_", " "), "state");
  made.dataset.tone = TONES[name] ?? "warn";
  return made;
}

function figureTexts(figures, prefix = "") {
  return Object.entries(figures).flatMap(([name, value]) =>
    typeof value === "object" ? figureTexts(value, `${prefix}${name} `) : [`${prefix}${name} ${value}`]);
}

function showScenario({ name, run }) {
  const card = cards.get(name);
  if (!card || !run) {
    return;
  }
  const goesOn = GOING_ON.includes(run.state);
  card.dataset.state = run.state;
  part(card, "state").hidden = false;
  part(card, "state").textContent = run.state.toLowerCase();
  part(card, "state").dataset.tone = TONES[run.state] ?? "warn";
  part(card, "run").hidden = false;
  part(card, "progress").value = run.progress;
  part(card, "progress").textContent = `${run.progress} %`;
  part(card, "figures").textContent = figureTexts(run.figures).join(" · ");
  part(card, "notes").replaceChildren(...run.notes.map((note) => element("li", note.text)));
  part(card, "stop").hidden = !goesOn;
  part(card, "stop").disabled = run.state === "STOPPING";
  card.querySelector("[type=submit]").disabled = goesOn;
}

function showPool([name, { diagnosis, figures }]) {
  const item = document.createElement("li");
  const head = element("div", "", "head");
  head.append(element("strong", `Pool ${name}`), badge(diagnosis.verdict));
  item.append(
    head,
    element("p", `${figures.checkedOut} in use, ${figures.idle} idle, ${figures.waiting} waiting`, "figures"),
    element("p", diagnosis.evidence),
    element("p", diagnosis.advice, "soft"));
  return item;
}

function announce(present) {
  const text = Object.entries(present).map(([name, pool]) => `Pool ${name}: ${pool.diagnosis.verdict}`).join(". ");
  if (text !== announced) {
    announced = text;
    announcement.textContent = text.toLowerCase().replaceAll("_", " ");
  }
}

async function refresh() {
  clearTimeout(timer);
  let goesOn = false;
  try {
    const [scenarios, present] = await Promise.all([ask("scenarios"), ask("actuator/pools")]);
    scenarios.forEach(showScenario);
    pools.replaceChildren(...Object.entries(present).map(showPool));
    announce(present);
    goesOn = scenarios.some(({ run }) => run && GOING_ON.includes(run.state));
  } catch (error) {
    complain(new Error(`The application does not answer: ${error.message}`));
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, goesOn ? BUSY_MILLIS : IDLE_MILLIS);
}

async function request(path, options) {
  trouble.hidden = true;
  try {
    await ask(path, options);
  } catch (error) {
    complain(error);
  }
  await refresh();
}

for (const [name, card] of cards) {
  const form = card.querySelector("form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    request(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  });
  part(card, "stop").addEventListener("click", (event) => {
    event.target.closest("button").disabled = true;
    request(`scenarios/${name}`, { method: "DELETE" });
  });
}
refresh();
