/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done to a pool. Each asks first. */

import { element, setText } from "./dom.js";

function field(label, name, value, attributes) {
  const id = `field-${name}`;
  return element("p", { class: "field" },
    element("label", { for: id }, label),
    element("input", { id, name, value, ...attributes }));
}

function choice(name, value, label, checked) {
  return element("label", { class: "choice" }, element("input", { type: "radio", name, value, checked }), element("span", {}, label));
}

/** Asks in a dialog; it stays open, with the reason, while it does not work. */
function ask({ title, text, fields = [], confirm, look = "plain", perform }) {
  const error = element("p", { class: "dialog-error", role: "alert", hidden: "" });
  const cancel = element("button", { type: "button" }, "Cancel");
  const go = element("button", { type: "submit", class: look === "serious" ? "serious" : "primary" }, confirm);
  const form = element("form", { class: "dialog-body" },
    element("h2", { id: "dialog-title" }, title),
    element("p", {}, text),
    ...fields,
    error,
    element("p", { class: "dialog-buttons" }, cancel, go));
  const dialog = open(form);
  cancel.addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    error.hidden = true;
    try {
      await perform(new FormData(form));
      dialog.close();
    } catch (failure) {
      setText(error, failure.name === "TimeoutError" ? "The application has not answered in time. It may still be done." : failure.message);
      error.hidden = false;
      go.disabled = false;
    }
  });
  return dialog;
}

function open(...content) {
  const dialog = element("dialog", { "aria-labelledby": "dialog-title" }, ...content);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function sizeOf(form, name) {
  const text = form.get(name).trim();
  return text === "" ? null : Number(text);
}

function resize(source, name, pool) {
  const { poolSize, maxOverflow } = pool.figures;
  ask({
    title: `Resize “${name}”`,
    text: "More connections serve those who wait at once. With fewer, idle ones are closed at once and others when they come back. It holds until the application starts anew: to keep it, change the configuration.",
    fields: [
      field("pool_size: connections kept (0: no limit)", "poolSize", poolSize, { type: "number", inputmode: "numeric", step: "1", required: "" }),
      field("max_overflow: more for a while (-1: no limit)", "maxOverflow", maxOverflow, { type: "number", inputmode: "numeric", step: "1", required: "" }),
    ],
    confirm: "Resize",
    perform: (form) => source.change(name, { operation: "resize", poolSize: sizeOf(form, "poolSize"), maxOverflow: sizeOf(form, "maxOverflow") }),
  });
}

function refresh(source, name) {
  ask({
    title: `Refresh “${name}”?`,
    text: "Idle connections are closed now, and those in use when they come back. New ones are opened on demand.",
    fields: [
      element("fieldset", { class: "choices" },
        element("legend", {}, "Before that"),
        choice("operation", "refresh", "do nothing", true),
        choice("operation", "rotate", "try if a new connection can be opened, as after a change of credentials", false)),
    ],
    confirm: "Refresh",
    perform: (form) => source.change(name, { operation: form.get("operation") }),
  });
}

function suspend(source, name) {
  ask({
    title: `Suspend “${name}”?`,
    text: "The pool lends nothing until it is resumed. Connections in use stay with their users.",
    fields: [
      element("fieldset", { class: "choices" },
        element("legend", {}, "Callers meanwhile"),
        choice("callers", "wait", "wait, no longer than their timeout", true),
        choice("callers", "fail", "fail at once", false)),
    ],
    confirm: "Suspend",
    look: "serious",
    perform: (form) => source.change(name, { operation: "suspend", callers: form.get("callers") }),
  });
}

function resume(source, name) {
  ask({
    title: `Resume “${name}”?`,
    text: "The pool lends connections again.",
    confirm: "Resume",
    perform: () => source.change(name, { operation: "resume" }),
  });
}

async function report(source, name) {
  const text = element("pre", { class: "report", tabindex: "0", role: "region", "aria-label": "Report" }, "Asking for it …");
  const copy = element("button", { type: "button" }, "Copy");
  const close = element("button", { type: "button", class: "primary" }, "Close");
  const dialog = open(element("div", { class: "dialog-body dialog-wide" },
    element("h2", { id: "dialog-title" }, `Report on “${name}”`),
    text,
    element("p", { class: "dialog-buttons" }, copy, close)));
  close.addEventListener("click", () => dialog.close());
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      setText(copy, "Copied");
    } catch {
      getSelection().selectAllChildren(text); // without a secure connection there is no clipboard
      setText(copy, "Selected");
    }
  });
  try {
    setText(text, await source.report(name));
  } catch (failure) {
    setText(text, failure.message);
  }
}

/** The buttons; `state()` has the name and description of the pool that is shown. */
export class Actions {
  #suspend;

  constructor(parent, source, writable, state) {
    const button = (label, action) => {
      const made = element("button", { type: "button" }, label);
      made.addEventListener("click", () => {
        const { name, pool } = state();
        if (pool !== undefined) {
          action(source, name, pool);
        }
      });
      parent.append(made);
      return made;
    };
    button("Report", report);
    if (writable) {
      button("Resize", resize);
      button("Refresh", refresh);
      this.#suspend = button("Suspend", (from, name, pool) => (pool.suspension === null ? suspend : resume)(from, name));
    }
  }

  show(pool) {
    if (this.#suspend !== undefined) {
      setText(this.#suspend, pool.suspension === null ? "Suspend" : "Resume");
    }
  }
}
