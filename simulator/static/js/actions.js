// What a tap does. A web address is a real link, so that it works as links do; all else is a button.

import { el } from "./dom.js";
import { dial, pick, toast } from "./sheets.js";

const isPage = (action) => action.type === "uri" && /^https?:/i.test(action.uri);

/**
 * An element that does `action` when it is tapped.
 * @param {Object} action LINE's action object, or undefined: then a plain `plain` element.
 * @param {Object} talk the phone's hands: `send`, `tap`, `choose`, `type`, `element`.
 */
export function tappable(action, talk, props, plain = "div") {
  if (!action) return el(plain, props);
  if (isPage(action)) {
    return el("a", { ...props, href: action.uri, target: "_blank", rel: "noopener noreferrer", on: { click: () => talk.tap(action) } });
  }
  return el("button", { ...props, type: "button", on: { click: () => perform(action, talk) } });
}

async function perform(action, talk) {
  const act = ACTS[action.type];
  if (act) await act(action, talk);
}

const ACTS = {
  async postback(action, talk) {
    await talk.tap(action);
    if (action.inputOption === "openKeyboard") talk.type(action.fillInText || "");
    if (action.inputOption === "openRichMenu") talk.showMenu(true);
    if (action.inputOption === "closeRichMenu") talk.showMenu(false);
  },
  message: (action, talk) => talk.tap(action),
  richmenuswitch: (action, talk) => talk.tap(action),
  async datetimepicker(action, talk) {
    const params = await pick(talk.element, action);
    if (params) await talk.tap(action, params);
  },
  async uri(action, talk) {
    if (/^tel:/i.test(action.uri)) await dial(talk.element, action.uri.slice(4));
    else toast(talk.element, `LINEアプリで開きます: ${action.uri}`);
  },
  async clipboard(action, talk) {
    try {
      await navigator.clipboard.writeText(action.clipboardText);
      toast(talk.element, "コピーしました");
    } catch {
      toast(talk.element, "コピーできませんでした");
    }
  },
  camera: (_action, talk) => talk.choose("image"),
  cameraRoll: (_action, talk) => talk.choose("image"),
  location: (_action, talk) => talk.send({ ...HERE }),
};

/** Where the simulated phone is. */
export const HERE = { type: "location", title: "現在地", address: "東京都千代田区千代田1-1", latitude: 35.685175, longitude: 139.7528 };
