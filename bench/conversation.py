"""What the patrons of a bench say: a mix of all flows, in words, each message after the answer to the one before."""

from bench.record import shelf_title

MIX = (
    "貸出状況",
    "延長して",
    "はい",
    "『{title}』はありますか",
    "『{title}』を東部で予約、連絡はいらない",
    "はい",
    "予約一覧",
    "予約を取り消したい",
    "はい",
    "ヘルプ",
    "今日は何時まで開いていますか",
    "『{other}』を予約したい",
    "やめる",
    "ありがとう",
)


def message(patron: int, number: int) -> str:
    """The message number `number` of a patron's conversation, which begins anew after its end."""
    round_, place = divmod(number, len(MIX))
    return MIX[place].format(title=shelf_title(patron + round_), other=shelf_title(patron + round_ + 7))
