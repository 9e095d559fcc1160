// Template messages: buttons, confirm, carousel, image carousel.

import { tappable } from "./actions.js";
import { el } from "./dom.js";
import { carousel } from "./flex.js";

export function template(given, talk) {
  return (TEMPLATES[given.type] ?? panel)(given, talk);
}

const TEMPLATES = {
  buttons: (given, talk) => panel(given, talk),
  confirm: (given, talk) => panel(given, talk, "template-confirm"),
  carousel: (given, talk) => carousel(given.columns.map((column) => panel(column, talk))),
  image_carousel: (given, talk) => carousel(given.columns.map((column) => pictureColumn(column, talk))),
};

function panel(given, talk, more = "") {
  const actions = given.actions.map((action) => choice(action, talk));
  const head = tappable(given.defaultAction, talk, { class: "template-head" });
  if (given.title) head.append(el("strong", { text: given.title }));
  head.append(el("p", { text: given.text }));
  return el("div", { class: `template ${more}` }, photo(given.thumbnailImageUrl), head, el("div", { class: "template-actions" }, ...actions));
}

function choice(action, talk) {
  const made = tappable(action, talk, { class: "template-action", "data-testid": "template-button" });
  made.textContent = action.label;
  return made;
}

function pictureColumn(column, talk) {
  const made = tappable(column.action, talk, { class: "template template-picture" });
  made.append(photo(column.imageUrl), el("span", { text: column.action.label ?? "" }));
  return made;
}

function photo(url) {
  return url ? el("img", { class: "template-photo", src: url, alt: "", loading: "lazy", referrerpolicy: "no-referrer" }) : null;
}
