"""Words whose full stop does not end a sentence, and words that begin one, language by language.

Pure data. Entries are lower case, without the last full stop.
"""

from __future__ import annotations

# Followed by what they abbreviate for: a title by a name, ``no.`` by a number.
NEVER_LAST: dict[str, frozenset[str]] = {
    "en": frozenset(
        """
        dr mr mrs ms mx prof rev hon gen col capt lt sgt cpl cmdr adm maj gov sen rep pres st mt ft
        messrs mme mlle e.g i.e viz cf vs v approx no nos fig figs vol vols pp p pg ch sec art eq
        ref ed eds trans dept univ jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed
        thu thur thurs fri sat sun ca al resp incl excl esp est
        """.split()
    ),
    "es": frozenset(
        """
        sr sra srta dr dra d da dn dna ud uds vd vds prof lic ing arq gral cap p.ej ej art pág págs
        núm vol cap fig av avda c cta tel aprox máx mín ee ss p
        """.split()
    ),
    "fr": frozenset(
        """
        m mm mme mmes mlle mlles dr pr me st ste p pp art fig vol chap no nos p.ex ex c.-à-d cf env
        av bd tél max min prof num boul bât appt apt éd resp dép gouv sq mar mer jeu
        """.split()
    ),
    "it": frozenset(
        """
        sig sig.ra sig.na sigg dott dott.ssa dr prof prof.ssa ing avv arch on rag geom gen col cap s
        ss p pp pag pagg art artt fig vol cap n nn nr num p.es es ad.es ca cfr tel cell max min egr spett
        card prov seg segg int secc
        """.split()
    ),
    "pt": frozenset(
        """
        sr sra srta dr dra prof profa eng arq exmo exma d p pp pág págs art fig vol cap nº no p.ex
        ex av r tel aprox máx mín
        """.split()
    ),
    "hi": frozenset(
        """
        डॉ प्रो श्री श्रीमती रु नं पं dr mr mrs prof
        """.split()
    ),
}

# May stand in the middle as well as at the end: the word behind decides.
MAYBE_LAST: dict[str, frozenset[str]] = {
    "en": frozenset(
        """
        a.m p.m u.s u.k u.n e.u d.c u.s.a ph.d m.d b.a m.a b.c a.d inc ltd co corp jr sr bros etc
        ave blvd rd hwy apt ext min max avg oz lb lbs ft in sq misc vols ed
        """.split()
    ),
    "es": frozenset(
        """
        etc a.m p.m a.c d.c uu ee.uu s.a s.l cía
        """.split()
    ),
    "fr": frozenset(
        """
        etc s.a j.-c apr av.j.-c ap pl ch chem imp hab vs janv févr fév avr juil sept oct nov déc lun ven sam
        dim
        """.split()
    ),
    "it": frozenset(
        """
        ecc etc a.c d.c s.p.a s.r.l s.n.c sec vs ab gen feb mar apr mag giu lug ago set sett ott nov dic lun
        mer gio ven sab dom
        """.split()
    ),
    "pt": frozenset(
        """
        etc a.c d.c s.a ltda cia a.m p.m
        """.split()
    ),
    "hi": frozenset(
        """
        आदि etc
        """.split()
    ),
}

STARTERS: dict[str, frozenset[str]] = {
    "en": frozenset(
        """
        a after all also although an and any are as at because before but by can did do does don't
        each even every first for from he her here hers his how however i i'd i'll i'm i've if in is
        it it's its let let's many maybe more most my next no nobody none nor not nothing now of on
        once one only or our perhaps please she since so some soon still such thank that that's the
        their then there there's these they they're this those though thus to today tomorrow until
        was we we'll we're we've were what when where which while who why will with would yes yet
        you you'll you're you've your
        """.split()
    ),
    "es": frozenset(
        """
        a al así como con cuando de desde después el ella ellos en entonces era es esa ese eso esta
        este esto estos fue ha hay la las le lo los luego más mi mientras mis muchos nada no nos
        nosotros o para pero por porque pues que se si sin sobre son su sus también te tiene todo
        tras tu un una usted y ya yo
        """.split()
    ),
    "fr": frozenset(
        """
        à alors après au aussi avec c'est ce ces cela cet cette comme dans de depuis des donc du
        elle elles en ensuite est et il ils j'ai je la le les leur lors ma mais mes mon ne non nos
        notre nous on or ou par parce pas pendant pour puis quand que qui sa sans se ses si son sur
        ta tu un une vos votre vous
        """.split()
    ),
    "it": frozenset(
        """
        a al allora anche che chi ci come con così cosa da dal del della di dopo dove e è ecco ed
        era gli ha ho i il in infatti io la le lei loro lui ma mentre mi molti ne nel nella noi non
        o ora per perché poi qual quando questa questo se sei si solo sono su sua suo tra tu tutti
        un una uno vi voi
        """.split()
    ),
    "pt": frozenset(
        """
        a além ao aos após as assim até com como da de depois do dos e é ela elas ele eles em então
        era essa esse esta está este eu foi há isso já la lo mais mas meu minha muito na não nas no
        nos nós o onde os ou para pela pelo por porque quando que se sem ser seu sua são também tem
        um uma você vocês
        """.split()
    ),
    "hi": frozenset(),
}
