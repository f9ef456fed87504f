"""Latin words that a Japanese speaker says otherwise than their letters or their English sound would tell.

Pure data, for ``katakana``. Loan words have the form that dictionaries of Japanese give them; names are said
as their bearers write them in Japan.
"""

from __future__ import annotations

from typing import Final

_NAMES = """
A=エー B=ビー C=シー D=ディー E=イー F=エフ G=ジー H=エイチ I=アイ J=ジェー K=ケー L=エル M=エム N=エヌ
O=オー P=ピー Q=キュー R=アール S=エス T=ティー U=ユー V=ブイ W=ダブリュー X=エックス Y=ワイ Z=ゼット
"""

LETTER_NAMES: Final = dict(entry.split("=") for entry in _NAMES.split())
"""Capital letter to what it is called."""

_WORDS = """
a=ア about=アバウト access=アクセス account=アカウント action=アクション admin=アドミン agent=エージェント
aids=エイズ air=エア ajax=エイジャックス all=オール am=エーエム amazon=アマゾン america=アメリカ
ana=エーエヌエー and=アンド android=アンドロイド anthropic=アンソロピック apache=アパッチ app=アプリ
apple=アップル are=アー art=アート ascii=アスキー asean=アセアン asia=アジア at=アット audio=オーディオ
auto=オート aws=エーダブリューエス azure=アジュール backup=バックアップ banana=バナナ bank=バンク
base=ベース basic=ベーシック beach=ビーチ beta=ベータ bing=ビング bios=バイオス bit=ビット
bluetooth=ブルートゥース bot=ボット box=ボックス browser=ブラウザ bug=バグ business=ビジネス button=ボタン
by=バイ byte=バイト cad=キャド cafe=カフェ café=カフェ calendar=カレンダー camera=カメラ canada=カナダ
cancel=キャンセル chat=チャット chatbot=チャットボット chatgpt=チャットジーピーティー check=チェック
china=チャイナ chocolate=チョコレート chrome=クローム claude=クロード click=クリック cloud=クラウド
club=クラブ code=コード coffee=コーヒー comment=コメント computer=コンピューター cookie=クッキー
copilot=コパイロット copy=コピー daemon=デーモン data=データ database=データベース date=デート day=デー
debug=デバッグ deepseek=ディープシーク default=デフォルト delete=デリート demo=デモ dev=デブ
discord=ディスコード disk=ディスク disney=ディズニー display=ディスプレイ do=ドゥー docker=ドッカー
doctor=ドクター domain=ドメイン door=ドア download=ダウンロード dr=ドクター elixir=エリクサー
email=イーメール engine=エンジン enter=エンター error=エラー etc=エトセトラ euro=ユーロ europe=ヨーロッパ
event=イベント excel=エクセル facebook=フェイスブック fax=ファックス feb=フェブ fifa=フィファ file=ファイル
firefox=ファイアフォックス flash=フラッシュ folder=フォルダー food=フード for=フォー format=フォーマット
free=フリー from=フロム game=ゲーム gemini=ジェミニ gif=ジフ giga=ギガ git=ギット github=ギットハブ
gmail=ジーメール go=ゴー good=グッド goodbye=グッドバイ google=グーグル group=グループ guide=ガイド
gyoza=ギョーザ hardware=ハードウェア he=ヒー help=ヘルプ hero=ヒーロー hi=ハイ hokkaido=ホッカイドー
home=ホーム homepage=ホームページ honshu=ホンシュー hotel=ホテル hub=ハブ hyundai=ヒョンデ i=アイ
icloud=アイクラウド icon=アイコン id=アイディー idea=アイデア image=イメージ in=イン indigo=インディゴ
info=インフォ instagram=インスタグラム intel=インテル internet=インターネット into=イントゥ
ios=アイオーエス ipad=アイパッド iphone=アイフォーン ipod=アイポッド is=イズ it=イット italia=イタリア
jaf=ジャフ jal=ジャル jan=ジャン japan=ジャパン java=ジャバ javascript=ジャバスクリプト jaxa=ジャクサ
job=ジョブ jpeg=ジェイペグ jpg=ジェイペグ jr=ジェイアール json=ジェイソン judo=ジュードー kafka=カフカ
kernel=カーネル key=キー keyboard=キーボード kg=キログラム km=キロメートル kobe=コーベ
kubernetes=クバネティス kyoto=キョート kyushu=キューシュー label=ラベル lan=ラン language=ランゲージ
laptop=ラップトップ latte=ラテ lesson=レッスン level=レベル like=ライク line=ライン link=リンク
linkedin=リンクトイン linux=リナックス list=リスト live=ライブ llama=ラマ local=ローカル log=ログ
login=ログイン london=ロンドン love=ラブ mac=マック macbook=マックブック machine=マシン
macos=マックオーエス mail=メール make=メイク management=マネジメント manager=マネージャー mango=マンゴー
mcdonald=マクドナルド me=ミー media=メディア mega=メガ memo=メモ memory=メモリー menu=メニュー
message=メッセージ meta=メタ meter=メーター mic=マイク michael=マイケル microsoft=マイクロソフト
minecraft=マインクラフト mini=ミニ mistral=ミストラル mobile=モバイル mode=モード model=モデル
monitor=モニター mos=モス motor=モーター mouse=マウス movie=ムービー mr=ミスター mrs=ミセス ms=ミズ
music=ミュージック my=マイ name=ネーム nasa=ナサ nato=ナトー netflix=ネットフリックス network=ネットワーク
news=ニュース nhk=エヌエイチケー nike=ナイキ no=ノー node=ノード notion=ノーション number=ナンバー
nvidia=エヌビディア of=オブ office=オフィス ok=オーケー okay=オーケー ollama=オラマ on=オン
online=オンライン onnx=オニキス opec=オペック open=オープン openai=オープンエーアイ option=オプション
or=オア oracle=オラクル orange=オレンジ order=オーダー osaka=オーサカ page=ページ parasol=パラソル
paris=パリ party=パーティー password=パスワード paypal=ペイパル paypay=ペイペイ people=ピープル
phone=フォン photo=フォト photoshop=フォトショップ piano=ピアノ pin=ピン pipecat=パイプキャット
pixel=ピクセル plan=プラン platform=プラットフォーム play=プレイ player=プレーヤー
playstation=プレイステーション please=プリーズ plus=プラス pm=ピーエム png=ピング point=ポイント
pokemon=ポケモン post=ポスト postgresql=ポストグレスキューエル potato=ポテト power=パワー
powerpoint=パワーポイント print=プリント printer=プリンター pro=プロ program=プログラム
project=プロジェクト prompt=プロンプト python=パイソン pytorch=パイトーチ question=クエスチョン
radio=ラジオ ram=ラム ramen=ラーメン react=リアクト reddit=レディット redis=レディス report=レポート
robot=ロボット rom=ロム router=ルーター ruby=ルビー rust=ラスト safari=サファリ sale=セール same=セーム
sample=サンプル sato=サトー save=セーブ scala=スカラ scale=スケール school=スクール science=サイエンス
screen=スクリーン script=スクリプト season=シーズン second=セカンド section=セクション
security=セキュリティ server=サーバー service=サービス shop=ショップ side=サイド sim=シム simple=シンプル
siri=シリ site=サイト skype=スカイプ slack=スラック slide=スライド smart=スマート smartphone=スマートフォン
so=ソー soda=ソーダ sofa=ソファ software=ソフトウェア sony=ソニー sos=エスオーエス soup=スープ
speaker=スピーカー spotify=スポティファイ st=セント staff=スタッフ star=スター start=スタート
station=ステーション step=ステップ stop=ストップ store=ストア strawberry=ストロベリー studio=スタジオ
style=スタイル suica=スイカ sumo=スモー support=サポート switch=スイッチ system=システム table=テーブル
tablet=タブレット tag=タグ take=テイク taxi=タクシー team=チーム teams=チームズ telegram=テレグラム
test=テスト text=テキスト the=ザ theater=シアター theme=テーマ ticket=チケット tiktok=ティックトック
time=タイム title=タイトル to=トゥー toefl=トーフル toeic=トーイック tofu=トーフ toilet=トイレット
tokyo=トーキョー tomato=トマト tool=ツール tour=ツアー travel=トラベル twitter=ツイッター type=タイプ
typescript=タイプスクリプト uber=ウーバー ubuntu=ウブントゥ unesco=ユネスコ unicef=ユニセフ
university=ユニバーシティ unix=ユニックス uno=ウノ update=アップデート upload=アップロード
url=ユーアールエル use=ユーズ user=ユーザー version=バージョン video=ビデオ vip=ブイアイピー virus=ウイルス
visa=ビザ voice=ボイス vs=バーサス wan=ワン watch=ウォッチ we=ウィー web=ウェブ webhook=ウェブフック
website=ウェブサイト websocket=ウェブソケット whatsapp=ワッツアップ whisper=ウィスパー wi-fi=ワイファイ
wifi=ワイファイ wiki=ウィキ wikipedia=ウィキペディア window=ウィンドウ windows=ウィンドウズ wine=ワイン
with=ウィズ word=ワード wordpress=ワードプレス work=ワーク world=ワールド yahoo=ヤフー yes=イエス you=ユー
your=ユア youtube=ユーチューブ zero=ゼロ zoom=ズーム
"""

LOANWORDS: Final = dict(entry.split("=") for entry in _WORDS.split())
"""Lower case to katakana."""

JAPANESE_WORDS: Final = frozenset(
    """
    abe akane anime ayame dote edamame hajime hakodate hime ikebana ise izakaya kabe kaede kagome kame
    kamikaze kanae kaname karaoke karate kawase koe kome komine kure mame mitake momose nabe nagase natsume
    nene otome sakae sake sasuke shigure sone take tokimeke tsubame ume yabe yamabe yume
    """.split()
)
"""Japanese words in Latin letters that look like English ones with a silent e."""
