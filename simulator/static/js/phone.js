// One phone: the chat of one person, kept up to date.

import * as api from "./api.js";
import { tappable } from "./actions.js";
import { line, meta } from "./bubbles.js";
import { composer } from "./composer.js";
import { el } from "./dom.js";
import { signOf } from "./drawings.js";
import { showMembers } from "./groups.js";
import { richMenu } from "./richmenu.js";
import { ask, toast } from "./sheets.js";
import { dayOf } from "./times.js";

const NEAR_END_PX = 160;
const LANGUAGES = [["ja", "日本語"], ["en", "English"], ["zh-TW", "繁體中文"], ["ko", "한국어"], ["th", "ไทย"], ["", "伝えない"]];

export class Phone {
  /** @param {{user: number, name: string, groups: Array}} person */
  constructor(person, account) {
    this.user = person.user;
    this.language = person.language;
    this.chatId = "me";
    this.forget();
    this.list = el("div", { class: "messages", "data-testid": "messages", tabindex: "0", role: "log", "aria-label": "トーク" });
    this.quick = el("div", { class: "quick", "data-testid": "quick-replies", role: "group", "aria-label": "返信の候補" });
    this.menu = el("div", { class: "menu" });
    this.tabs = el("nav", { class: "tabs", "aria-label": `${person.name}さんのトークの切り替え` });
    this.typing = el("div", { class: "typing", "data-testid": "loading", role: "status", "aria-label": "入力中", hidden: true }, el("i"), el("i"), el("i"));
    this.blockButton = el("button", { type: "button", class: "quiet", "data-testid": "block", text: "ブロック", on: { click: () => this.do(api.block(this.user)) } });
    this.followButton = el("button", { type: "button", class: "follow", "data-testid": "follow", on: { click: () => this.follow() } });
    this.initial = [...account][0] ?? "";
    this.invitation = el("p");
    this.stranger = el("div", { class: "stranger", hidden: true }, el("span", { class: "face", "aria-hidden": "true", text: this.initial }),
      this.invitation, this.followButton);
    this.writing = composer(this);
    this.keepAtEnd();
    this.title = el("strong", { class: "chat-name", text: account });
    this.owner = el("span", { class: "owner", text: `${person.name}さんの画面` });
    this.membersButton = el("button", { type: "button", class: "quiet", "data-testid": "members", text: "メンバー", hidden: true, on: { click: () => showMembers(this, this.people) } });
    const more = el("button", { type: "button", class: "quiet more", "data-testid": "more", "aria-label": "この電話の設定", title: "この電話の設定", text: "⋯", on: { click: () => this.showMore() } });
    const head = el("header", { class: "phone-head" }, el("div", { class: "names" }, this.title, this.owner), this.membersButton, this.blockButton, more);
    this.element = el("section", { class: "phone", "data-testid": "phone", "data-user": person.user, "aria-label": `${person.name}さんの電話` },
      head, this.tabs, this.list, this.typing, this.quick, this.stranger, this.writing.element, this.menu);
  }

  /** Know this person's settings and everybody else, who may be asked into a group. */
  know(person, people) {
    this.language = person.language;
    this.people = people;
    this.setGroups(person.groups);
    // Who has left a group is back at their own talk.
    if (this.chatId !== "me" && !person.groups.some(({ chat }) => chat === this.chatId)) this.open("me", person.groups);
  }

  /** Show the groups of this person as tabs. */
  setGroups(groups) {
    if (!this.changed("tabs", [groups, this.chatId])) return;
    const chats = groups.length ? [{ chat: "me", name: "トーク" }, ...groups] : [];
    this.tabs.replaceChildren(...chats.map(({ chat, name }) => el("button", { type: "button", class: "tab",
      "aria-pressed": String(chat === this.chatId), text: name, on: { click: () => this.open(chat, groups) } })));
  }

  open(chatId, groups) {
    this.chatId = chatId;
    this.forget();
    this.list.replaceChildren();
    this.setGroups(groups);
    this.refresh();
  }

  forget() {
    this.revision = 0;
    this.lines = new Map();
    this.entries = new Map();
    this.lastDay = "";
    this.shown = {};
  }

  /** Fetch what is new; calls that come meanwhile lead to one more fetch, and all wait until the last is shown. */
  refresh() {
    this.isStale = true;
    this.round ??= this.catchUp();
    return this.round;
  }

  async catchUp() {
    try {
      while (this.isStale) {
        this.isStale = false;
        const chatId = this.chatId;
        const view = await api.chat(this.user, chatId, this.revision);
        if (chatId === this.chatId) this.show(view);
        else this.isStale = true;
      }
    } catch {
      // The simulator has stopped; the stream tells when it is back.
    } finally {
      this.round = null;
    }
  }

  show(view) {
    if (view.revision < this.revision) {
      // The simulator was started anew.
      this.forget();
      this.list.replaceChildren();
      this.isStale = true;
      return;
    }
    this.revision = view.revision;
    this.view = view;
    this.title.textContent = view.isGroup ? `${view.name}（${view.members.length}）` : view.name;
    const isNew = view.messages.some((entry) => !this.lines.has(entry.id));
    const isOwn = view.messages.some((entry) => entry.from === "user" && !this.lines.has(entry.id));
    const wasEmpty = !this.lines.size;
    for (const entry of view.messages) this.place(entry);
    this.showQuick(view.quickReply);
    this.showMenuOf(view.richMenu);
    this.showLoading(view.loadingMs);
    this.showStranger(view);
    if (isNew && (this.isAtEnd || isOwn || wasEmpty)) this.scrollToEnd();
  }

  place(entry) {
    const known = this.lines.get(entry.id);
    if (known && JSON.stringify(this.entries.get(entry.id).message) === JSON.stringify(entry.message)) {
      // Only the read mark is new: the line stays, so that nothing moves and nothing is read aloud twice.
      known.querySelector(".meta")?.replaceWith(meta(entry, this));
      this.entries.set(entry.id, entry);
      return;
    }
    const made = line(entry, this);
    if (known) {
      known.replaceWith(made);
    } else {
      const day = dayOf(entry.at);
      if (day !== this.lastDay) this.list.append(el("div", { class: "day", text: day }));
      this.lastDay = day;
      this.list.append(made);
    }
    this.lines.set(entry.id, made);
    this.entries.set(entry.id, entry);
  }

  showQuick(items) {
    if (!this.changed("quick", items)) return;
    this.quick.replaceChildren(...items.map(({ action, imageUrl }) => {
      const made = tappable(action, this, { class: "quick-item", "data-testid": "quick-reply" });
      if (imageUrl) made.append(el("img", { src: imageUrl, alt: "", referrerpolicy: "no-referrer" }));
      made.append(el("span", { text: action.label }));
      return made;
    }));
    this.quick.hidden = !items.length;
    if (items.length) this.scrollToEnd();
  }

  showMenuOf(menu) {
    if (!this.changed("menu", menu)) return;
    // A tab leaves the menu open; a menu that is new opens as it says.
    const isOpen = this.menuBody ? !this.menuBody.hidden : menu?.selected;
    this.menu.replaceChildren();
    this.menuBody = null;
    if (!menu) return;
    this.menuBar = el("button", { type: "button", class: "menu-toggle", "data-testid": "menu-bar", on: { click: () => this.showMenu(this.menuBody.hidden) } },
      el("span", { text: menu.chatBarText }), el("span", { class: "menu-arrow", "aria-hidden": "true" }));
    const keyboard = el("button", { type: "button", class: "menu-keyboard", "data-testid": "keyboard", title: "キーボード", "aria-label": "メニューを閉じて文字を入力する",
      on: { click: () => { this.showMenu(false); this.writing.focus(); } } }, signOf("keyboard"));
    this.menuBody = richMenu(menu, this);
    this.menu.append(el("div", { class: "menu-bar" }, keyboard, this.menuBar), this.menuBody);
    this.showMenu(isOpen);
  }

  showMenu(isOpen) {
    if (!this.menuBody) return;
    this.menuBody.hidden = !isOpen;
    this.menuBar.setAttribute("aria-expanded", String(isOpen));
    this.scrollToEnd();
  }

  /** The settings of this phone, and the conversation as a test case. */
  async showMore() {
    const language = el("select", { "aria-label": "言語", "data-testid": "language" }, ...LANGUAGES.map(([value, text]) => el("option", { value, text, selected: value === this.language })));
    const save = (format, text) => el("a", { class: "quiet", href: api.exported(this.user, this.chatId, format), download: "", "data-testid": `export-${format}`, text });
    const chosen = await ask(this.element, "この電話の設定", [
      el("label", { class: "choice" }, el("span", { text: "言語（プロフィール）" }), language),
      el("p", { text: "このトークをテストケースとして書き出す" }),
      el("div", { class: "sheet-row" }, save("yaml", "YAML"), save("json", "JSON")),
    ], [{ label: "閉じる", value: "" }, { label: "保存", value: "ok", main: true }]);
    if (chosen === "ok" && language.value !== this.language) await this.do(api.speak(this.user, language.value));
  }

  showLoading(ms) {
    clearTimeout(this.loadingTimer);
    this.typing.hidden = ms <= 0;
    if (ms > 0) this.loadingTimer = setTimeout(() => { this.typing.hidden = true; }, ms);
  }

  showStranger(view) {
    this.stranger.hidden = view.canSend;
    this.menu.hidden = !view.canSend;
    this.stranger.classList.toggle("stranger-alone", !this.lines.size);
    this.list.hidden = !view.canSend && !this.lines.size;
    this.writing.element.hidden = !view.canSend;
    this.blockButton.hidden = !view.canSend || view.isGroup;
    this.membersButton.hidden = !view.isGroup;
    this.invitation.textContent = view.hasBlocked ? "ブロックしています。メッセージは届きません。" : `「${view.name}」を友だちに追加すると、トークを始められます。`;
    this.followButton.textContent = view.hasBlocked ? "ブロックを解除" : "友だち追加";
  }

  /** Whether something is shown otherwise than before, so that what has the focus is not made anew for nothing. */
  changed(name, value) {
    const text = JSON.stringify(value);
    if (this.shown[name] === text) return false;
    this.shown[name] = text;
    return true;
  }

  /** Who reads the end goes on reading the end when the list grows or its room shrinks; who looks back is left alone. */
  keepAtEnd() {
    this.isAtEnd = true;
    this.list.addEventListener("scroll", () => {
      this.isAtEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR_END_PX;
    }, { passive: true });
    const keep = () => this.isAtEnd && this.scrollToEnd();
    new ResizeObserver(keep).observe(this.list);
    // A picture has its height only once it has come.
    this.list.addEventListener("load", keep, true);
  }

  scrollToEnd() {
    this.isAtEnd = true;
    this.list.scrollTop = this.list.scrollHeight;
    requestAnimationFrame(() => { this.list.scrollTop = this.list.scrollHeight; });
  }

  // The hands of the person.
  send(message, own) { return this.do(api.send(this.user, this.chatId, message, own)); }
  tap(action, params) { return this.do(api.tap(this.user, this.chatId, action, params, this.messageId)); }
  choose(kind) { this.writing.choose(kind); }
  unsend(id) { return this.do(api.unsend(this.user, this.chatId, id)); }
  async follow() {
    // Pressed twice in a hurry it is still one wish.
    this.followButton.disabled = true;
    if (await this.do(api.follow(this.user))) await this.refresh();
    this.followButton.disabled = false;
    if (!this.writing.element.hidden) this.writing.focus();
  }
  type(text) { this.writing.type(text); }

  /** Wait for a call; a refusal is told. Resolves with whether it went well. */
  async do(call) {
    try {
      await call;
      return true;
    } catch (error) {
      toast(this.element, `送れませんでした（${error.message}）`);
      return false;
    }
  }
}
