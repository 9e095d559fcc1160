// Flex messages: bubbles, carousels, boxes and what stands in them.

import { tappable } from "./actions.js";
import { el, style } from "./dom.js";
import { border, bubbleWidth, gradient, imageSize, place, ratio, space, textSize, weight } from "./flex-values.js";

const BLOCKS = ["header", "hero", "body", "footer"];

/** The contents of a Flex message. */
export function flex(contents, talk) {
  return contents.type === "carousel" ? carousel(contents.contents.map((one) => bubble(one, talk))) : bubble(contents, talk);
}

/** Bubbles or columns side by side, to be swiped or moved with the arrows. */
export function carousel(cards) {
  const track = el("div", { class: "carousel-track", tabindex: "0", "data-testid": "carousel" }, ...cards);
  const move = (way) => {
    const step = cards[0].getBoundingClientRect().width + 8;
    track.scrollBy({ left: way * step, behavior: "smooth" });
  };
  const arrow = (way, label, sign) => el("button", { type: "button", class: "arrow",
    "aria-label": label, text: sign, on: { click: () => move(way) } });
  const back = arrow(-1, "前のカード", "‹");
  const on = arrow(1, "次のカード", "›");
  const update = () => {
    back.disabled = track.scrollLeft < 8;
    on.disabled = track.scrollLeft + track.clientWidth > track.scrollWidth - 8;
    // All cards fit: there is nothing to move.
    back.hidden = on.hidden = back.disabled && on.disabled;
  };
  track.addEventListener("scroll", update, { passive: true });
  new ResizeObserver(update).observe(track);
  return el("div", { class: "carousel" }, track, el("div", { class: "arrows" }, back, on));
}

function bubble(given, talk) {
  const made = tappable(given.action, talk, { class: "bubble", "data-testid": "flex-bubble", dir: given.direction });
  style(made, { width: bubbleWidth(given.size) });
  for (const name of BLOCKS) {
    if (!given[name]) continue;
    const look = given.styles?.[name] ?? {};
    const block = el("div", { class: `block block-${name}` }, component(given[name], "vertical", talk));
    style(block, { "background-color": look.backgroundColor });
    if (look.separator) style(block, { "border-top": `1px solid ${look.separatorColor ?? "#d4d6da"}` });
    made.append(block);
  }
  return made;
}

const COMPONENTS = { box, text, button, image, icon, separator, filler, video };

function component(given, parentLayout, talk) {
  const make = COMPONENTS[given.type];
  if (!make) return el("span");
  const made = make(given, talk, parentLayout);
  const isRow = parentLayout !== "vertical";
  style(made, { ...share(given, isRow), ...offsets(given) });
  if (given.margin) style(made, { [isRow ? "margin-inline-start" : "margin-top"]: space(given.margin) });
  if (given.gravity && isRow) style(made, { "align-self": place(given.gravity) });
  return made;
}

/** How much of the room a part takes: in a row an equal share, in a column its own height. */
function share(given, isRow) {
  if (given.type === "separator" || given.type === "icon") return { flex: "0 0 auto" };
  const count = given.flex ?? (isRow || given.type === "filler" ? 1 : 0);
  const sized = isRow ? given.width : given.height;
  if (given.type === "box" && sized && given.flex === undefined) return { flex: "0 0 auto" };
  if (count === 0) return { flex: "0 0 auto", ...(isRow ? { "max-width": given.maxWidth ?? "100%" } : {}) };
  return { flex: isRow ? `${count} ${count} 0` : `${count} 0 auto` };
}

function offsets(given) {
  const places = {
    top: space(given.offsetTop), bottom: space(given.offsetBottom),
    "inset-inline-start": space(given.offsetStart), "inset-inline-end": space(given.offsetEnd),
  };
  if (given.position === "absolute") return { position: "absolute", ...places };
  return Object.values(places).some(Boolean) ? { position: "relative", ...places } : {};
}

function box(given, talk) {
  const made = tappable(given.action, talk, { class: `box box-${given.layout}`, "aria-label": given.action?.label });
  style(made, {
    "background-color": given.backgroundColor,
    "background-image": gradient(given.background),
    "border-radius": space(given.cornerRadius),
    padding: space(given.paddingAll),
    "padding-top": space(given.paddingTop),
    "padding-bottom": space(given.paddingBottom),
    "padding-inline-start": space(given.paddingStart),
    "padding-inline-end": space(given.paddingEnd),
    width: given.width, height: given.height, "max-width": given.maxWidth, "max-height": given.maxHeight,
    "justify-content": given.justifyContent, "align-items": given.alignItems,
  });
  if (given.borderWidth || given.borderColor) {
    style(made, { border: `${border(given.borderWidth ?? "normal")} solid ${given.borderColor ?? "#d4d6da"}` });
  }
  if (given.cornerRadius) style(made, { overflow: "hidden" });
  const isRow = given.layout !== "vertical";
  given.contents.forEach((part, at) => {
    const child = component(part, given.layout, talk);
    // The space between two parts; a part's own margin is used in its place.
    if (at && given.spacing && !part.margin) style(child, { [isRow ? "margin-inline-start" : "margin-top"]: space(given.spacing) });
    made.append(child);
  });
  return made;
}

function lettering(given) {
  return {
    "font-size": given.size && textSize(given.size), "font-weight": weight(given.weight), color: given.color,
    "font-style": given.style, "text-decoration": given.decoration, "line-height": given.lineSpacing && `calc(1.4em + ${given.lineSpacing})`,
  };
}

function text(given, talk) {
  const made = tappable(given.action, talk, { class: given.wrap ? "text text-wrap" : "text" });
  style(made, { ...lettering(given), "text-align": given.align });
  if (given.wrap && given.maxLines) {
    made.classList.add("text-clamped");
    style(made, { "-webkit-line-clamp": given.maxLines });
  }
  if (given.contents?.length) {
    for (const span of given.contents) {
      const part = el("span", { text: span.text });
      style(part, lettering(span));
      made.append(part);
    }
  } else {
    made.textContent = given.text;
  }
  if (given.adjustMode) shrinkToFit(made, made);
  return made;
}

function button(given, talk) {
  const label = given.action.label ?? "";
  const made = tappable(given.action, talk, {
    class: `flex-button ${given.style ?? "link"} ${given.height === "sm" ? "low" : ""}`, "data-testid": "flex-button",
  });
  const words = el("span", { class: "flex-button-label", text: label });
  made.append(words);
  if (given.color) style(made, { [given.style === "primary" || given.style === "secondary" ? "background-color" : "color"]: given.color });
  if (given.adjustMode) shrinkToFit(made, words);
  return made;
}

/** Smaller letters until the words fit on their line, once it is known how wide that is. */
function shrinkToFit(outer, words) {
  const fit = () => {
    words.style.whiteSpace = "nowrap";
    let size = parseFloat(getComputedStyle(words).fontSize);
    while (words.scrollWidth > outer.clientWidth && size > 9) {
      size -= 0.5;
      words.style.fontSize = `${size}px`;
    }
  };
  requestAnimationFrame(() => outer.isConnected && fit());
}

function picture(given, className) {
  const frame = el("div", { class: className, style: { "aspect-ratio": ratio(given.aspectRatio), "background-color": given.backgroundColor } });
  const image = el("img", { src: given.url ?? given.previewUrl, alt: "", loading: "lazy", referrerpolicy: "no-referrer" });
  style(image, { "object-fit": given.aspectMode === "cover" ? "cover" : "contain" });
  image.addEventListener("error", () => image.replaceWith(el("span", { class: "no-picture", text: "画像" })));
  frame.append(image);
  return frame;
}

function image(given, talk) {
  const made = tappable(given.action, talk, { class: "image", "aria-label": given.action?.label });
  const frame = picture(given, "picture");
  style(frame, { width: imageSize(given.size ?? "md") });
  style(made, { "justify-content": place(given.align ?? "center") });
  made.append(frame);
  return made;
}

function icon(given) {
  const frame = picture(given, "icon");
  style(frame, { height: textSize(given.size ?? "md") });
  return frame;
}

function video(given, talk) {
  const frame = picture(given, "picture video");
  frame.append(el("span", { class: "play", text: "▶", "aria-hidden": "true" }));
  return el("div", { class: "image" }, frame, given.action ? button({ action: given.action, style: "link" }, talk) : null);
}

function separator(given, _talk, parentLayout) {
  const made = el("div", { class: parentLayout === "vertical" ? "separator" : "separator separator-upright" });
  style(made, { "background-color": given.color });
  return made;
}

function filler() {
  return el("div", { class: "filler" });
}
