"""The tables of Spanish. Pure data."""

from __future__ import annotations

from tts_server.text.normalize import signs
from tts_server.text.normalize.words import AddressWords, Currency, Gender, Notation, Noun, Words, table

MONTHS = tuple(
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
)
_SHORT_MONTHS = {name[:3]: number for number, name in enumerate(MONTHS, start=1)} | {"sept": 9}
WEEKDAYS = {
    "lun": "lunes",
    "mar": "martes",
    "mié": "miércoles",
    "mie": "miércoles",
    "mier": "miércoles",
    "miér": "miércoles",
    "jue": "jueves",
    "vie": "viernes",
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
        f"square-{key}": Noun(f"{one} cuadrado", f"{many} cuadrados"),
        f"cubic-{key}": Noun(f"{one} cúbico", f"{many} cúbicos"),
    }


UNITS = (
    _nouns(
        "m",
        """
        percent=por ciento/por ciento; permille=por mil/por mil; kilometer=kilómetro; meter=metro;
        centimeter=centímetro; millimeter=milímetro; micrometer=micrómetro; nanometer=nanómetro;
        foot=pie; kilogram=kilo; gram=gramo; milligram=miligramo; microgram=microgramo; liter=litro;
        deciliter=decilitro; centiliter=centilitro; milliliter=mililitro; gallon=galón/galones;
        acre=acre; kilometer-per-hour=kilómetro por hora/kilómetros por hora;
        meter-per-second=metro por segundo/metros por segundo;
        meter-per-square-second=metro por segundo al cuadrado/metros por segundo al cuadrado;
        celsius=grado; fahrenheit=grado Fahrenheit/grados Fahrenheit; degree=grado; hertz=hercio;
        kilohertz=kilohercio; megahertz=megahercio; gigahertz=gigahercio;
        byte-per-second=byte por segundo/bytes por segundo; kilobyte=kilobyte; megabyte=mega;
        gigabyte=giga; terabyte=tera; petabyte=petabyte; kibibyte=kibibyte; mebibyte=mebibyte;
        gibibyte=gibibyte; kilobit-per-second=kilobit por segundo/kilobits por segundo;
        megabit-per-second=megabit por segundo/megabits por segundo;
        gigabit-per-second=gigabit por segundo/gigabits por segundo;
        megabyte-per-second=mega por segundo/megas por segundo;
        gigabyte-per-second=giga por segundo/gigas por segundo; watt=vatio; kilowatt=kilovatio;
        megawatt=megavatio; gigawatt=gigavatio; watt-hour=vatio hora/vatios hora;
        kilowatt-hour=kilovatio hora/kilovatios hora; megawatt-hour=megavatio hora/megavatios hora;
        milliampere-hour=miliamperio hora/miliamperios hora; volt=voltio; kilovolt=kilovoltio;
        milliampere=miliamperio; ampere=amperio; ohm=ohmio; kiloohm=kiloohmio; joule=julio;
        kilojoule=kilojulio; pascal=pascal/pascales; hectopascal=hectopascal/hectopascales;
        kilopascal=kilopascal/kilopascales; decibel=decibelio; nanosecond=nanosegundo;
        microsecond=microsegundo; millisecond=milisegundo; second=segundo; minute=minuto; day=día;
        month=mes/meses; year=año; pixel=píxel/píxeles
        """,
    )
    | _nouns(
        "f",
        """
        revolution-per-minute=revolución por minuto/revoluciones por minuto; mile=milla; yard=yarda;
        inch=pulgada; tonne=tonelada; pound=libra; ounce=onza; hectare=hectárea;
        mile-per-hour=milla por hora/millas por hora; kilocalorie=kilocaloría; calorie=caloría;
        hour=hora; week=semana; night=noche; unit=unidad/unidades; person=persona
        """,
    )
    | {
        "gram-per-cubic-centimeter": Noun("gramo por centímetro cúbico", "gramos por centímetro cúbico"),
        "kilogram-per-cubic-meter": Noun("kilo por metro cúbico", "kilos por metro cúbico"),
        "liter-per-100-kilometer": Noun("litro cada cien kilómetros", "litros cada cien kilómetros"),
        "milligram-per-deciliter": Noun("miligramo por decilitro", "miligramos por decilitro"),
        "milligram-per-liter": Noun("miligramo por litro", "miligramos por litro"),
        "gram-per-liter": Noun("gramo por litro", "gramos por litro"),
        "person-per-square-kilometer": Noun(
            "habitante por kilómetro cuadrado", "habitantes por kilómetro cuadrado"
        ),
        "beat-per-minute": Noun("pulsación por minuto", "pulsaciones por minuto", "f"),
        "millimeter-of-mercury": Noun("milímetro de mercurio", "milímetros de mercurio"),
        "part-per-million": Noun("parte por millón", "partes por millón", "f"),
        "frame-per-second": Noun("fotograma por segundo", "fotogramas por segundo"),
        "horsepower": Noun("caballo", "caballos"),
    }
    | _area("metro", "metros", "meter")
    | _area("kilómetro", "kilómetros", "kilometer")
    | _area("centímetro", "centímetros", "centimeter")
    | _area("milímetro", "milímetros", "millimeter")
    | _area("pie", "pies", "foot")
)

_CENTAVO = Noun("centavo", "centavos")


def _of(
    country: str, plural: str, one: str = "peso", many: str = "pesos", cent: Noun | None = _CENTAVO
) -> Currency:
    return Currency(Noun(f"{one} {country}", f"{many} {plural}"), cent)


CURRENCIES = {
    "USD": Currency(Noun("dólar", "dólares"), _CENTAVO),
    "EUR": Currency(Noun("euro", "euros"), Noun("céntimo", "céntimos")),
    "GBP": Currency(Noun("libra", "libras", "f"), Noun("penique", "peniques")),
    "JPY": Currency(Noun("yen", "yenes")),
    "CNY": Currency(Noun("yuan", "yuanes")),
    "INR": Currency(Noun("rupia", "rupias", "f")),
    "KRW": Currency(Noun("won", "wones")),
    "RUB": Currency(Noun("rublo", "rublos"), Noun("kopek", "kopeks")),
    "TRY": Currency(Noun("lira turca", "liras turcas", "f")),
    "VND": Currency(Noun("dong", "dongs")),
    "BRL": Currency(Noun("real", "reales"), _CENTAVO),
    "peso": Currency(Noun("peso", "pesos"), _CENTAVO),
    "MXN": _of("mexicano", "mexicanos"),
    "ARS": _of("argentino", "argentinos"),
    "CLP": _of("chileno", "chilenos", cent=None),
    "COP": _of("colombiano", "colombianos"),
    "UYU": _of("uruguayo", "uruguayos"),
    "DOP": _of("dominicano", "dominicanos"),
    "CUP": _of("cubano", "cubanos"),
    "PHP": _of("filipino", "filipinos"),
    "PEN": Currency(Noun("sol", "soles"), Noun("céntimo", "céntimos")),
    "VES": Currency(Noun("bolívar", "bolívares"), Noun("céntimo", "céntimos")),
    "BOB": Currency(Noun("boliviano", "bolivianos"), _CENTAVO),
    "CRC": Currency(Noun("colón", "colones"), Noun("céntimo", "céntimos")),
    "GTQ": Currency(Noun("quetzal", "quetzales"), _CENTAVO),
    "HNL": Currency(Noun("lempira", "lempiras"), _CENTAVO),
    "NIO": Currency(Noun("córdoba", "córdobas"), _CENTAVO),
    "PYG": Currency(Noun("guaraní", "guaraníes")),
    "CAD": _of("canadiense", "canadienses", "dólar", "dólares"),
    "AUD": _of("australiano", "australianos", "dólar", "dólares"),
    "NZD": _of("neozelandés", "neozelandeses", "dólar", "dólares"),
    "HKD": _of("de Hong Kong", "de Hong Kong", "dólar", "dólares"),
    "SGD": _of("de Singapur", "de Singapur", "dólar", "dólares"),
    "CHF": _of("suizo", "suizos", "franco", "francos", Noun("céntimo", "céntimos")),
    "SEK": Currency(Noun("corona sueca", "coronas suecas", "f")),
    "NOK": Currency(Noun("corona noruega", "coronas noruegas", "f")),
    "DKK": Currency(Noun("corona danesa", "coronas danesas", "f")),
    "PLN": Currency(Noun("esloti", "eslotis")),
    "CZK": Currency(Noun("corona checa", "coronas checas", "f")),
    "HUF": Currency(Noun("forinto", "forintos")),
    "ILS": Currency(Noun("séquel", "séqueles")),
    "THB": Currency(Noun("bat", "bats")),
    "UAH": Currency(Noun("grivna", "grivnas", "f")),
    "ZAR": Currency(Noun("rand", "rands")),
    "AED": Currency(Noun("dírham", "dírhams")),
    "SAR": Currency(Noun("rial", "riales")),
    "BTC": Currency(Noun("bitcoin", "bitcoins")),
}
SIGNS = {
    "+": "más",
    "-": "menos",
    "=": "es igual a",
    "×": "por",
    "÷": "dividido entre",
    "<": "menor que",
    ">": "mayor que",
    "≤": "menor o igual que",
    "≥": "mayor o igual que",
    "≈": "aproximadamente igual a",
    "±": "más menos",
    "≠": "distinto de",
}
PREFIXES = {
    "-": "menos",
    "+": "más",
    "±": "más menos",
    "<": "menos de",
    ">": "más de",
    "≤": "menor o igual que",
    "≥": "mayor o igual que",
    "≈": "aproximadamente",
    "√": "raíz cuadrada de",
}
ABBREVIATIONS = table(
    """
    hab.=habitantes;
    Sr.=señor; Sres.=señores; Sra.=señora; Sras.=señoras; Srta.=señorita; Dr.=doctor; Dres.=doctores;
    Dra.=doctora; Prof.=profesor; Profa.=profesora; Ing.=ingeniero; Lic.=licenciado; Arq.=arquitecto;
    Gral.=general; Cnel.=coronel; Cap.=capitán; Dña.=doña; D.ª=doña; Dª=doña;
    S.A. de C.V.=sociedad anónima de capital variable;
    S. A. de C. V.=sociedad anónima de capital variable; Pº=paseo; Ltda.=limitada; fig.=figura;
    Fig.=figura; a. de C.=antes de Cristo; d. de C.=después de Cristo; vid.=véase; Vid.=véase;
    i.e.=es decir; i. e.=es decir; ee.uu.=Estados Unidos; cc.=centímetros cúbicos; Sto.=santo;
    Sta.=santa; Fr.=fray; Mons.=monseñor; Excmo.=excelentísimo; Ilmo.=ilustrísimo; Ud.=usted;
    Uds.=ustedes; Vd.=usted; Vds.=ustedes; EE. UU.=Estados Unidos; EE.UU.=Estados Unidos;
    EEUU=Estados Unidos; RR. HH.=recursos humanos; RR.HH.=recursos humanos; JJ. OO.=Juegos Olímpicos;
    JJ.OO.=Juegos Olímpicos; CC. OO.=Comisiones Obreras; FF. AA.=Fuerzas Armadas; p. ej.=por ejemplo;
    p.ej.=por ejemplo; P. ej.=por ejemplo; etc.=etcétera; a. C.=antes de Cristo; a.C.=antes de Cristo;
    d. C.=después de Cristo; d.C.=después de Cristo; pág.=página; págs.=páginas; Pág.=página;
    cap.=capítulo; caps.=capítulos; vol.=volumen; art.=artículo; Art.=artículo; arts.=artículos;
    núm.=número; Núm.=número; núms.=números; n.º=número; N.º=número; nº=número; Nº=número; n.°=número;
    N.°=número; N°=número; n°=número; Avda.=avenida; Av.=avenida; av.=avenida; avda.=avenida; C/=calle;
    C#=C sharp; F#=F sharp; C. P.=código postal; C.P.=código postal; num.=número; Num.=número;
    pp.=páginas; Bs. As.=Buenos Aires; c/u=cada uno; N.os=números; n.os=números; n.ºs=números; c/=calle;
    Pza.=plaza; Plza.=plaza; Pl.=plaza; P.º=paseo; Ctra.=carretera; Urb.=urbanización;
    Dto.=departamento; Blv.=bulevar; Blvd.=bulevar; Diag.=diagonal; Apt.=apartamento; Apto.=apartamento;
    Col.=colonia; Esc.=escalera; Pta.=puerta; Pol. Ind.=polígono industrial; Gta.=glorieta; Pje.=pasaje;
    Rda.=ronda; Bº=barrio; Edif.=edificio; dpto.=departamento; Dpto.=departamento; Depto.=departamento;
    depto.=departamento; izq.=izquierda; izda.=izquierda; dcha.=derecha; esq.=esquina; tel.=teléfono;
    Tel.=teléfono; teléf.=teléfono; tfno.=teléfono; Tfno.=teléfono; móv.=móvil; ext.=extensión;
    Cía.=compañía; cía.=compañía; S. A.=sociedad anónima; S.A.=sociedad anónima;
    S. L.=sociedad limitada; S.L.=sociedad limitada; aprox.=aproximadamente; máx.=máximo; mín.=mínimo;
    s/n=sin número; vs.=versus; hnos.=hermanos; Hnos.=hermanos; ed.=edición; trad.=traducción;
    cf.=compárese; ss.=siguientes; kms=kilómetros; hrs.=horas;
    hab.=habitantes; nro.=número; Nro.=número; nros.=números; Nros.=números; USB=u ese be
    """
)
NOTATION = Notation(
    decimal=",",
    needs_zero=True,
    date_order="dmy",
    currencies={sign: code for sign, code in signs.CURRENCIES.items() if code in CURRENCIES}
    | {code: code for code in CURRENCIES if code.isupper()}
    | table(
        """
        S/=PEN; S/.=PEN; Mex$=MXN; CLP$=CLP; COP$=COP; AR$=ARS; U$S=USD; USD$=USD; ₡=CRC; ₲=PYG; Bs=VES;
        Bs.=VES; RD$=DOP; pesos=peso; peso=peso; M.N.=peso; MN=peso; dólares=USD; dólar=USD; euros=EUR;
        euro=EUR; soles=PEN; quetzales=GTQ; colones=CRC; bolívares=VES; libras=GBP
        """
    ),
    units={sign: key for sign, key in signs.UNITS.items() if key in UNITS}
    | table(
        """
        h=hour; hs=hour; hs.=hour; hrs=hour; min.=minute; s=second; seg=second; seg.=second;
        kms=kilometer; g/cm³=gram-per-cubic-centimeter; kg/m³=kilogram-per-cubic-meter;
        l/100 km=liter-per-100-kilometer; L/100 km=liter-per-100-kilometer;
        l/100km=liter-per-100-kilometer; CV=horsepower; cv=horsepower; Mb/s=megabit-per-second;
        Gb/s=gigabit-per-second;
        mg/dl=milligram-per-deciliter; mg/dL=milligram-per-deciliter; mg/l=milligram-per-liter;
        mg/L=milligram-per-liter; g/l=gram-per-liter; g/L=gram-per-liter;
        hab/km²=person-per-square-kilometer; hab./km²=person-per-square-kilometer;
        hab/km2=person-per-square-kilometer; bpm=beat-per-minute; mmHg=millimeter-of-mercury;
        ppm=part-per-million; fps=frame-per-second;
        cc=cubic-centimeter; kgs=kilogram; Kg=kilogram; Km=kilometer;
        mts=meter; mts.=meter; ft=foot; lb=pound; lbs=pound; oz=ounce; yd=yard; mph=mile-per-hour;
        rpm=revolution-per-minute; cal=calorie; ft²=square-foot; ft2=square-foot; ns=nanosecond;
        µs=microsecond; μs=microsecond
        """
    ),
    units_that_are_words=frozenset({"ha", "cal"}),
    scales={"K": "mil", "k": "mil", "M": "millones"},
    money_scales={"MM": "millones", "mill.": "millones"},
    scale_words=("mil millones", "mil", "millones", "millón", "billones", "billón", "mdd"),
    date_words=frozenset(
        (
            "día fecha lunes martes miércoles jueves viernes sábado domingo lun. mar. mié. jue. vie. sáb. "
            "dom."
        ).split()
    ),
    months={name: number for number, name in enumerate(MONTHS, start=1)} | _SHORT_MONTHS,
    short_months=frozenset(_SHORT_MONTHS),
    weekdays=WEEKDAYS,
    doubtful_names=frozenset("mar may dom ene sab jun jul".split()),
    clock_marks=".h",
    clock_words=frozenset("las la a".split()),
    has_halves=True,
    durations=table(
        """
        d=day; h=hour; hs=hour; hrs=hour; m=minute; min=minute; s=second; seg=second
        """
    ),
    per=table(
        """
        h=hour; hora=hour; min=minute; s=second; seg=second; día=day; sem=week; semana=week; mes=month;
        año=year; noche=night; kg=kilogram; g=gram; l=liter; L=liter; km=kilometer; m=meter;
        m²=square-meter; m2=square-meter; m³=cubic-meter; kWh=kilowatt-hour; persona=person; ud=unit;
        ud.=unit; unidad=unit
        """
    ),
    ordinals=(
        ".º",
        "º",
        ".ª",
        "ª",
        ".er",
        "er",
        "ero",
        "era",
        ".ᵉʳ",
        "ro",
        "ra",
        "do",
        "da",
        "to",
        "ta",
        "mo",
        "ma",
        "vo",
        "va",
        "no",
        "na",
        ".o",
        "o",
        "a",
        ".os",
        ".as",
        ".°",
        "os",
        "as",
    ),
    telephones=(
        r"00\d{2}[ -]\d{2,3}(?:[ -]\d{2,3}){2,3}",
        r"[679]\d{8}",
        r"[6789]\d{2}[ .-]\d{3}[ .-]\d{3}",
        r"[6789]\d{2}[ .-]\d{2}[ .-]\d{2}[ .-]\d{2}",
        r"9\d[ .-]\d{3}[ .-]\d{2}[ .-]\d{2}",
        r"\(\d{2,4}\) ?\d{3,4}[ -]\d{4}",
        r"0\d{1,3}[ -]\d{3,4}[ -]\d{4}",
        r"\d{2} \d{4}[ -]\d{4}",
        r"\d{3}[-.]\d{3}[-.]\d{4}",
        r"1[- ]8\d\d[- ]\d{3}[- ]\d{4}",
    ),
    code_words=frozenset(
        (
            "tarjeta matrícula código pin clave contraseña móvil celular teléfono dni nie nif cp iban "
            "isbn postal otp token"
        ).split()
    ),
)
WORDS = Words(
    units=UNITS,
    currencies=CURRENCIES,
    signs=SIGNS,
    prefixes=PREFIXES,
    months=MONTHS,
    out_of="de",
    point="punto",
    to="a",
    per="por",
    of=" de",
    cents=" con ",
    squared="al cuadrado",
    cubed="al cubo",
    to_the_power="elevado a",
    plus="más",
    zero="cero",
    number_sign="número",
    section_sign="sección",
    address=AddressWords("punto", "arroba", "barra", "guion", "guion bajo", "dos puntos", "más"),
    abbreviations=ABBREVIATIONS,
    and_sign="y",
    ones={"m": "un", "f": "una"},
)
