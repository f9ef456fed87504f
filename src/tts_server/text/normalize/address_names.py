"""Endings of addresses and files: which there are, and which of them are said as a word. Pure data."""

from __future__ import annotations

from typing import Final

COUNTRIES: Final = frozenset(
    """
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw
    by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et
    eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id
    ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu
    lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np
    nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj
    sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy
    uz va vc ve vg vi vn vu wf ws ye yt za zm zw
    """.split()
)
GENERIC: Final = frozenset(
    """
    com org net edu gov mil int info biz name pro app dev page web site online store shop blog cloud
    tech technology tools wiki news live life world today work works team chat email zone space media
    studio design art agency company business center support systems software solutions services network
    digital global group earth city academy school university education health care bank finance money
    games game play video photo photos travel restaurant coffee fun run fit club community social link
    click xyz top icu one bot gle codes computer engineering science law legal jobs house garden style
    fashion events guru
    """.split()
)
WORDS_TOO: Final = frozenset(
    "am an as at be do in is it la me my no so to us one run play work care live".split()
)
"""Those that may as well begin a sentence whose space was forgotten."""

FILES: Final = frozenset(
    """
    3gp 7z aac apk asm avi avro awk bak bash bat bib bin bmp bz2 cc cer cert cfg class cmake cmd conf
    cpp crt cs csr css csv dart db deb dll dmg doc docx egg env eot epub exe flac gif go gpx gradle
    graphql gz h5 hpp hs htm html ico ics ini ipynb iso jar java jpeg jpg js json jsonl jsx key kt less
    lock log lua m4a m4v map md mdx mid mjs mkv mobi mov mp3 mp4 mpeg mpg msi ndjson npy npz ods odt ogg
    onnx opus orc otf parquet pdb pdf pem php pickle pkl plist png pot ppt pptx proto ps1 psd pt pth pub
    py pyc pyi r rar rb rpm rs rst rtf safetensors sass scala scss sh so sol sql sqlite srt svg swift
    tar tex tgz tif tiff tmp toml torrent ts tsv tsx ttf txt vb vbs vtt vue wasm wav webm webp whl wma
    woff wmv xhtml xls xlsx xml xz yaml yml zip zsh gguf ckpt
    """.split()
)
SAID: Final = frozenset(
    """
    com org net edu gov in mil int info biz name pro app dev web co me go one bin log doc wav zip tar bat
    env jar iso bak key rar bib map mov pub lua ini vue gif run fun fit top art bot gle java json yaml
    toml jpeg lock bash swift scala dart conf class page site blog
    """.split()
)
"""Those that are said as a word; others of at most four letters are spelled."""
