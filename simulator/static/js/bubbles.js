// One line of the chat: who, what, when, read or not.

import { tappable } from "./actions.js";
import { el, style } from "./dom.js";
import { signOf, stickerDrawing, stickerName } from "./drawings.js";
import { flex } from "./flex.js";
import { template } from "./templates.js";
import { ask } from "./sheets.js";
import { timeOf } from "./times.js";

const ARRIVALS = { read: "既読", failed: "届きません", sending: "" };

export function line(entry, talk) {
  const made = el("div", {
    class: `line line-${entry.from}`, "data-testid": "message", "data-from": entry.from,
    "data-message-type": entry.message.type, "data-id": entry.id,
  });
  if (entry.from === "system") {
    made.append(el("span", { text: entry.message.text }));
    return made;
  }
  if (entry.isUnsent) {
    made.className = "line line-system";
    made.append(el("span", { text: "メッセージの送信を取り消しました" }));
    return made;
  }
  // Taps on this message tell which one it was.
  const content = body(entry.message, Object.assign(Object.create(talk), { messageId: entry.id }), entry);
  if (entry.from === "other") made.append(el("span", { class: "speaker", text: entry.name }));
  if (entry.from === "bot") made.append(el("span", { class: "face", "aria-hidden": "true", text: talk.initial }));
  made.append(el("span", { class: "unseen", text: entry.from === "bot" ? "窓口：" : `${entry.name}：` }));
  made.append(content, meta(entry, talk));
  if (["flex", "template"].includes(entry.message.type)) made.classList.add("line-wide");
  return made;
}

/** The time, and whether it was read. */
export function meta(entry, talk) {
  const made = el("span", { class: "meta" });
  if (entry.from === "user" && ARRIVALS[entry.arrival]) {
    made.append(el("span", { class: `arrival arrival-${entry.arrival}`, text: ARRIVALS[entry.arrival] }));
  }
  made.append(el("time", { text: timeOf(entry.at), datetime: new Date(entry.at).toISOString() }));
  made.append(el("button", { type: "button", class: "inspect", title: "JSONを見る", "aria-label": "JSONを見る", "data-testid": "inspect", text: "{ }",
    on: { click: () => inspect(entry, talk) } }));
  if (entry.from === "user" && entry.message.id) {
    made.append(el("button", { type: "button", class: "unsend", title: "送信を取り消す", "aria-label": "送信を取り消す", text: "×",
      on: { click: () => talk.unsend(entry.id) } }));
  }
  return made;
}

/** What went over the wire: the message as the bot sent it, or the event that told the bot of it. */
function inspect(entry, talk) {
  const [title, value] = entry.event ? ["Webhookのイベント", entry.event] : ["メッセージ", entry.message];
  return ask(talk.element, title, [el("pre", { class: "raw", tabindex: "0", text: JSON.stringify(value, null, 2) })], [{ label: "閉じる", value: "" }], "sheet-wide");
}

function body(message, talk, entry) {
  return (BODIES[message.type] ?? unknown)(message, talk, entry);
}

const LINK = /https?:\/\/[^\s<>"「」『』（）、。]+/g;

/** A text with its addresses as links, as LINE shows it. */
function words(text, talk) {
  const made = el("div", { class: "balloon" });
  let end = 0;
  for (const { 0: uri, index } of text.matchAll(LINK)) {
    made.append(text.slice(end, index), el("a", { href: uri, target: "_blank", rel: "noopener noreferrer", text: uri,
      on: { click: () => talk.tap({ type: "uri", uri }) } }));
    end = index + uri.length;
  }
  made.append(text.slice(end));
  return made;
}

const BODIES = {
  text: (message, talk) => words(message.text, talk),
  textV2: (message, talk) => words(message.text, talk),
  sticker: (message) => el("div", { class: "sticker", role: "img", "aria-label": `スタンプ（${stickerName(message)}）` }, stickerDrawing(message)),
  flex: (message, talk) => el("div", { class: "flex", role: "group", "aria-label": message.altText }, flex(message.contents, talk)),
  template: (message, talk) => el("div", { class: "flex", role: "group", "aria-label": message.altText }, template(message.template, talk)),
  image: (message, _talk, entry) => picture(message.previewImageUrl ?? contentOf(entry), "写真"),
  video: (message, _talk, entry) => player("video", message, "動画", entry),
  audio: (message, _talk, entry) => player("audio", message, "音声", entry),
  file: (message, _talk, entry) => el("a", { class: "balloon media", href: contentOf(entry), download: message.fileName }, signOf("file"),
    el("span", { text: `${message.fileName}\n${sizeOf(message.fileSize)}` })),
  location: (message) => el("div", { class: "balloon media" }, signOf("location"), el("span", { text: `${message.title}\n${message.address}` })),
  imagemap: (message, talk) => imagemap(message, talk),
};

const contentOf = (entry) => `/simulator/content/${entry.id}`;
const sizeOf = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`);

function picture(src, words) {
  return el("img", { class: "photo", src, alt: words, loading: "lazy", referrerpolicy: "no-referrer" });
}

/** What the account sent, and a person's own recording, plays; a sample is only a sign. */
function player(kind, message, words, entry) {
  const src = message.originalContentUrl ?? contentOf(entry);
  if (!message.originalContentUrl && !entry.hasOwnContent) return el("div", { class: "balloon media" }, signOf(kind), el("span", { text: `${words}　${Math.round((message.duration ?? 0) / 1000)}秒` }));
  return el(kind, { class: "photo", src, controls: true, preload: "none", poster: message.previewImageUrl });
}

/** A picture with places to tap. */
function imagemap(message, talk) {
  const { width, height } = message.baseSize;
  const made = el("div", { class: "richmenu imagemap" }, el("img", { src: `${message.baseUrl}/1040`, alt: message.altText, referrerpolicy: "no-referrer" }));
  style(made, { "aspect-ratio": `${width} / ${height}` });
  for (const action of message.actions) {
    const { x, y, width: wide, height: high } = action.area;
    const given = action.type === "uri" ? { type: "uri", uri: action.linkUri } : action;
    const place = tappable(given, talk, { class: "richmenu-area", "aria-label": action.label ?? action.text ?? message.altText });
    style(place, { left: `${(100 * x) / width}%`, top: `${(100 * y) / height}%`, width: `${(100 * wide) / width}%`, height: `${(100 * high) / height}%` });
    made.append(place);
  }
  return made;
}

function unknown(message) {
  return el("div", { class: "balloon media", text: `（${message.type}）${message.altText ?? ""}` });
}
