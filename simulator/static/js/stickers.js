// Stickers in a style of our own: a large emoji for each id, always the same one.

const FACES = ["😊", "🙏", "👍", "🙇", "😢", "🎉", "📚", "🌸", "❤️", "😴", "🤔", "👋"];

/** What the tray offers: ids of one of LINE's sample packages. */
export const TRAY = FACES.map((_, at) => ({ type: "sticker", packageId: "446", stickerId: String(1988 + at) }));

export const faceOf = (sticker) => FACES[Math.abs(Number(BigInt(sticker.stickerId) - 1988n)) % FACES.length];
