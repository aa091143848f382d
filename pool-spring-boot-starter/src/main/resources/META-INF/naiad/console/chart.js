/* SPDX-License-Identifier: Apache-2.0 */
/* Line and area charts over time. Colours and strokes are the style sheet's. */

import { drawing, element, setAttribute, setText } from "./dom.js";

const HEIGHT = 132;
const TOP = 8;
const BOTTOM = 20;
const LEFT = 42;
const RIGHT = 6;

/** The next of 1, 2, 5, 10, 20 … that is at least as much. */
function niceCeiling(value) {
  if (value <= 0) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999);
}

/** A samples' time is in milliseconds, as are the ends of the range. */
export class TimeChart {
  #options;
  #svg;
  #grid;
  #shapes;
  #cursor;
  #values = [];
  #width = 0;
  #samples = [];
  #from = 0;
  #to = 1;
  #pointed = null;
  #onPoint;

  /**
   * @param options `title`; `unit` for people; `series`: `name`, `look`, `value(sample)`, `kind` (line, area or stack); `format(value)`;
   *     `least`, the smallest upper end of the scale; `limits(sample)`: horizontal lines as `{ value, name }`
   * @param onPoint is told of the time that is pointed at, or null, so that other charts point at it, too
   */
  constructor(options, onPoint) {
    this.#options = options;
    this.#onPoint = onPoint;
    this.#grid = drawing("g", { class: "chart-grid" });
    this.#shapes = drawing("g");
    this.#cursor = drawing("line", { class: "chart-cursor", y1: TOP, y2: HEIGHT - BOTTOM, visibility: "hidden" });
    this.#svg = drawing("svg", { class: "chart", role: "img", height: HEIGHT, tabindex: "0" }, this.#grid, this.#shapes, this.#cursor);
    this.element = element("figure", { class: "card chart-card" }, this.#caption(), this.#svg);
    new ResizeObserver(() => this.#draw()).observe(this.element);
    this.#svg.addEventListener("pointermove", (event) => this.#pointAt(event.offsetX));
    this.#svg.addEventListener("pointerleave", () => this.#onPoint(null));
    this.#svg.addEventListener("blur", () => this.#onPoint(null));
    this.#svg.addEventListener("keydown", (event) => this.#key(event));
  }

  #caption() {
    const legend = element("dl", { class: "chart-legend" });
    for (const series of this.#options.series) {
      const value = element("dd", {}, "–");
      this.#values.push(value);
      legend.append(element("div", {}, element("dt", {}, element("span", { class: "key", "data-look": series.look, "data-kind": series.kind, "aria-hidden": "true" }), series.name), value));
    }
    return element("figcaption", {}, element("h3", {}, this.#options.title, element("span", { class: "unit" }, this.#options.unit)), legend);
  }

  show(samples, from, to) {
    this.#samples = samples.filter((sample) => sample.at >= from - 2000);
    this.#from = from;
    this.#to = to;
    this.#draw();
  }

  /** Shows the values of that time in place of the present ones; null ends it. */
  point(at) {
    this.#pointed = at;
    this.#label();
  }

  #x(at) {
    return LEFT + ((at - this.#from) / (this.#to - this.#from)) * (this.#width - LEFT - RIGHT);
  }

  #pointAt(x) {
    const at = this.#from + ((x - LEFT) / (this.#width - LEFT - RIGHT)) * (this.#to - this.#from);
    this.#onPoint(Math.min(this.#to, Math.max(this.#from, at)));
  }

  #key(event) {
    const step = (this.#to - this.#from) / 60;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const next = (this.#pointed ?? this.#to) + (event.key === "ArrowLeft" ? -step : step);
      this.#onPoint(Math.min(this.#to, Math.max(this.#from, next)));
      event.preventDefault();
    } else if (event.key === "Escape") {
      this.#onPoint(null);
    }
  }

  #nearest(at) {
    let best = null;
    for (const sample of this.#samples) {
      if (best === null || Math.abs(sample.at - at) < Math.abs(best.at - at)) {
        best = sample;
      }
    }
    return best !== null && Math.abs(best.at - at) < 3000 ? best : null;
  }

  #label() {
    const sample = this.#pointed === null ? this.#samples.at(-1) ?? null : this.#nearest(this.#pointed);
    this.#options.series.forEach((series, i) => setText(this.#values[i], this.#shown(series, sample)));
    const shown = this.#pointed !== null && sample !== null;
    setAttribute(this.#cursor, "visibility", shown ? "visible" : "hidden");
    if (shown) {
      setAttribute(this.#cursor, "x1", this.#x(sample.at));
      setAttribute(this.#cursor, "x2", this.#x(sample.at));
    }
    const when = shown ? `${Math.round((this.#to - sample.at) / 1000)} seconds ago` : "now";
    const values = this.#options.series.map((series) => `${series.name} ${this.#shown(series, sample)}`).join(", ");
    setAttribute(this.#svg, "aria-label", `${this.#options.title}, ${when}: ${values}. Arrow keys go back in time.`);
  }

  #shown(series, sample) {
    const value = sample === null ? null : series.value(sample);
    return value === null || value === undefined ? "–" : this.#options.format(value);
  }

  #draw() {
    const width = Math.floor(this.#svg.getBoundingClientRect().width);
    if (width === 0) {
      return;
    }
    this.#width = width;
    setAttribute(this.#svg, "viewBox", `0 0 ${width} ${HEIGHT}`);
    const limits = this.#samples.length === 0 ? [] : this.#options.limits?.(this.#samples.at(-1)) ?? [];
    const top = this.#scale(limits);
    const y = (value) => HEIGHT - BOTTOM - (Math.min(value, top) / top) * (HEIGHT - TOP - BOTTOM);
    this.#drawGrid(top, y);
    const shapes = [];
    let below = () => 0;
    for (const series of this.#options.series) {
      if (series.kind === "stack") {
        const base = below;
        const upper = (sample) => base(sample) + (series.value(sample) ?? 0);
        shapes.push(this.#area(series, base, upper, y));
        below = upper;
      } else {
        if (series.kind === "area") {
          shapes.push(this.#area(series, () => 0, series.value, y));
        }
        shapes.push(this.#line(series, y));
      }
    }
    for (const limit of limits) {
      shapes.push(drawing("line", { class: "chart-limit", x1: LEFT, x2: width - RIGHT, y1: y(limit.value), y2: y(limit.value) }));
      shapes.push(drawing("text", { class: "chart-limit-name", x: width - RIGHT - 2, y: y(limit.value) - 3, "text-anchor": "end" }, limit.name));
    }
    this.#shapes.replaceChildren(...shapes);
    this.#label();
  }

  #scale(limits) {
    let most = this.#options.least ?? 0;
    for (const sample of this.#samples) {
      let stacked = 0;
      for (const series of this.#options.series) {
        const value = series.value(sample) ?? 0;
        stacked += series.kind === "stack" ? value : 0;
        most = Math.max(most, value, stacked);
      }
    }
    for (const limit of limits) {
      most = Math.max(most, limit.value * 1.12);
    }
    return niceCeiling(most);
  }

  #drawGrid(top, y) {
    const marks = [0, top / 2, top].flatMap((value) => [
      drawing("line", { x1: LEFT, x2: this.#width - RIGHT, y1: y(value), y2: y(value) }),
      drawing("text", { x: LEFT - 6, y: y(value) + 3.5, "text-anchor": "end" }, this.#options.format(value)),
    ]);
    const minutes = (this.#to - this.#from) / 60_000;
    const times = [
      drawing("text", { x: LEFT, y: HEIGHT - 5 }, `${minutes} min ago`),
      drawing("text", { x: this.#width - RIGHT, y: HEIGHT - 5, "text-anchor": "end" }, "now"),
    ];
    this.#grid.replaceChildren(...marks, ...times);
  }

  /** The stretches without a gap: where the application did not answer, nothing is drawn. */
  #stretches(value) {
    const stretches = [];
    let present = [];
    let last = null;
    for (const sample of this.#samples) {
      const v = value(sample);
      if (v === null || v === undefined || (last !== null && sample.at - last > 5000)) {
        stretches.push(present);
        present = [];
      }
      if (v !== null && v !== undefined) {
        present.push(sample);
      }
      last = sample.at;
    }
    stretches.push(present);
    return stretches.filter((stretch) => stretch.length > 0);
  }

  #line(series, y) {
    const path = this.#stretches(series.value)
      .map((stretch) => this.#through(stretch, (sample) => y(series.value(sample)), "M"))
      .join("");
    return drawing("path", { class: "chart-line", "data-look": series.look, d: path });
  }

  #area(series, lower, upper, y) {
    const path = this.#stretches((sample) => (series.value(sample) === null ? null : upper(sample)))
      .map((stretch) => `${this.#through(stretch, (sample) => y(upper(sample)), "M")}${this.#through([...stretch].reverse(), (sample) => y(lower(sample)), "L")}Z`)
      .join("");
    return drawing("path", { class: "chart-area", "data-look": series.look, d: path });
  }

  #through(stretch, y, start) {
    return stretch.map((sample, i) => `${i === 0 ? start : "L"}${this.#x(Math.max(sample.at, this.#from)).toFixed(1)} ${y(sample).toFixed(1)}`).join("");
  }
}

/** The wait that each size would mean, as bars on a logarithmic scale. */
export function sizingChart(forecasts, { limit, enough, target, format }) {
  const width = 520;
  const height = 190;
  const bottom = height - 34;
  const lowest = 0.01;
  const waits = forecasts.map((forecast) => forecast.wait).filter((wait) => wait !== null);
  const highest = Math.min(100_000, Math.max(100, ...waits.map((wait) => 10 ** Math.ceil(Math.log10(Math.max(wait, lowest))))));
  const y = (wait) => bottom - ((Math.log10(Math.min(Math.max(wait, lowest), highest)) - Math.log10(lowest)) / (Math.log10(highest) - Math.log10(lowest))) * (bottom - 12);
  const step = (width - LEFT - 16) / forecasts.length;
  const shapes = [];
  for (let mark = lowest * 10; mark <= highest; mark *= 10) {
    shapes.push(drawing("line", { class: "sizing-grid", x1: LEFT + 8, x2: width, y1: y(mark), y2: y(mark) }));
    shapes.push(drawing("text", { x: LEFT + 2, y: y(mark) + 3.5, "text-anchor": "end" }, mark < 1000 ? format(mark) : `${Math.round(mark / 1000)} s`));
  }
  const every = Math.ceil(forecasts.length / 10);
  forecasts.forEach((forecast, i) => {
    const x = LEFT + 10 + i * step;
    const endless = forecast.wait === null;
    const top = endless ? 12 : Math.min(y(forecast.wait), bottom - 2);
    const look = endless ? "endless" : forecast.wait <= target ? "enough" : "short";
    shapes.push(
      drawing("rect", { class: "sizing-bar", "data-look": look, x: x + step * 0.12, y: top, width: step * 0.76, height: bottom - top, rx: 2 },
        drawing("title", {}, `${forecast.connections} connections: ${endless ? "the queue grows without end" : `99 of 100 wait no longer than ${format(forecast.wait)}`}`)));
    if (i % every === 0 || forecast.connections === limit) {
      const crowded = forecast.connections !== limit && limit !== null && Math.abs(forecast.connections - limit) < every * (forecasts[0].connections || 1);
      if (!crowded) {
        shapes.push(drawing("text", { class: forecast.connections === limit ? "sizing-now" : "", x: x + step / 2, y: bottom + 15, "text-anchor": "middle" }, String(forecast.connections)));
      }
    }
    if (forecast.connections === limit) {
      shapes.push(drawing("text", { class: "sizing-now", x: x + step / 2, y: bottom + 29, "text-anchor": "middle" }, "limit"));
    }
    if (forecast.connections === enough) {
      shapes.push(drawing("path", { class: "sizing-enough", d: `M${x + step / 2} ${top - 3}l-4 -7h8z` }));
    }
  });
  shapes.push(drawing("line", { class: "sizing-target", x1: LEFT + 8, x2: width, y1: y(target), y2: y(target) }));
  shapes.push(drawing("text", { class: "sizing-target-name", x: width, y: y(target) - 4, "text-anchor": "end" }, `target ${format(target)}`));
  return drawing("svg", { class: "sizing", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Wait of 99 of 100 callers by number of connections" }, ...shapes);
}
