"""Which words of a stretch can be a name: where it begins and ends, and what is a clause and no name.

Only shapes of words are judged here; what a name is the name of is left to `naming`.
"""

from collections.abc import Iterator, Sequence

from bot.intents.kinds import Kind
from bot.intents.tokens import Token

LONGEST_TITLE = 60
"""Characters; more than this without quotes is talk, not a title."""

_COUNTERS = frozenset({"冊", "点", "件", "個", "つ", "枚", "本", "さつ"})
_KEPT_SIGNS = frozenset("!?)」』〉》”ー\ue000")
_PARTICLES_IN_NAMES = frozenset({"の", "を", "で", "と", "に"})
"""What may follow a pronoun within a name; は and が after one speak of the patron."""
_NO_ENDS = frozenset({"以外", "ため", "為", "とき", "時", "ほう", "方", "こと", "途中"})
"""Nouns that end a clause or a remark rather than a name."""
_REASONS = frozenset({"から", "けど", "けれど", "ので", "のに", "し", "が"})
_TAKES_A_NAME = frozenset({"を", "って", "という", "は", "の", "も", "が", "と", "ある", "あり"})
"""What follows a name without a noun in it; a clause has something else behind it."""
_ASKED = frozenset({"誰", "何", "どれ", "どんな", "先", "だれ", "なに"})
_HELPING = frozenset({"いる", "おる", "居る", "ている", "てる", "おり", "いただく", "くれる", "もらう"})


def before_remark(tokens: Sequence[Token], run: Sequence[int], kinds: Sequence[Kind]) -> int:
    """Where a stretch ends that goes on to say something about the work (火花はもう読んだから)."""
    seen = False
    for n in run[:-1]:
        seen = seen or kinds[n] is Kind.CONTENT
        if (
            seen
            and tokens[n].surface in {"は", "って", "も"}
            and kinds[n + 1] is Kind.LIGHT
            and tokens[n + 1].pos[0] == "副詞"
        ):
            return n
    return run[-1] + 1


def trim(tokens: Sequence[Token], kinds: Sequence[Kind], begin: int, end: int) -> tuple[int, int]:
    """The first and one past the last token of what is named."""
    while begin < end and _is_loose_start(tokens, kinds, begin, end):
        begin += 1
    while (
        end > begin
        and _is_loose_end(tokens[end - 1], kinds[end - 1])
        and not _asks_in_name(tokens, begin, end)
    ):
        end -= 1
    if end - begin > 2 and tokens[end - 1].surface in _COUNTERS and tokens[end - 2].pos[1] == "数詞":
        end -= 2  # A count: 絵本3冊.
    if Kind.CONTENT not in kinds[begin:end]:
        return 0, 0
    return begin, end


def _is_loose_start(tokens: Sequence[Token], kinds: Sequence[Kind], at: int, end: int) -> bool:
    if (
        kinds[at] is Kind.LIGHT
        and at + 2 < end
        and tokens[at + 1].surface == "の"
        and tokens[at].pos[0] == "名詞"
    ):
        return tokens[at].pos[1] != "普通名詞"  # 夏休みの自由研究 is one name.
    if tokens[at].pos[0] == "連体詞" and at + 2 < end and kinds[at + 1] is Kind.CONTENT:
        return False  # あのこは貴族, この世界の片隅に
    if tokens[at].pos[0] == "代名詞" and at + 2 < end and tokens[at + 1].surface in _PARTICLES_IN_NAMES:
        return False  # 俺ではない炎上, わたしを離さないで
    if kinds[at] in {Kind.FUNCTION, Kind.LIGHT}:
        return True
    if kinds[at] is not Kind.WEAK or at + 1 >= end or tokens[at + 1].surface == "の":
        return False
    return kinds[at + 1] in {Kind.FUNCTION, Kind.LIGHT}


def _asks_in_name(tokens: Sequence[Token], begin: int, end: int) -> bool:
    """Whether a name ends as a question does (なぜ僕らは働くのかって)."""
    return (
        end - begin > 2
        and [token.surface for token in tokens[end - 2 : end]] == ["の", "か"]
        and end < len(tokens)
        and tokens[end].surface in {"って", "を", "という"}
    )


def _is_loose_end(token: Token, kind: Kind) -> bool:
    if kind is Kind.LIGHT:
        return token.pos[0] not in {"動詞", "形容詞"} and token.surface != "たち"
    if kind is not Kind.FUNCTION:
        return False
    if token.pos[0] == "助動詞":
        return token.lemma in {"だ", "です", "や"}
    return token.surface not in _KEPT_SIGNS


def could_be_name(tokens: Sequence[Token], begin: int, end: int, *, attached: bool) -> bool:
    """Whether words that nobody marked as a name are one, and not a clause or a mere count."""
    words = tokens[begin:end]
    if words[-1].end - words[0].begin > LONGEST_TITLE or _is_no_name(words):
        return False
    follower = tokens[end] if end < len(tokens) else None
    if _is_inflected(words[-1]) and (follower is None or follower.surface not in _TAKES_A_NAME):
        return False  # 窓口に行け(ないので)
    if not any(token.pos[0] in {"名詞", "代名詞", "形状詞", "接尾辞"} for token in words):
        return attached and len(words) > 2 and follower is not None and follower.surface in _TAKES_A_NAME
    if (
        not attached
        and follower is not None
        and follower.lemma in {"する", "いたす", "致す", "できる", "くださる"}
    ):
        return False  # A noun that is said as a verb: 入院して, ご連絡いたしました.
    is_clause = words[-1].pos[0] in {"動詞", "形容詞", "助動詞", "副詞"}
    if is_clause and follower is not None and follower.surface in _REASONS:
        return False  # もう買っちゃったから
    return attached or not (is_clause or (follower is not None and follower.pos[1] == "接続助詞"))


def _is_no_name(words: Sequence[Token]) -> bool:
    """Whether words cannot be a name, whatever stands around them."""
    last = words[-1]
    if last.pos[1] == "助動詞語幹" or (len(words) > 1 and last.surface in _NO_ENDS):
        return True  # 読み終わりそう
    if last.lemma in _HELPING:
        return True  # 待っている人がい(ても)
    if last.lemma in {"ます", "た"} and any(token.lemma == "ます" for token in words[-2:]):
        return True  # 入りました
    if all(token.surface in _ASKED for token in words):
        return True
    return all(
        token.pos[1] == "数詞" or "助数詞" in token.pos[2] or token.surface in _COUNTERS for token in words
    )


def _is_inflected(token: Token) -> bool:
    """Whether a verb stands in a form that something has to follow."""
    return token.pos[0] == "動詞" and token.surface != token.lemma


def is_attached(tokens: Sequence[Token], end: int, edge: int) -> bool:
    """Whether only particles stand between the token before `end` and the place `edge`."""
    return all(_may_stand_between(token) for token in _between(tokens, end, edge))


def _between(tokens: Sequence[Token], first: int, stop: int) -> Iterator[Token]:
    for n in range(first, len(tokens)):
        if tokens[n].end > stop:
            return
        yield tokens[n]


def _may_stand_between(token: Token) -> bool:
    return token.is_function or token.pos[0] in {"接頭辞", "接尾辞", "感動詞", "副詞", "代名詞"}
