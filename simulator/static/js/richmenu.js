// The rich menu below the chat: its image with areas over it.

import { tappable } from "./actions.js";
import { el, style } from "./dom.js";

export function richMenu(menu, talk) {
  const { width, height } = menu.size;
  const made = el("div", { class: "richmenu", "data-testid": "richmenu" },
    el("img", { src: `/simulator/richmenu/${menu.richMenuId}`, alt: menu.name }));
  style(made, { "aspect-ratio": `${width} / ${height}` });
  for (const { bounds, action } of menu.areas) {
    const area = tappable(action, talk, { class: "richmenu-area", "aria-label": action.label ?? action.displayText ?? action.text ?? action.type });
    const part = (value, whole) => `${(100 * value) / whole}%`;
    style(area, { left: part(bounds.x, width), top: part(bounds.y, height), width: part(bounds.width, width), height: part(bounds.height, height) });
    made.append(area);
  }
  return made;
}
