"""The tables of Brazilian Portuguese. Pure data."""

from __future__ import annotations

from tts_server.text.normalize import signs
from tts_server.text.normalize.words import AddressWords, Currency, Gender, Notation, Noun, Words, table

MONTHS = tuple(
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split()
)
_SHORT_MONTHS = {name[:3]: number for number, name in enumerate(MONTHS, start=1)}
WEEKDAYS = {
    "seg": "segunda",
    "ter": "terça",
    "qua": "quarta",
    "qui": "quinta",
    "sex": "sexta",
    "sáb": "sábado",
    "sab": "sábado",
    "dom": "domingo",
}


def _nouns(gender: Gender, names: str) -> dict[str, Noun]:
    """Return nouns whose names are ``singular/plural``, or that only get an *-s*."""
    pairs = {key: (name.partition("/")[0], name.partition("/")[2]) for key, name in table(names).items()}
    return {key: Noun(one, many or one + "s", gender) for key, (one, many) in pairs.items()}


def _area(one: str, many: str, key: str) -> dict[str, Noun]:
    return {
        f"square-{key}": Noun(f"{one} quadrado", f"{many} quadrados"),
        f"cubic-{key}": Noun(f"{one} cúbico", f"{many} cúbicos"),
    }


UNITS = (
    _nouns(
        "m",
        """
        percent=por cento/por cento; permille=por mil/por mil; kilometer=quilômetro; meter=metro;
        centimeter=centímetro; millimeter=milímetro; micrometer=micrômetro; nanometer=nanômetro;
        foot=pé; kilogram=quilo; gram=grama; milligram=miligrama; microgram=micrograma; liter=litro;
        deciliter=decilitro; centiliter=centilitro; milliliter=mililitro; gallon=galão/galões;
        acre=acre; hectare=hectare; kilometer-per-hour=quilômetro por hora/quilômetros por hora;
        meter-per-second=metro por segundo/metros por segundo;
        meter-per-square-second=metro por segundo ao quadrado/metros por segundo ao quadrado;
        celsius=grau; fahrenheit=grau Fahrenheit/graus Fahrenheit; degree=grau; hertz=hertz/hertz;
        kilohertz=quilohertz/quilohertz; megahertz=megahertz/megahertz; gigahertz=gigahertz/gigahertz;
        byte-per-second=byte por segundo/bytes por segundo; kilobyte=kilobyte; megabyte=mega/mega;
        gigabyte=giga/giga; terabyte=tera/tera; petabyte=petabyte; kibibyte=kibibyte; mebibyte=mebibyte;
        gibibyte=gibibyte; kilobit-per-second=kilobit por segundo/kilobits por segundo;
        megabit-per-second=megabit por segundo/megabits por segundo;
        gigabit-per-second=gigabit por segundo/gigabits por segundo;
        megabyte-per-second=mega por segundo/mega por segundo;
        gigabyte-per-second=giga por segundo/giga por segundo; watt=watt; kilowatt=quilowatt;
        megawatt=megawatt; gigawatt=gigawatt; watt-hour=watt-hora/watts-hora;
        kilowatt-hour=quilowatt-hora/quilowatts-hora; megawatt-hour=megawatt-hora/megawatts-hora;
        milliampere-hour=miliampere-hora/miliamperes-hora; volt=volt; kilovolt=quilovolt;
        milliampere=miliampere; ohm=ohm; kiloohm=quilo-ohm; joule=joule; kilojoule=quilojoule;
        pascal=pascal/pascals; hectopascal=hectopascal/hectopascals;
        kilopascal=quilopascal/quilopascals; decibel=decibel/decibéis; nanosecond=nanossegundo;
        microsecond=microssegundo; millisecond=milissegundo; second=segundo; minute=minuto; day=dia;
        month=mês/meses; year=ano; pixel=pixel/pixels
        """,
    )
    | _nouns(
        "f",
        """
        mile=milha; yard=jarda; inch=polegada; tonne=tonelada; pound=libra; ounce=onça;
        mile-per-hour=milha por hora/milhas por hora;
        revolution-per-minute=rotação por minuto/rotações por minuto; kilocalorie=quilocaloria;
        calorie=caloria; hour=hora; week=semana; night=noite; unit=unidade; person=pessoa
        """,
    )
    | {
        "gram-per-cubic-centimeter": Noun("grama por centímetro cúbico", "gramas por centímetro cúbico"),
        "kilogram-per-cubic-meter": Noun("quilo por metro cúbico", "quilos por metro cúbico"),
        "liter-per-100-kilometer": Noun("litro a cada cem quilômetros", "litros a cada cem quilômetros"),
        "milligram-per-deciliter": Noun("miligrama por decilitro", "miligramas por decilitro"),
        "milligram-per-liter": Noun("miligrama por litro", "miligramas por litro"),
        "gram-per-liter": Noun("grama por litro", "gramas por litro"),
        "person-per-square-kilometer": Noun(
            "habitante por quilômetro quadrado", "habitantes por quilômetro quadrado"
        ),
        "beat-per-minute": Noun("batimento por minuto", "batimentos por minuto"),
        "millimeter-of-mercury": Noun("milímetro de mercúrio", "milímetros de mercúrio"),
        "part-per-million": Noun("parte por milhão", "partes por milhão", "f"),
        "frame-per-second": Noun("quadro por segundo", "quadros por segundo"),
        "horsepower": Noun("cavalo", "cavalos"),
    }
    | _area("metro", "metros", "meter")
    | _area("quilômetro", "quilômetros", "kilometer")
    | _area("centímetro", "centímetros", "centimeter")
    | _area("milímetro", "milímetros", "millimeter")
    | _area("pé", "pés", "foot")
)

_CENTAVO = Noun("centavo", "centavos")


def _of(country: str, plural: str, one: str = "peso", many: str = "pesos") -> Currency:
    return Currency(Noun(f"{one} {country}", f"{many} {plural}"), _CENTAVO)


CURRENCIES = {
    "BRL": Currency(Noun("real", "reais"), _CENTAVO),
    "USD": Currency(Noun("dólar", "dólares"), _CENTAVO),
    "EUR": Currency(Noun("euro", "euros"), _CENTAVO),
    "GBP": Currency(Noun("libra", "libras", "f"), Noun("pêni", "pence")),
    "JPY": Currency(Noun("iene", "ienes")),
    "CNY": Currency(Noun("iuane", "iuanes")),
    "INR": Currency(Noun("rupia", "rupias", "f")),
    "KRW": Currency(Noun("uone", "uones")),
    "RUB": Currency(Noun("rublo", "rublos"), Noun("copeque", "copeques")),
    "TRY": Currency(Noun("lira turca", "liras turcas", "f")),
    "VND": Currency(Noun("dongue", "dongues")),
    "MXN": _of("mexicano", "mexicanos"),
    "ARS": _of("argentino", "argentinos"),
    "CLP": _of("chileno", "chilenos"),
    "COP": _of("colombiano", "colombianos"),
    "UYU": _of("uruguaio", "uruguaios"),
    "PHP": _of("filipino", "filipinos"),
    "PEN": Currency(Noun("sol", "sóis"), Noun("cêntimo", "cêntimos")),
    "PYG": Currency(Noun("guarani", "guaranis")),
    "BOB": Currency(Noun("boliviano", "bolivianos"), _CENTAVO),
    "AOA": Currency(Noun("kwanza", "kwanzas"), Noun("cêntimo", "cêntimos")),
    "MZN": Currency(Noun("metical", "meticais"), _CENTAVO),
    "CAD": _of("canadense", "canadenses", "dólar", "dólares"),
    "AUD": _of("australiano", "australianos", "dólar", "dólares"),
    "NZD": _of("neozelandês", "neozelandeses", "dólar", "dólares"),
    "HKD": _of("de Hong Kong", "de Hong Kong", "dólar", "dólares"),
    "SGD": _of("de Singapura", "de Singapura", "dólar", "dólares"),
    "CHF": _of("suíço", "suíços", "franco", "francos"),
    "SEK": Currency(Noun("coroa sueca", "coroas suecas", "f")),
    "NOK": Currency(Noun("coroa norueguesa", "coroas norueguesas", "f")),
    "DKK": Currency(Noun("coroa dinamarquesa", "coroas dinamarquesas", "f")),
    "PLN": Currency(Noun("zlóti", "zlótis")),
    "CZK": Currency(Noun("coroa tcheca", "coroas tchecas", "f")),
    "HUF": Currency(Noun("florim", "florins")),
    "ILS": Currency(Noun("siclo", "siclos")),
    "THB": Currency(Noun("bate", "bates")),
    "UAH": Currency(Noun("grívnia", "grívnias", "f")),
    "ZAR": Currency(Noun("rande", "randes")),
    "AED": Currency(Noun("dirrã", "dirrãs")),
    "SAR": Currency(Noun("rial", "riais")),
    "BTC": Currency(Noun("bitcoin", "bitcoins")),
}
SIGNS = {
    "+": "mais",
    "-": "menos",
    "=": "é igual a",
    "×": "vezes",
    "÷": "dividido por",
    "<": "menor que",
    ">": "maior que",
    "≤": "menor ou igual a",
    "≥": "maior ou igual a",
    "≈": "aproximadamente igual a",
    "±": "mais ou menos",
    "≠": "diferente de",
}
PREFIXES = {
    "-": "menos",
    "+": "mais",
    "±": "mais ou menos",
    "<": "menos de",
    ">": "mais de",
    "≤": "menor ou igual a",
    "≥": "maior ou igual a",
    "≈": "aproximadamente",
    "√": "raiz quadrada de",
}
ABBREVIATIONS = table(
    """
    Sr.=senhor; Srs.=senhores; Sra.=senhora; Sras.=senhoras; Srta.=senhorita; Dr.=doutor; Drs.=doutores;
    Dra.=doutora; Dras.=doutoras; Prof.=professor; Profa.=professora; Profª=professora;
    Prof.ª=professora; Eng.=engenheiro; Arq.=arquiteto; Adv.=advogado; Gen.=general; Cel.=coronel;
    Cap.=capitão; Sgt.=sargento; Des.=desembargador; Min.=ministro; Dep.=deputado; Gov.=governador;
    Pres.=presidente; Exmo.=excelentíssimo; Exma.=excelentíssima; Ilmo.=ilustríssimo;
    Ilma.=ilustríssima; Pe.=padre; Fr.=frei; Sto.=santo; Sta.=santa; V. Exa.=vossa excelência;
    V.Exa.=vossa excelência; Vc.=você; vc.=você; vc=você; vcs=vocês; Av.=avenida; av.=avenida;
    Dr.ª=doutora; Drª=doutora; V. Sa.=vossa senhoria; V.Sa.=vossa senhoria; tb=também; i.e.=isto é;
    Nº.=número; nº.=número; C#=C sharp; F#=F sharp; s/=sem; Profª.=professora; Nos.=números;
    Al.=alameda; Tv.=travessa; Pç.=praça; Pça.=praça; Rod.=rodovia; Estr.=estrada; Jd.=jardim;
    Ed.=edifício; Cj.=conjunto; cj.=conjunto; apto.=apartamento; Apto.=apartamento; ap.=apartamento;
    apt.=apartamento; bl.=bloco; qd.=quadra; lt.=lote; etc.=etcétera; p. ex.=por exemplo;
    p.ex.=por exemplo; P. ex.=por exemplo; a.C.=antes de Cristo; a. C.=antes de Cristo;
    d.C.=depois de Cristo; d. C.=depois de Cristo; séc.=século; sécs.=séculos; Séc.=século; pág.=página;
    págs.=páginas; Pág.=página; cap.=capítulo; vol.=volume; art.=artigo; Art.=artigo; arts.=artigos;
    inc.=inciso; fig.=figura; núm.=número; nº=número; Nº=número; n.º=número; N.º=número; n°=número;
    N°=número; n.°=número; N.°=número; tel.=telefone; Tel.=telefone; cel.=celular; ramal=ramal;
    Cia.=companhia; cia.=companhia; Ltda.=limitada; S.A.=esse á; S/A=esse á; s/n=sem número;
    S/N=sem número; c/=com; p/=para; aprox.=aproximadamente; máx.=máximo; mín.=mínimo; vs.=versus;
    obs.=observação; Fig.=figura; Ex.=exemplo; ex.=exemplo; pg.=página;
    figs.=figuras; Srª=senhora; Sr.ª=senhora; vs=versus;
    S. Paulo=São Paulo;
    S. José=São José; S. João=São João; S. Luís=São Luís; S. Pedro=São Pedro; S. Francisco=São Francisco;
    S. Bernardo=São Bernardo; S. Jorge=São Jorge; S. Vicente=São Vicente;
    Obs.=observação; hab.=habitantes; MIX=mix; EUA=Estados Unidos; E.U.A.=Estados Unidos
    """
)
NOTATION = Notation(
    decimal=",",
    needs_zero=True,
    score_marks="-—xX×",
    date_order="dmy",
    currencies={sign: code for sign, code in signs.CURRENCIES.items() if code in CURRENCIES}
    | {code: code for code in CURRENCIES}
    | table(
        """
        U$=USD; US$=USD; AR$=ARS; ₲=PYG; Kz=AOA; MT=MZN; reais=BRL; real=BRL; dólares=USD; dólar=USD;
        euros=EUR; euro=EUR
        """
    ),
    units={sign: key for sign, key in signs.UNITS.items() if key in UNITS}
    | table(
        """
        h=hour; hs=hour; hrs=hour; min.=minute; s=second; seg=second; seg.=second; Km=kilometer;
        kms=kilometer; g/cm³=gram-per-cubic-centimeter; kg/m³=kilogram-per-cubic-meter;
        l/100 km=liter-per-100-kilometer; L/100 km=liter-per-100-kilometer;
        l/100km=liter-per-100-kilometer; CV=horsepower; cv=horsepower; Mb/s=megabit-per-second;
        Gb/s=gigabit-per-second;
        mg/dl=milligram-per-deciliter; mg/dL=milligram-per-deciliter; mg/l=milligram-per-liter;
        mg/L=milligram-per-liter; g/l=gram-per-liter; g/L=gram-per-liter;
        hab/km²=person-per-square-kilometer; hab./km²=person-per-square-kilometer;
        hab/km2=person-per-square-kilometer; bpm=beat-per-minute; mmHg=millimeter-of-mercury;
        ppm=part-per-million; fps=frame-per-second;
        Kg=kilogram; kgs=kilogram; mts=meter; ft=foot; lb=pound; lbs=pound;
        oz=ounce; yd=yard; mph=mile-per-hour; rpm=revolution-per-minute; cal=calorie; ft²=square-foot;
        ft2=square-foot; ns=nanosecond; µs=microsecond; μs=microsecond
        """
    ),
    scales=table(
        """
        K=mil; k=mil; M=milhões; B=bilhões; mi=milhões; mi.=milhões; bi=bilhões; bi.=bilhões;
        tri=trilhões
        """
    ),
    money_scales={"MM": "milhões", "T": "trilhões"},
    scale_words=("mil", "milhões", "milhão", "bilhões", "bilhão", "trilhões", "trilhão", "mi", "bi", "tri"),
    date_words=frozenset(
        (
            "em dia até data segunda terça quarta quinta sexta sábado domingo seg. ter. qua. qui. sex. "
            "sáb. dom."
        ).split()
    ),
    months={name: number for number, name in enumerate(MONTHS, start=1)} | _SHORT_MONTHS,
    short_months=frozenset(_SHORT_MONTHS),
    weekdays=WEEKDAYS,
    calendar_words=frozenset({"em", "desde"}),
    doubtful_names=frozenset("mar set dez sex ter seg dom mai qui jan out".split()),
    clock_marks=".hH",
    clock_words=frozenset("às as à das".split()),
    has_halves=True,
    durations=table(
        """
        d=day; h=hour; hs=hour; hrs=hour; m=minute; min=minute; s=second; seg=second
        """
    ),
    per=table(
        """
        h=hour; hora=hour; min=minute; s=second; seg=second; dia=day; sem=week; semana=week; mês=month;
        mes=month; ano=year; noite=night; kg=kilogram; g=gram; l=liter; L=liter; km=kilometer; m=meter;
        m²=square-meter; m2=square-meter; m³=cubic-meter; kWh=kilowatt-hour; pessoa=person; un=unit;
        un.=unit; unidade=unit
        """
    ),
    ordinals=(".º", "º", ".ª", "ª", ".°", "o", "a"),
    telephones=(
        r"\(\d{2}\) ?9?\d{4}[ .-]\d{4}",
        r"\d{2} 9?\d{4}[ .-]\d{4}",
        r"9\d{4}[ .-]\d{4}",
        r"(?!(?:19|20)\d\d-(?:19|20)|\d\d00-\d\d00)[2-5]\d{3}-\d{4}",
        r"0[3589]00[ -]\d{3}[ -]\d{4}",
        r"\d{3}[-.]\d{3}[-.]\d{4}",
    ),
    code_words=frozenset(
        "cartão final código pin senha celular telefone cpf cnpj rg cep isbn otp token".split()
    ),
)
WORDS = Words(
    units=UNITS,
    currencies=CURRENCIES,
    signs=SIGNS,
    prefixes=PREFIXES,
    months=MONTHS,
    out_of="de",
    point="ponto",
    to="a",
    per="por",
    of=" de",
    cents=" e ",
    squared="ao quadrado",
    cubed="ao cubo",
    to_the_power="elevado a",
    plus="mais",
    zero="zero",
    number_sign="número",
    section_sign="parágrafo",
    address=AddressWords("ponto", "arroba", "barra", "traço", "sublinhado", "dois pontos", "mais"),
    abbreviations=ABBREVIATIONS,
    and_sign="e",
    ones={"m": "um", "f": "uma"},
)
