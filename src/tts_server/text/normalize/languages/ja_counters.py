"""What is counted in Japanese, and how it sounds behind a number. Pure data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Counter:
    """What stands behind a number.

    Args:
        sound: In katakana.
        stops: Behind which ends of numbers it makes a stop: ``k`` and ``h`` behind 1, 6, 8, 10 and 100,
            ``s`` and ``t`` behind 1, 8 and 10; "" behind none.
        second: Its sound behind a stop, where that is another.
        third: Its sound behind 3, 1000 and 10000, where that is another; behind 4 too, if it is the second.
        digits: Last figures that are said otherwise: 4時 is ヨジ.
        whole: Numbers that have one word with it: 1人 is ヒトリ.
        joined: Last figures to which it is said without a break.
    """

    sound: str
    stops: str = ""
    second: str = ""
    third: str = ""
    digits: dict[int, str] = field(default_factory=dict)
    whole: dict[int, str] = field(default_factory=dict)
    joined: frozenset[int] = frozenset()

    def joins(self, number: int) -> bool:
        """Say whether it is said with the number as one word."""
        return number % 10 in self.joined


# written, sound, stop and its second and third sounds
_REGULAR = """
本 ホン h ポン ボン
匹 ヒキ h ピキ ビキ
杯 ハイ h パイ バイ
分 フン h プン プン
分間 フンカン h プンカン プンカン
泊 ハク h パク パク
発 ハツ h パツ パツ
票 ヒョー h ピョー ビョー
歩 ホ h ポ ポ
敗 ハイ h パイ パイ
班 ハン h パン パン
版 ハン h パン パン
品 ヒン h ピン ピン
個 コ k
箇所 カショ k
か所 カショ k
ヶ所 カショ k
カ所 カショ k
ケ所 カショ k
か国 カコク k
ヶ国 カコク k
カ国 カコク k
ヵ国 カコク k
戸 コ k
校 コー k
か国語 カコクゴ k
ヶ国語 カコクゴ k
か月 カゲツ k
ヶ月 カゲツ k
カ月 カゲツ k
ケ月 カゲツ k
ヵ月 カゲツ k
箇月 カゲツ k
か月間 カゲツカン k
ヶ月間 カゲツカン k
カ月間 カゲツカン k
回 カイ k
回戦 カイセン k
階 カイ k カイ ガイ
軒 ケン k ケン ゲン
件 ケン k
曲 キョク k
巻 カン k
課 カ k
基 キ k
局 キョク k
機 キ k
期 キ k
冊 サツ s
歳 サイ s
才 サイ s
足 ソク s ソク ゾク
隻 セキ s
席 セキ s
社 シャ s
週 シュー s
週間 シューカン s
種類 シュルイ s
章 ショー s
周 シュー s
周年 シューネン s
世紀 セーキ s
世帯 セタイ s
世代 セダイ s
勝 ショー s
色 ショク s
節 セツ s
試合 シアイ s
作 サク s
首 シュ s
セット セット s
尺 シャク s
升 ショー s
食 ショク s
世 セー
型 ガタ
頭 トー t
通 ツー t
点 テン t
店 テン t
店舗 テンポ t
滴 テキ t
丁目 チョーメ t
着 チャク t
等 トー t
等分 トーブン t
体 タイ t
棟 トー t
兆 チョー t
兆円 チョーエン t
トン トン t
合 ゴー
枚 マイ
名 メー
名様 メーサマ
台 ダイ
度 ド
倍 バイ
秒 ビョー
秒間 ビョーカン
万 マン
億 オク
割 ワリ
行 ギョー
号 ゴー
号室 ゴーシツ
号車 ゴーシャ
番 バン
番線 バンセン
番地 バンチ
位 イ
列 レツ
部 ブ
部屋 ヘヤ
面 メン
問 モン
門 モン
名分 メーブン
両 リョー
輪 リン
羽 ワ
話 ワ
膳 ゼン
段 ダン
段階 ダンカイ
代 ダイ
台分 ダイブン
粒 ツブ
袋 フクロ
文字 モジ
字 ジ
条 ジョー
項 コー
畳 ジョー
乗 ジョー
題 ダイ
駅 エキ
学期 ガッキ
打席 ダセキ
ドル ドル
ユーロ ユーロ
ポンド ポンド
ウォン ウォン
元 ゲン
ページ ページ
キロ キロ
グラム グラム
メートル メートル
センチ センチ
ミリ ミリ
リットル リットル
パーセント パーセント
ポイント ポイント
ヶ ケ
"""
_THREE = frozenset({3})
_FOURS = {4: "ヨ"}
_HOURS = {4: "ヨ", 7: "シチ", 9: "ク"}
_DAYS = "ツイタチ フツカ ミッカ ヨッカ イツカ ムイカ ナノカ ヨーカ ココノカ トーカ".split()
_DATES = dict(enumerate(_DAYS, start=1)) | {
    14: "ジュー ヨッカ",
    17: "ジュー シチニチ",
    19: "ジュー クニチ",
    20: "ハツカ",
    24: "ニジュー ヨッカ",
    27: "ニジュー シチニチ",
    29: "ニジュー クニチ",
}
_THINGS = "ヒトツ フタツ ミッツ ヨッツ イツツ ムッツ ナナツ ヤッツ ココノツ".split()

_IRREGULAR = {
    "人": Counter("ニン", digits=_FOURS, whole={1: "ヒトリ", 2: "フタリ", 7: "シチ ニン"}),
    "人前": Counter("ニンマエ", digits={4: "ヨ"}),
    "人分": Counter("ニンブン", digits={4: "ヨ"}, whole={1: "ヒトリブン", 2: "フタリブン"}),
    "人目": Counter("ニンメ", digits={4: "ヨ"}, whole={1: "ヒトリメ", 2: "フタリメ"}),
    "人組": Counter("ニングミ", digits={4: "ヨ"}, whole={2: "フタリグミ"}),
    "人称": Counter("ニンショー"),
    "円": Counter("エン", digits=_FOURS),
    "年": Counter("ネン", digits=_FOURS),
    "年間": Counter("ネンカン", digits=_FOURS),
    "年生": Counter("ネンセー", digits=_FOURS),
    "年代": Counter("ネンダイ", digits=_FOURS),
    "年度": Counter("ネンド", digits=_FOURS),
    "年前": Counter("ネンマエ", digits=_FOURS),
    "年後": Counter("ネンゴ", digits=_FOURS),
    "年目": Counter("ネンメ", digits=_FOURS),
    "年半": Counter("ネンハン", digits=_FOURS),
    "時": Counter("ジ", digits=_HOURS, whole={0: "レージ"}, joined=_THREE),
    "時半": Counter("ジハン", digits=_HOURS, whole={0: "レージハン"}, joined=_THREE),
    "時間": Counter("ジカン", digits=_HOURS),
    "時間半": Counter("ジカンハン", digits=_HOURS),
    "時頃": Counter("ジゴロ", digits=_HOURS),
    "時台": Counter("ジダイ", digits=_HOURS),
    "月": Counter("ガツ", digits={4: "シ", 7: "シチ", 9: "ク"}, joined=_THREE),
    "月号": Counter("ガツゴー", digits={4: "シ", 7: "シチ", 9: "ク"}),
    "日": Counter("ニチ", whole=_DATES),
    "日間": Counter("ニチカン", whole={n: word + "カン" for n, word in _DATES.items()} | {1: "イチニチカン"}),
    "日目": Counter("ニチメ", whole={n: word + "メ" for n, word in _DATES.items()} | {1: "イチニチメ"}),
    "日後": Counter("ニチゴ", whole={n: word + "ゴ" for n, word in _DATES.items()} | {1: "イチニチゴ"}),
    "日前": Counter("ニチマエ", whole={n: word + "マエ" for n, word in _DATES.items()} | {1: "イチニチマエ"}),
    "日中": Counter("ニチチュー", whole={1: "イチニチジュー"}),
    "日分": Counter("ニチブン", whole={n: word + "ブン" for n, word in _DATES.items()} | {1: "イチニチブン"}),
    "つ": Counter("ツ", whole=dict(enumerate(_THINGS, start=1))),
    "つ目": Counter("ツメ", whole={n: word + "メ" for n, word in enumerate(_THINGS, start=1)}),
    "晩": Counter("バン", whole={1: "ヒトバン", 2: "フタバン"}),
    "組": Counter("クミ", whole={1: "ヒトクミ", 2: "フタクミ"}),
    "皿": Counter("サラ", whole={1: "ヒトサラ", 2: "フタサラ", 3: "ミサラ"}),
    "坪": Counter("ツボ", whole={1: "ヒトツボ", 2: "フタツボ"}),
    "束": Counter("タバ", whole={1: "ヒトタバ", 2: "フタタバ"}),
    "言": Counter("コト", whole={1: "ヒトコト", 2: "フタコト"}),
    "桁": Counter("ケタ", whole={1: "ヒトケタ", 2: "フタケタ"}),
    "箱": Counter("ハコ", whole={1: "ヒトハコ", 2: "フタハコ", 10: "ジッパコ"}),
}
_EXCEPTIONS = {"歳": {20: "ハタチ"}, "才": {20: "ハタチ"}, "分": {0: "レーフン"}}
_JOINED_TO_THREE = frozenset("枚 番 か月 ヶ月 カ月 ケ月 ヵ月 箇月 か所 ヶ所 カ所 箇所 か国 ヶ国 カ国".split())


def _counters() -> dict[str, Counter]:
    counters = dict(_IRREGULAR)
    for line in _REGULAR.split("\n"):
        if line:
            written, sound, stops, second, third = (*line.split(), "", "", "")[:5]
            joined = _THREE if written in _JOINED_TO_THREE else frozenset()
            counters[written] = Counter(
                sound, stops, second, third, whole=_EXCEPTIONS.get(written, {}), joined=joined
            )
    for written, how in [*counters.items()]:
        if f"{written}目" not in counters and written not in {"か月", "ヶ月", "円", "ドル"}:
            ordinal = {number: word + "メ" for number, word in how.whole.items()}
            counters[f"{written}目"] = Counter(
                how.sound + "メ", how.stops, how.second and how.second + "メ", how.third and how.third + "メ",
                how.digits, ordinal, how.joined,
            )  # fmt: skip
    for written in ("人", "個", "回", "本", "問", "社", "枚", "件"):
        how = counters[written]
        within = {number: word + "チュー" for number, word in how.whole.items()}
        counters[f"{written}中"] = replace(
            how,
            sound=how.sound + "チュー",
            second=how.second and how.second + "チュー",
            third=how.third and how.third + "チュー",
            whole=within,
        )
    return counters


COUNTERS: Final = _counters()
"""What is counted, as it is written, to how it sounds."""
