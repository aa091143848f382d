/* SPDX-License-Identifier: Apache-2.0 */
/* Elements are made by the DOM alone: what the application says becomes text, never markup. */

const SVG = "http://www.w3.org/2000/svg";

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    setAttribute(node, name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** An HTML element; children that are strings become text. */
export function element(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function drawing(tag, attributes = {}, ...children) {
  return build(document.createElementNS(SVG, tag), attributes, children);
}

/** Null and false remove the attribute; what is as it was is left alone. */
export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) {
      node.removeAttribute(name);
    }
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, value);
  }
}

/** Leaves alone what is as it was, so that a selection in it survives. */
export function setText(node, text) {
  const next = text === null || text === undefined ? "" : String(text);
  if (node.textContent !== next) {
    node.textContent = next;
  }
}

export function byId(id) {
  return document.getElementById(id);
}

/** What the application has written into the page. */
export function fact(name) {
  return document.querySelector(`meta[name="naiad-${name}"]`).content;
}

/**
 * Brings the children of a node in line with items: one child for each, in their order. Children are told apart by a key and kept,
 * so that focus, selection and scroll position survive.
 */
export function keyed(parent, items, key, create, update) {
  const present = new Map();
  for (const child of parent.children) {
    present.set(child.dataset.key, child);
  }
  let at = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let child = present.get(name);
    if (child === undefined) {
      child = create(item);
      child.dataset.key = name;
    }
    present.delete(name);
    update(child, item);
    if (child === at) {
      at = at.nextElementSibling;
    } else {
      parent.insertBefore(child, at);
    }
  }
  present.forEach((child) => child.remove());
}
