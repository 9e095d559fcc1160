// Instants as a chat shows them, in Japan's time wherever the browser is.

const ZONE = { timeZone: "Asia/Tokyo" };
const TIME = new Intl.DateTimeFormat("ja-JP", { ...ZONE, hour: "numeric", minute: "2-digit", hour12: false });
const DAY = new Intl.DateTimeFormat("ja-JP", { ...ZONE, year: "numeric", month: "long", day: "numeric", weekday: "short" });

export const timeOf = (at) => TIME.format(at);
export const dayOf = (at) => DAY.format(at);
