/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the page, each of which shows one side of a pool. */

import { sizingChart } from "./chart.js";
import { byId, element, keyed, setAttribute, setText } from "./dom.js";
import { clock, codeLine, count, millis, number, rate, sentence, shortTime, thread, time, words } from "./text.js";

/** From when on a connection that is held and not used is worth a word. */
const IDLE_HOLD = 2000;
const MOST_SLOTS = 300;

const STATES = {
  healthy: "Healthy",
  busy: "Callers wait",
  saturated: "Saturated",
  down: "Database down",
  suspended: "Suspended",
};

/** At a glance: what a traffic light would show. */
export function stateOf(pool) {
  const { figures, diagnosis } = pool;
  if (pool.suspension !== null) {
    return "suspended";
  }
  if (diagnosis.verdict === "DATABASE_DOWN") {
    return "down";
  }
  if (diagnosis.verdict !== "HEALTHY" || figures.waiting > 0) {
    const limit = limitOf(figures);
    return limit !== null && figures.checkedOut >= limit ? "saturated" : "busy";
  }
  return "healthy";
}

export function limitOf(figures) {
  return figures.poolSize === 0 || figures.maxOverflow < 0 ? null : figures.poolSize + figures.maxOverflow;
}

function inUse(figures) {
  return Math.max(0, figures.checkedOut - figures.opening);
}

export function showVerdict(name, pool) {
  const state = stateOf(pool);
  setText(byId("pool-kind"), [pool.poolClass, pool.username === null ? null : `${pool.username} @`, pool.url].filter((part) => part !== null).join(" · ").replace("@ · ", "@ "));
  setText(byId("pool-name"), name);
  const shown = byId("state");
  setText(shown, STATES[state]);
  setAttribute(shown, "data-state", state);
  setAttribute(document.documentElement, "data-state", state);
  const healthy = pool.diagnosis.verdict === "HEALTHY";
  setText(byId("evidence"), healthy ? calm(pool) : pool.diagnosis.evidence);
  setText(byId("advice"), healthy ? "" : pool.diagnosis.advice);
  setText(byId("announcement"), `${name}: ${STATES[state]}${healthy ? "" : `, ${words(pool.diagnosis.verdict)}`}`);
  const hints = hintsOf(pool);
  byId("hints").hidden = hints.length === 0;
  keyed(byId("hints"), hints, (hint) => hint.key, () => element("li"), (item, hint) => setText(item, hint.text));
}

function calm({ figures }) {
  const limit = limitOf(figures);
  return `Nobody waits: ${inUse(figures)} of ${limit === null ? "any number of" : limit} connections in use.`;
}

/** What is no trouble yet. */
function hintsOf(pool) {
  const hints = [];
  const quiet = pool.slots.filter((slot) => slot.activity === "QUIET" && millis(slot.unchangedFor) >= IDLE_HOLD);
  if (quiet.length > 0 && pool.diagnosis.verdict !== "LEAK" && pool.diagnosis.verdict !== "IDLE_IN_TRANSACTION") {
    const worst = quiet.reduce((a, b) => (millis(a.unchangedFor) >= millis(b.unchangedFor) ? a : b));
    const where = worst.place === null ? "" : `, ${worst.traced ? "borrowed at" : "its thread now at"} ${codeLine(worst.place)}`;
    hints.push({ key: "quiet", text: `${count(quiet.length, "connection is", "connections are")} held without being used, #${worst.connection} for ${shortTime(millis(worst.unchangedFor))}${where}.` });
  }
  const totals = [
    ["lost", pool.figures.lost, "connection was dropped without being closed", "connections were dropped without being closed"],
    ["leftOpen", pool.figures.leftOpen, "connection came back with a transaction open", "connections came back with a transaction open"],
    ["deadlocks", pool.figures.deadlocks, "deadlock of nested checkouts was resolved", "deadlocks of nested checkouts were resolved"],
  ];
  for (const [key, total, one, many] of totals) {
    if (total > 0) {
      hints.push({ key, text: `${count(total, one, many)} since the start.` });
    }
  }
  return hints;
}

export function showChooser(pools, chosen, choose) {
  const chooser = byId("chooser");
  const names = Object.keys(pools);
  chooser.hidden = names.length < 2;
  keyed(
    chooser,
    names,
    (name) => name,
    (name) => {
      const button = element("button", { type: "button" }, element("span", { class: "dot", "aria-hidden": "true" }), element("span"), element("span", { class: "visually-hidden" }));
      button.addEventListener("click", () => choose(name));
      return button;
    },
    (button, name) => {
      const state = stateOf(pools[name]);
      setAttribute(button, "aria-current", name === chosen ? "true" : null);
      setAttribute(button, "data-state", state);
      setText(button.children[1], name);
      setText(button.children[2], `, ${STATES[state]}`);
    },
  );
}

export function showFigures(pool, sample) {
  const { figures } = pool;
  const limit = limitOf(figures);
  const tiles = [
    { name: "In use", value: number(inUse(figures)), more: limit === null ? "no limit" : `of ${number(limit)}` },
    { name: "Idle", value: number(figures.idle), more: `of ${figures.poolSize === 0 ? "any number" : number(figures.poolSize)} kept` },
    { name: "Overflow", value: number(Math.max(0, figures.overflow)), more: figures.maxOverflow < 0 ? "no limit" : `of ${number(figures.maxOverflow)}` },
    { name: "Waiting", value: number(figures.waiting), more: sample?.waits === undefined ? "p99 –" : `p99 ${time(millis(sample.waits.p99))}`, look: figures.waiting > 0 ? "warn" : null },
    { name: "Checkouts", value: rate(sample?.checkouts ?? null), more: "per second" },
    { name: "Timeouts", value: number(figures.timeouts), more: "since the start", look: sample?.timeouts > 0 ? "bad" : null },
    { name: "Failed openings", value: number(figures.openFailures), more: `of ${number(figures.opened + figures.openFailures)}`, look: sample?.openFailures > 0 ? "bad" : null },
  ];
  keyed(
    byId("figures"),
    tiles,
    (tile) => tile.name,
    (tile) => element("div", { class: "figure" }, element("dt", {}, tile.name), element("dd", {}, element("b"), element("span"))),
    (node, tile) => {
      setAttribute(node, "data-look", tile.look ?? null);
      setText(node.querySelector("b"), tile.value);
      setText(node.querySelector("span"), tile.more);
    },
  );
}

function lookOf(slot) {
  switch (slot.state) {
    case "IN_USE":
      return slot.activity === "WAITING" || (slot.activity === "QUIET" && millis(slot.unchangedFor) >= IDLE_HOLD) ? "quiet" : "busy";
    case "RETURNING":
      return "busy";
    case "IDLE":
      return "idle";
    case "VACANT":
      return "empty";
    default:
      return "opening";
  }
}

function doing(slot) {
  switch (slot.state) {
    case "IN_USE":
      return slot.activity === null ? "in use" : { CALLING: "calling", QUIET: slot.inTransaction ? "in tx" : "quiet", WAITING: "nested", RETURNING: "returning" }[slot.activity];
    case "ATTENDED":
      return "checked";
    default:
      return words(slot.state);
  }
}

let opened = null;

/** Whether it is worth it to stop those who hold connections for a moment and see where they are. */
export function linesMatter(pool) {
  return opened !== null || stateOf(pool) !== "healthy" || pool.slots.some((slot) => slot.thread !== null && millis(slot.unchangedFor) >= IDLE_HOLD);
}

/** Those that are there, those being opened, and room for more up to the limit. */
function strip(pool) {
  const { figures } = pool;
  const slots = [...pool.slots];
  const known = new Set(slots.map((slot) => slot.connection));
  for (const opening of pool.report.openings) {
    if (!known.has(opening.connection)) {
      slots.push({ connection: opening.connection, state: "OPENING", age: opening.age, sql: null, thread: null, activity: null });
    }
  }
  slots.sort((a, b) => a.connection - b.connection);
  const limit = limitOf(figures);
  const cells = slots.map((slot, i) => ({ slot, overflow: figures.poolSize > 0 && i >= figures.poolSize }));
  for (let i = cells.length; limit !== null && i < limit && i < MOST_SLOTS; i++) {
    cells.push({ slot: null, key: `empty-${i}`, overflow: i >= figures.poolSize });
  }
  return cells;
}

export function showSlots(pool) {
  const cells = strip(pool);
  const shown = cells.slice(0, MOST_SLOTS);
  const open = cells.filter((cell) => cell.slot !== null && cell.slot.state !== "VACANT" && cell.slot.state !== "OPENING").length;
  setText(byId("slots-summary"), `${count(open, "connection")} open${cells.length > shown.length ? `, ${cells.length - shown.length} slots not shown` : ""}`);
  keyed(
    byId("slots"),
    shown,
    (cell) => (cell.slot === null ? cell.key : cell.slot.connection),
    (cell) => {
      if (cell.slot === null) {
        return element("li", { class: "slot", "data-look": "empty" }, element("span", { class: "visually-hidden" }, "not opened"));
      }
      const button = element("button", { type: "button", "aria-expanded": "false", "aria-controls": "slot" }, element("b"), element("span", { class: "slot-doing" }), element("span", { class: "slot-time" }));
      const { connection } = cell.slot;
      button.addEventListener("click", () => {
        opened = opened === connection ? null : connection;
        showSlots(pool);
      });
      return element("li", { class: "slot" }, button);
    },
    (item, { slot, overflow }) => {
      setAttribute(item, "data-overflow", overflow ? "true" : null);
      if (slot !== null) {
        const button = item.firstElementChild;
        setAttribute(item, "data-look", lookOf(slot));
        setAttribute(button, "aria-expanded", String(opened === slot.connection));
        setText(button.children[0], `#${slot.connection}`);
        setText(button.children[1], doing(slot));
        setText(button.children[2], slot.state === "VACANT" ? "" : shortTime(millis(slot.state === "IN_USE" ? slot.heldFor : slot.age)));
        setAttribute(button, "title", slot.sql);
      }
    },
  );
  showSlot(shown.map((cell) => cell.slot).find((slot) => slot !== null && slot.connection === opened));
}

function showSlot(slot) {
  const detail = byId("slot");
  detail.hidden = slot === undefined;
  if (slot === undefined) {
    opened = null;
    return;
  }
  const rows = [
    ["Slot", `#${slot.connection}, ${words(slot.state)}${slot.activity === null || slot.activity === undefined ? "" : `, ${words(slot.activity)}`}${slot.inTransaction ? ", transaction open" : ""}`],
    ["Connection opened", slot.state === "VACANT" ? "–" : `${time(millis(slot.age))} ago`],
    ["Holder", slot.thread === null || slot.thread === undefined ? "nobody" : `${thread(slot.thread)}, for ${time(millis(slot.heldFor))}, unchanged for ${time(millis(slot.unchangedFor))}`],
    [slot.traced === false ? "Its thread is at" : "Borrowed at", slot.place ?? "–", "code"],
    ["Last SQL", slot.sql ?? "–", "code"],
  ];
  if (detail.firstElementChild === null) {
    detail.append(element("dl"));
  }
  keyed(
    detail.firstElementChild,
    rows,
    (row) => rows.indexOf(row),
    (row) => element("div", {}, element("dt"), element("dd", { class: row[2] === "code" ? "code" : null })),
    (node, row) => {
      setText(node.children[0], row[0]);
      setText(node.children[1], row[1]);
    },
  );
}

/** A table whose cells can be stacked on a narrow screen without losing what they are. */
function table(parent, { label, columns, rows, key, empty }) {
  if (parent.firstElementChild === null) {
    parent.append(
      element("p", { class: "none" }, empty),
      element("table", { "aria-label": label, role: "table" },
        element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...columns.map((column) => element("th", { role: "columnheader", scope: "col", class: column.look }, column.name)))),
        element("tbody", { role: "rowgroup" })));
  }
  const [none, whole] = parent.children;
  none.hidden = rows.length > 0;
  whole.hidden = rows.length === 0;
  keyed(
    whole.tBodies[0],
    rows,
    key,
    () => element("tr", { role: "row" }, ...columns.map((column) => element("td", { role: "cell", class: column.look, "data-label": column.name }))),
    (row, item) => columns.forEach((column, i) => {
      setText(row.cells[i], column.value(item));
      setAttribute(row.cells[i], "title", column.title?.(item) ?? null);
      if (column.mark !== undefined) {
        setAttribute(row.cells[i], "data-mark", column.mark(item));
      }
    }),
  );
}

export function showHolders(pool) {
  const holders = pool.report.holders.map((holder) => ({ ...holder, slot: pool.slots.find((slot) => slot.connection === holder.connection) }));
  setText(byId("holders-summary"), holders.length === 0 ? "" : `${number(holders.length)}, the longest first`);
  table(byId("holders"), {
    label: "Who holds connections",
    empty: "Nobody holds a connection.",
    rows: holders.slice(0, 100),
    key: (holder) => holder.connection,
    columns: [
      { name: "Slot", look: "narrow", value: (holder) => `#${holder.connection}` },
      { name: "Thread", look: "roomy", value: (holder) => thread(holder.thread) },
      {
        name: "Doing",
        look: "roomy",
        value: (holder) => words(holder.activity) + (holder.inTransaction ? ", transaction open" : ""),
        mark: (holder) => (holder.activity === "WAITING" || (holder.activity === "QUIET" && millis(holder.unchangedFor) >= IDLE_HOLD) ? "warn" : null),
      },
      { name: "Held", look: "number", value: (holder) => shortTime(millis(holder.heldFor)) },
      { name: "Unchanged", look: "number", value: (holder) => shortTime(millis(holder.unchangedFor)) },
      { name: "SQL", look: "code", value: (holder) => holder.sql ?? "–" },
      {
        name: "Line of code",
        look: "code",
        value: (holder) => (holder.slot?.place == null ? "–" : `${codeLine(holder.slot.place)}${holder.slot.traced ? "" : ", now"}`),
        title: (holder) => (holder.slot?.place == null ? null : `${holder.slot.traced ? "borrowed at" : "its thread is now at"} ${holder.slot.place}`),
      },
    ],
  });
}

export function showWaiters(pool) {
  const { waiters, waiting } = pool.report;
  setText(byId("waiters-summary"), waiting === 0 ? "" : `${number(waiting)}, the longest first${waiting > waiters.length ? `; ${waiters.length} shown` : ""}`);
  table(byId("waiters"), {
    label: "Who waits",
    empty: "Nobody waits.",
    rows: waiters,
    key: (waiter) => waiter.thread.id,
    columns: [
      { name: "Thread", value: (waiter) => thread(waiter.thread) },
      { name: "Waiting", look: "number", value: (waiter) => shortTime(millis(waiter.waiting)) },
      { name: "For", value: (waiter) => (waiter.attended ? "a connection that is being opened" : "a connection to come back") },
    ],
  });
}

export function showSizing(pool, load) {
  const demand = load?.demand ?? null;
  const place = byId("sizing");
  if (demand === null) {
    setText(byId("sizing-summary"), "");
    setText(byId("sizing-advice"), "Not enough is lent at present to tell what another size would mean.");
    place.replaceChildren();
    return;
  }
  const limit = limitOf(pool.figures);
  const target = millis(load.target);
  const seconds = millis(demand.window) / 1000;
  setText(byId("sizing-summary"), `from the last ${Math.round(seconds)} s: ${rate(demand.checkouts / seconds)} checkouts/s, held for ${time(millis(demand.meanHold))} on average`);
  setText(byId("sizing-advice"), sizingAdvice(load.enough, limit, target, pool.figures.waiting > 0));
  const forecasts = load.forecasts.map((forecast) => ({ connections: forecast.connections, wait: millis(forecast.p99Wait) }));
  place.replaceChildren(sizingChart(forecasts, { limit, enough: load.enough, target, format: time }));
}

function sizingAdvice(enough, limit, target, queueing) {
  const reached = `keep the wait of 99 of 100 callers within ${time(target)}`;
  if (enough === null) {
    return `No number of connections would ${reached}: hold them for a shorter time.`;
  }
  if (limit === null) {
    return `${count(enough, "connection")} would ${reached}.`;
  }
  if (enough > limit) {
    const seen = queueing ? " As callers queue, more is asked for than can be seen: look again after that." : "";
    return `Raise pool_size and max_overflow to ${enough} together, from ${limit}, to ${reached}.${seen}`;
  }
  return queueing
    ? `On average over that time, ${enough} of the ${limit} connections would ${reached}; the callers that queue now are a burst, or wait for connections that are held for longer than usual.`
    : `${enough} of the ${limit} connections ${reached}.`;
}

const SERIOUS = new Set(["OPEN_FAILED", "OPEN_ABANDONED", "TIMED_OUT", "DEADLOCK", "CIRCUIT_OPENED", "LOST", "HELD_TOO_LONG", "INVALIDATED"]);
const GOOD = new Set(["OPENED", "CIRCUIT_CLOSED", "RESUMED", "CAME_BACK"]);

function weight(kind) {
  return SERIOUS.has(kind) ? "bad" : GOOD.has(kind) ? "good" : "plain";
}

export function showEvents(pool) {
  const events = [...pool.report.history].reverse();
  setText(byId("events-summary"), events.length === 0 ? "none yet" : "the latest first");
  keyed(
    byId("events"),
    events,
    (event) => event.number,
    (event) => {
      const at = new Date(event.time);
      return element("li", { "data-weight": weight(event.kind) },
        element("time", { datetime: event.time, title: at.toLocaleString("en-GB") }, clock(at)),
        element("p", {},
          element("b", {}, sentence(event.kind)),
          event.connection === 0 ? "" : ` #${event.connection}`,
          event.detail === null ? "" : element("span", { class: "event-detail" }, ` ${/^[A-Z_]+$/.test(event.detail) ? words(event.detail) : event.detail}`),
          element("span", { class: "event-thread" }, ` ${event.thread}`)));
    },
    () => {},
  );
}

/** What Java's greatest int stands for. */
const MOST = 2_147_483_647;

function settingValue(value) {
  if (value === null || value === undefined) {
    return "–";
  }
  if (/^pt-/i.test(value)) {
    return "off";
  }
  if (value === MOST) {
    return "no limit";
  }
  if (typeof value === "string" && /^-?pt?[\dtdhms.]+$/i.test(value)) {
    return time(millis(value));
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function showSettings(pool, all) {
  const settings = Object.entries(pool.settings)
    .filter(([, setting]) => all || setting.origin !== "default")
    .map(([name, setting]) => ({ name, ...setting }));
  table(byId("settings"), {
    label: "Settings",
    empty: "Every setting has its default.",
    rows: settings,
    key: (setting) => setting.name,
    columns: [
      { name: "Setting", look: "code", value: (setting) => setting.name },
      { name: "Value", look: "code strong", value: (setting) => settingValue(setting.value) },
      { name: "Comes from", value: (setting) => setting.origin },
    ],
  });
}
