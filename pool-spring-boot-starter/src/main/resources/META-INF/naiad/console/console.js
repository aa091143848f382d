/* SPDX-License-Identifier: Apache-2.0 */
/* The console: asks, remembers the last minutes, and shows them. */

import { Actions } from "./actions.js";
import { TimeChart } from "./chart.js";
import { byId, fact, setAttribute, setText } from "./dom.js";
import { limitOf, linesMatter, showChooser, showEvents, showFigures, showHolders, showSettings, showSizing, showSlots, showVerdict, showWaiters } from "./panels.js";
import { Source } from "./source.js";
import { clock, millis, rate, time } from "./text.js";

const SHORTEST = 60_000;
const LONGEST = 15 * SHORTEST;

function percentiles(title, of) {
  const line = (name, look) => ({ name, look, kind: "line", value: (sample) => millis(of(sample)?.[name]) });
  return { title, unit: "last 10 s", least: 1, format: time, series: [line("p50", "a"), line("p95", "c"), line("p99", "b")] };
}

const CHARTS = [
  {
    title: "Connections",
    unit: "",
    least: 1,
    format: rate,
    limits: (sample) => (sample.limit === null ? [] : [{ value: sample.limit, name: `limit ${sample.limit}` }]),
    series: [
      { name: "in use", look: "a", kind: "stack", value: (sample) => sample.inUse },
      { name: "idle", look: "soft", kind: "stack", value: (sample) => sample.idle },
      { name: "overflow", look: "b", kind: "line", value: (sample) => sample.overflow },
    ],
  },
  {
    title: "Waiting callers",
    unit: "",
    least: 1,
    format: rate,
    series: [{ name: "waiting", look: "b", kind: "area", value: (sample) => sample.waiting }],
  },
  {
    title: "Checkouts",
    unit: "per second",
    least: 1,
    format: rate,
    series: [{ name: "checkouts", look: "a", kind: "area", value: (sample) => sample.checkouts }],
  },
  percentiles("Wait for a connection", (sample) => sample.waits),
  percentiles("Connection held for", (sample) => sample.holds),
  {
    title: "Openings and failures",
    unit: "per second",
    least: 1,
    format: rate,
    series: [
      { name: "opened", look: "a", kind: "line", value: (sample) => sample.opened },
      { name: "failed", look: "b", kind: "line", value: (sample) => sample.openFailures },
      { name: "timeouts", look: "d", kind: "line", value: (sample) => sample.timeouts },
    ],
  },
];

/** The last minutes of one pool, and the totals they are worked out from. */
class Memory {
  samples = [];
  #last = null;

  add(pool, load, at) {
    const { figures } = pool;
    const before = this.#last;
    this.#last = { at, figures };
    const seconds = before === null ? 0 : (at - before.at) / 1000;
    const perSecond = (total) => {
      const more = seconds > 0 && seconds < 10 ? total(figures) - total(before.figures) : -1;
      return more < 0 ? null : more / seconds; // the application may have started anew
    };
    this.samples.push({
      at,
      limit: limitOf(figures),
      inUse: Math.max(0, figures.checkedOut - figures.opening),
      idle: figures.idle,
      overflow: Math.max(0, figures.overflow),
      waiting: figures.waiting,
      checkouts: perSecond((of) => of.checkouts),
      opened: perSecond((of) => of.opened),
      openFailures: perSecond((of) => of.openFailures),
      timeouts: perSecond((of) => of.timeouts),
      waits: load?.waits,
      holds: load?.holds,
    });
    while (at - this.samples[0].at > LONGEST) {
      this.samples.shift();
    }
  }
}

class Console {
  #source;
  #actions;
  #charts;
  #memories = new Map();
  #pools = {};
  #chosen = decodeURIComponent(location.hash.slice(1)) || null;
  #range = 300_000;
  #failingSince = null;
  #last = Date.now();

  constructor(path, writable) {
    this.#source = new Source(path, this);
    this.#actions = new Actions(byId("actions"), this.#source, writable, () => ({ name: this.#chosen, pool: this.#pools[this.#chosen] }));
    this.#charts = CHARTS.map((options) => new TimeChart(options, (at) => this.#charts.forEach((chart) => chart.point(at))));
    byId("charts").append(...this.#charts.map((chart) => chart.element));
    byId("range").addEventListener("change", (event) => {
      this.#range = Number(event.target.value) * 1000;
      this.#drawCharts();
    });
    byId("settings-all").addEventListener("change", () => this.#show(null));
    byId("pause").addEventListener("click", (event) => {
      const paused = event.currentTarget.getAttribute("aria-pressed") !== "true";
      setAttribute(event.currentTarget, "aria-pressed", String(paused));
      this.#source.pause(paused);
    });
    addEventListener("hashchange", () => this.#choose(decodeURIComponent(location.hash.slice(1))));
  }

  start() {
    this.#source.choose(this.#chosen);
    this.#source.start();
  }

  answered(pools, load, at) {
    this.#failingSince = null;
    this.#last = at;
    this.#pools = pools;
    byId("trouble").hidden = true;
    this.#pulse("live", "Live");
    const names = Object.keys(pools);
    if (!names.includes(this.#chosen)) {
      this.#chosen = names[0] ?? null;
      this.#source.choose(this.#chosen);
    }
    for (const name of names) {
      if (!this.#memories.has(name)) {
        this.#memories.set(name, new Memory());
      }
      this.#memories.get(name).add(pools[name], load?.pool === name ? load : null, at);
    }
    if (this.#chosen === null) {
      this.#trouble("There is no Naiad pool in this application.");
    } else {
      this.#show(load?.pool === this.#chosen ? load : null);
    }
    setAttribute(document.documentElement, "data-ready", "true");
  }

  failed(message) {
    this.#failingSince ??= Date.now();
    this.#pulse("down", "No answer");
    this.#trouble(message ?? `The application has not answered since ${clock(new Date(this.#failingSince))}. What is shown is from ${clock(new Date(this.#last))}. The console goes on asking.`);
  }

  rested(paused) {
    this.#pulse("paused", paused ? "Paused" : "Resting");
  }

  #pulse(state, text) {
    setAttribute(byId("pulse"), "data-state", state);
    setText(byId("pulse-text"), text);
  }

  #trouble(text) {
    const trouble = byId("trouble");
    setText(trouble, text);
    trouble.hidden = false;
  }

  #choose(name) {
    if (name in this.#pools && name !== this.#chosen) {
      this.#chosen = name;
      this.#source.choose(name);
      location.hash = encodeURIComponent(name);
      this.#show(null);
      this.#source.refresh();
    }
  }

  #load = null;

  #show(load) {
    const name = this.#chosen;
    const pool = this.#pools[name];
    if (pool === undefined) {
      return;
    }
    if (load !== null) {
      this.#load = load;
    }
    document.title = `${name} · Naiad`;
    showChooser(this.#pools, name, (chosen) => this.#choose(chosen));
    showVerdict(name, pool);
    showFigures(pool, this.#memories.get(name).samples.at(-1));
    showSlots(pool);
    showHolders(pool);
    showWaiters(pool);
    showSizing(pool, this.#load?.pool === name ? this.#load : null);
    showEvents(pool);
    showSettings(pool, byId("settings-all").checked);
    this.#actions.show(pool);
    this.#source.look(linesMatter(pool));
    this.#drawCharts();
  }

  #drawCharts() {
    const samples = this.#memories.get(this.#chosen)?.samples ?? [];
    const known = this.#last - (samples[0]?.at ?? this.#last);
    const range = Math.min(this.#range, Math.max(SHORTEST, Math.ceil(known / SHORTEST) * SHORTEST)); // no wide empty space at first
    this.#charts.forEach((chart) => chart.show(samples, this.#last - range, this.#last));
  }
}

if (fact("pools") === "") {
  const trouble = byId("trouble");
  setText(trouble, "The console shows what the endpoint “pools” has, which is not exposed. Add it to management.endpoints.web.exposure.include.");
  trouble.hidden = false;
  setText(byId("pulse-text"), "Nothing to show");
} else {
  new Console(fact("pools"), fact("writable") === "true").start();
}
