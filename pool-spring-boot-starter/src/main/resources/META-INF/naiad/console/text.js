/* SPDX-License-Identifier: Apache-2.0 */
/* How figures are read and shown. */

const ISO = /^(-?)P(?:(\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?\d+(?:\.\d+)?)S)?)?$/i;

/** Milliseconds of an ISO 8601 duration; null of null. */
export function millis(duration) {
  if (duration === null || duration === undefined) {
    return null;
  }
  if (typeof duration === "number") {
    return duration * 1000; // the application writes durations as numbers of seconds
  }
  const parts = ISO.exec(duration);
  if (parts === null) {
    return null;
  }
  const [, sign, days, hours, minutes, seconds] = parts;
  const sum = (((Number(days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000;
  return sign === "-" ? -sum : sum;
}

function rounded(value) {
  if (value >= 100 || value === 0) {
    return String(Math.round(value));
  }
  return value >= 10 ? value.toFixed(1).replace(/\.0$/, "") : value.toFixed(value >= 1 ? 1 : 2).replace(/\.?0+$/, "");
}

/** A time in milliseconds, for people. */
export function time(value) {
  if (value === null || value === undefined || Number.isNaN(value)) {
    return "–";
  }
  if (value < 1) {
    return value < 0.005 ? "0 ms" : `${rounded(value)} ms`;
  }
  if (value < 1000) {
    return `${rounded(value)} ms`;
  }
  const seconds = value / 1000;
  if (seconds < 60) {
    return `${rounded(seconds)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    const rest = Math.floor(seconds % 60);
    return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 48) {
    const rest = minutes % 60;
    return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
  }
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** As {@link time}, but short and without jitter: for what changes each second. */
export function shortTime(value) {
  if (value === null || value === undefined) {
    return "–";
  }
  if (value < 1000) {
    return `${Math.round(value)} ms`;
  }
  if (value < 10_000) {
    return `${(value / 1000).toFixed(1)} s`;
  }
  if (value < 60_000) {
    return `${Math.floor(value / 1000)} s`;
  }
  if (value < 3_600_000) {
    return `${Math.floor(value / 60_000)} min`;
  }
  return value < 172_800_000 ? `${Math.floor(value / 3_600_000)} h` : `${Math.floor(value / 86_400_000)} d`;
}

export function number(value) {
  return value === null || value === undefined ? "–" : value.toLocaleString("en-GB");
}

export function rate(value) {
  if (value === null || value === undefined) {
    return "–";
  }
  return value >= 100 ? number(Math.round(value)) : rounded(value);
}

/** A count with its noun. */
export function count(value, noun, plural = `${noun}s`) {
  return `${number(value)} ${value === 1 ? noun : plural}`;
}

/** {@code IDLE_IN_TRANSACTION} as words. */
export function words(constant) {
  return constant.toLowerCase().replaceAll("_", " ");
}

export function sentence(constant) {
  const text = words(constant);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function clock(date) {
  return date.toLocaleTimeString("en-GB");
}

export function thread(identity) {
  if (identity === null || identity === undefined) {
    return "–";
  }
  const name = identity.name === "" ? `#${identity.id}` : identity.name;
  return identity.alive ? name : `${name} (has ended)`;
}

/** Without the class loader and the package's first parts, which tell nothing to whoever knows the program. */
export function codeLine(place) {
  const frame = /^(?:.*\/)?([\w$.]+)\.([\w$<>]+)\((.*)\)$/.exec(place ?? "");
  if (frame === null) {
    return place;
  }
  const type = frame[1].split(".").pop();
  return `${type}.${frame[2]} (${frame[3]})`;
}
