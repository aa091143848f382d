/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the application once a second, unless nobody looks. */

import { fact } from "./dom.js";

const EVERY = 1000;
const PATIENCE = 8000;

/** The application answered, but not with what was asked for. */
export class Refusal extends Error {}

function explained(status) {
  switch (status) {
    case 401:
      return "The application asks who you are. Log in, and reload this page.";
    case 403:
      return "You may not see the endpoint “pools”.";
    case 404:
      return "The application no longer has the endpoint “pools”. Reload this page.";
    default:
      return `The application answers with an error (HTTP ${status}).`;
  }
}

async function ask(path, options = {}) {
  const response = await fetch(path, {
    cache: "no-store",
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE),
    ...options,
    headers: { Accept: "application/json", ...options.headers },
  });
  if (response.type === "opaqueredirect") {
    throw new Refusal(explained(401));
  }
  return response;
}

async function read(path) {
  const response = await ask(path);
  if (!response.ok) {
    throw new Refusal(explained(response.status));
  }
  if (!(response.headers.get("Content-Type") ?? "").includes("json")) {
    throw new Refusal("The application answers with something else than the figures of its pools. You may have to log in again.");
  }
  return response.json();
}

/**
 * Spring Security's tokens against forged requests, each as the headers to try: the one in the page, or, if that is not the kind it
 * wants, the one it keeps in a cookie for scripts.
 */
function forgeryTokens() {
  const tokens = [];
  if (fact("token") !== "") {
    tokens.push({ [fact("token-header")]: fact("token") });
  }
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith("XSRF-TOKEN="));
  if (cookie !== undefined) {
    tokens.push({ "X-XSRF-TOKEN": decodeURIComponent(cookie.slice("XSRF-TOKEN=".length)) });
  }
  return tokens.length === 0 ? [{}] : tokens;
}

export class Source {
  #path;
  #listener;
  #timer = null;
  #asking = false;
  #paused = false;
  #chosen = null;
  #stacks = "none";

  /** @param listener has `answered(pools, load, at)`, `failed(message)` and `rested()` */
  constructor(path, listener) {
    this.#path = path;
    this.#listener = listener;
    document.addEventListener("visibilitychange", () => this.#awake());
  }

  get #resting() {
    return this.#paused || document.hidden;
  }

  choose(name) {
    this.#chosen = name;
  }

  /** @param closely whether to find out where those who hold connections are now, for which each is stopped for a moment */
  look(closely) {
    this.#stacks = closely ? "line" : "none";
  }

  pause(paused) {
    this.#paused = paused;
    this.#awake();
  }

  start() {
    this.#awake();
  }

  /** Asks at once, as after something was changed. */
  #awake() {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#resting) {
      this.#listener.rested(this.#paused);
    } else if (!this.#asking) {
      this.#round();
    }
  }

  refresh() {
    this.#awake();
  }

  async #round() {
    const begin = performance.now();
    this.#asking = true;
    try {
      const [pools, load] = await Promise.all([
        read(`${this.#path}?stacks=${this.#stacks}`),
        this.#chosen === null ? null : this.#load(this.#chosen),
      ]);
      this.#listener.answered(pools, load, Date.now());
    } catch (error) {
      this.#listener.failed(error instanceof Refusal ? error.message : null, error);
    } finally {
      this.#asking = false;
    }
    if (this.#resting) {
      this.#listener.rested(this.#paused); // an answer that came late does not mean that there will be more
    } else {
      this.#timer = setTimeout(() => this.#round(), Math.max(100, EVERY - (performance.now() - begin)));
    }
  }

  /** A pool that is gone has none. */
  async #load(name) {
    const response = await ask(`${this.#pool(name)}?load=true`);
    return response.ok ? { pool: name, ...(await response.json()) } : null;
  }

  #pool(name, ...parts) {
    return [this.#path, encodeURIComponent(name), ...parts].join("/");
  }

  async report(name) {
    const response = await ask(this.#pool(name, "report"), { headers: { Accept: "text/plain" } });
    if (!response.ok) {
      throw new Refusal(explained(response.status));
    }
    return response.text();
  }

  /** Does something to a pool; throws what the application says against it. */
  async change(name, body) {
    const response = await this.#post(this.#pool(name), JSON.stringify(body));
    if (!response.ok) {
      const answer = await response.json().catch(() => ({}));
      throw new Refusal(
        answer.message || answer.detail ||
          (response.status === 403 ? "You may not change pools, or have logged in again since this page was loaded. Reload it." : explained(response.status)));
    }
    this.refresh();
  }

  async #post(path, body) {
    let response;
    for (const token of forgeryTokens()) {
      response = await ask(path, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...token },
        body,
        signal: AbortSignal.timeout(60_000),
      });
      if (response.status !== 403 && response.status !== 401) { // the latter if the page of the error wants a login, too
        break;
      }
    }
    return response;
  }
}
