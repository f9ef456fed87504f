"""The table of ``homographs``: for each word the contexts that tell how it is meant, the telling ones first.

Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sense:
    """How a word is meant.

    Args:
        tag: The tag of the Penn Treebank under which misaki's lexicon has it, where ``like`` is empty.
        like: A word that sounds so.
    """

    tag: str = ""
    like: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A sense, and what must stand around a word for it; None is anything.

    Args:
        sense: How the word is meant.
        before: Searched in the clause before the word: it ends there.
        behind: Matched against the clause behind the word.
        tags_before: As ``before``, of tags.
        tags_behind: As ``behind``, of tags.
        tags: The word's own tag is one of these; empty is any.
    """

    sense: Sense
    before: re.Pattern[str] | None
    behind: re.Pattern[str] | None
    tags_before: re.Pattern[str] | None
    tags_behind: re.Pattern[str] | None
    tags: frozenset[str]


def _rule(
    sense: Sense,
    before: str = "",
    behind: str = "",
    *,
    tags_before: str = "",
    tags_behind: str = "",
    tags: str = "",
) -> Rule:
    return Rule(
        sense,
        _ending(before),
        _beginning(behind),
        _ending(tags_before),
        _beginning(tags_behind),
        frozenset(tags.split()),
    )


def _ending(pattern: str) -> re.Pattern[str] | None:
    return re.compile(rf"(?:{pattern}) $") if pattern else None


def _beginning(pattern: str) -> re.Pattern[str] | None:
    return re.compile(rf" (?:{pattern})(?: |$)") if pattern else None


_START: Final = r"^|(?:^| )(?:[,(“\"'-]|please|and then|now|then|just|also|first|next|always|never|kindly)"
_MY: Final = r"(?:a|an|the|this|that|my|your|his|her|its|our|their|one|another)"

# read: "reed" is the verb's base form, "red" its past.
_REED: Final = Sense(tag="VB")
_RED: Final = Sense(tag="VBD")
_WHO: Final = r"(?:i|you|he|she|it|we|they|me|him|us|them|not|n't|(?:the|my|your|his|her|our|their) \S+)"
_HOW: Final = (
    r"(?:\w+ly|not|n't|never|ever|always|often|sometimes|already|just|also|only|even|still|both|all|first|then"
    r"|well|better|been|being|people|children|kids|students|anyone|everyone|someone|anybody|everybody)"
)
_FILLER: Final = rf"(?: (?:{_WHO}|{_HOW}))*"
_AUXILIARY: Final = (
    r"(?:to|do|does|did|will|'ll|would|can|could|ca|wo|shall|should|may|might|must|please|help|helps|helped"
    r"|let|let 's|let's|lets|make|makes|made|watch|watched|hear|heard|see|saw|had better|rather|'d rather)"
)
_OFTEN: Final = (
    r"(?:.* )?(?:every|each|daily|weekly|nightly|always|usually|often|sometimes|rarely|seldom|a lot|lots|too"
    r"|so \w+|fluently|fast|faster|slowly|aloud|for (?:fun|pleasure|a living)"
    r"|(?:a|per) (?:day|week|month|year)|(?:on|at) (?:\w+days|weekends|night|bedtime)|in (?:bed|general)"
    r"|more|much)"
)
_ONCE: Final = (
    r"yesterday|ago|last (?:night|week|month|year|time|summer|winter|spring|fall|autumn|\w+day)|earlier"
    r"|previously|recently|the other day|this morning|back then|when (?:i|you|he|she|we|they) (?:was|were)"
    r"|as a (?:child|kid|boy|girl)|in (?:1[5-9]|20)\d\d|in (?:school|college)|somewhere"
    r"|once(?! (?:a|every|per))"
)
_SOMETHING_CERTAIN: Final = (
    r"(?:the|a|an|my|your|his|her|its|our|their|this|that|these|it|them|about|of|\d\S*|all|both|one)"
)
_READ: Final = (
    _rule(_RED, r"(?:well|widely|most|best|least|little)(?: -)?"),
    _rule(
        _REED,
        behind=r"(?:access|operations?|only|permissions?|replicas?|speeds?|timeouts?|/|locks?|errors?|-)",
    ),
    _rule(_REED, tags="NN"),
    _rule(_RED, rf" (?:have|has|had|having|'ve|haven't|hasn't|hadn't){_FILLER}"),
    _rule(_REED, rf" {_AUXILIARY}{_FILLER}"),
    _rule(_RED, rf" (?:am|is|are|was|were|be|been|being|got|gets|get|getting|'s|'re|'m){_FILLER}"),
    _rule(_RED, behind=r"by(?: \S+)*", tags="VBN"),
    _rule(_REED, _START, tags="VB VBP VBN NNP JJ"),
    _rule(_RED, tags_before=r".* VBD(?: .*)? (?:CC|,)(?: RB)?"),
    _rule(_RED, rf"(?:^|.* )(?:{_ONCE})(?: .*)?"),
    _rule(_RED, behind=rf"(?:.* )?(?:{_ONCE})(?: .*)?"),
    _rule(_RED, r"just"),
    _rule(_RED, rf"(?: he| she| it)(?: {_HOW})*"),
    _rule(_RED, tags_before=r" (?:NN|NNP)(?: RB| ,)*", tags="VBD VBN VBP"),
    _rule(_REED, behind=rf"{_OFTEN}(?: .*)?"),
    _rule(_REED, r"(?:always|usually|often|sometimes|rarely|seldom|normally|generally|typically)"),
    _rule(_RED, tags_behind=r"(?:.* )?VBD(?: .*)?"),
    _rule(_REED, r" (?:if|when|whenever|before|while|until|unless|as)(?: \S+){1,2}"),
    _rule(_RED, r" (?:i|you|we|they)(?: \w+ly| never)?", rf"{_SOMETHING_CERTAIN}(?: .*)?"),
    _rule(_RED, r"^ who", rf"{_SOMETHING_CERTAIN}(?: .*)?"),
    _rule(_REED, r" (?:i|you|we|they|who|of us|of you|of them)(?: \w+)?"),
    _rule(_REED, tags="VBP VB"),
)

# bow: as in cow is what a person makes and what a ship has; as in low is a knot, and a weapon or a fiddle's.
_COW: Final = Sense(like="bough")
_LOW: Final = Sense(tag="NN")
_BOW: Final = (
    _rule(_LOW, behind=r"(?:and|or) (?:arrows?|quiver)(?: .*)?"),
    _rule(_LOW, behind=r"(?:ties?|strings?|legged|legs|hunters?|hunting|window|saw|knots?)(?: .*)?"),
    _rule(_COW, r" (?:deep|low|polite|formal|respectful|final|curtain|slight|stiff|courtly|graceful|little)"),
    _rule(
        _COW,
        rf" (?:take|takes|taking|took|taken|gave|give|gives|giving) {_MY}(?: (?:last|quick|well|\w+ed))*",
        r"(?:[.,)”!?]|and|to|on|for|at|before|after|when|as|in front|together|again|with)(?: .*)?|",
    ),
    _rule(
        _COW,
        behind=r"(?:of|on|to) (?:the|a|an|his|her|its|our|their|my|your|this|that)(?: \w+){0,2} "
        r"(?:ship|boat|vessel|yacht|canoe|ferry|kayak|tanker|liner|destroyer|craft|warship|frigate)(?: .*)?",
    ),
    _rule(_COW, behind=r"(?:to|and|or) stern(?: .*)?"),
    _rule(_COW, behind=r"(?:thrusters?|wave|door|anchor)(?: .*)?"),
    _rule(_COW, r" (?:port|starboard|ship|boat|ship 's|boat 's|vessel 's|stern and|stern to|stern or)"),
    _rule(_COW, r" (?:over|across|off) (?:the|its|our|their|her)"),
    _rule(_COW, rf"(?:{_START})", r"(?:to|before|down|out|low|your|his|her|their)(?: .*)?"),
)
_BOWED: Final = (
    _rule(Sense(like="boughed"), behind=r"(?!strings?|instruments?|legs?|psaltery|lyre)\S*(?: .*)?|"),
)

# bass: as in base is what sounds low; the fish rhymes with mass.
_BASE: Final = Sense(like="base")
_FISH: Final = Sense(tag="NN")
_FISHY: Final = (
    r"fish\w*|lakes?|ponds?|rivers?|trout|salmon|cod|perch|pike|catch\w*|caught|boats?|lures?|bait|angl\w+"
    r"|hooks?|hooked|fillets?|tuna|halibut|strait|reel\w*|species|dinner|lemon|recipes?"
)
_BASS: Final = (
    _rule(
        _FISH,
        r" (?:sea|\w+mouth|striped|black|rock|spotted|white|chilean|\w*grilled|fried|baked|seared|roasted"
        r"|smoked|steamed)",
    ),
    _rule(_FISH, rf"(?:^|.* )(?:{_FISHY})(?: .*)?"),
    _rule(_FISH, behind=rf"(?:.* )?(?:{_FISHY})(?: .*)?"),
    _rule(_BASE),
)

# lead: the metal sounds like led.
_METAL: Final = Sense(like="led")
_VERB_LEAD: Final = Sense(tag="VB")
_METALS: Final = (
    r"(?:zinc|copper|tin|silver|iron|mercury|arsenic|cadmium|asbestos|gold|nickel|steel|antimony)"
)
_LEAD: Final = (
    _rule(
        _METAL,
        r" (?:made(?: out)?|traces?|levels?|amounts?|sheets?|lumps?|pieces?|ounces?|grams?|kilos?|kilograms?"
        r"|pounds?|tons?|tonnes?|percent|micrograms?|milligrams?|exposed|exposure|concentrations?|bars?|blocks?"
        r"|heavy|free|full|type|isotopes?|density|price) (?:of|to|from|as)",
    ),
    _rule(
        _METAL,
        r" (?:molten|melted|liquid|metallic|pure|pencil|tetraethyl|toxic|contains?|containing|contained|mine"
        r"|mined|mining|smelt\w*|swallow\w*|inhal\w*|ingest\w*|absorb\w*|melts?|lined with|filled with)",
    ),
    _rule(_METAL, rf" {_METALS}(?: and| or| ,)*"),
    _rule(_METAL, behind=rf"(?:and|or|,) {_METALS}(?: .*)?"),
    _rule(
        _VERB_LEAD,
        r" (?:i|you|we|they|who|will|'ll|would|can|could|should|must|may|might|shall|not|n't|let 's)",
    ),
    _rule(
        _METAL,
        behind=r"(?:paints?|pipes?|piping|poisoning|acid|weights?|shot|pellets?|bullets?|crystal|glass|solder\w*"
        r"|acetate|oxide|chloride|sulfide|sulphide|nitrate|carbonate|azide|ores?|mines?|mining|smelt\w*|dust"
        r"|contamination|exposure|levels|balloons?|roofs?|lining|apron|shielding|ingots?|batter\w+|sinkers?"
        r"|toxicity|concentrations?|in (?:the|our|your|their|its)? ?(?:drinking )?(?:water|paint|soil|pipes?"
        r"|blood|air|petrol|gasoline))(?: .*)?",
    ),
    _rule(_METAL, behind=r"- (?:free|acid|based|lined|containing)(?: .*)?"),
    _rule(
        _METAL,
        behind=r"(?:is|was|are|melts|can be)(?: very| highly| a| an| extremely| also)*"
        r" (?:toxic|poisonous|metal|heavy|soft|dense|element|hazardous|harmful|at)(?: .*)?",
    ),
)

# tear: a rip sounds like tare, the drop like tier.
_TEAR: Final = (
    _rule(
        Sense(tag="VB"),
        behind=r"(?:in|to|through|across|along|on) (?:my|your|his|her|its|our|the|a|this|their)(?: \w+)? "
        r"(?:shirt|dress|jacket|coat|pants|trousers|jeans|fabric|cloth|paper|page|sail|tent|muscle|ligament"
        r"|tendon|meniscus|retina|skin|bag|sleeve|seam|net|screen|curtain|cover|knee|shoulder|tights|seat"
        r"|leather|sheet|membrane|wing|canvas|pocket|glove|sock|label|map|letter|carpet)(?: .*)?",
    ),
    _rule(
        Sense(tag="VB"), r" (?:ligament|muscle|acl|mcl|meniscus|tendon|cuff|retinal|calf|hamstring|wear and)"
    ),
)

_POLISH: Final = (
    _rule(
        Sense(like="polish"),
        r"^|(?:^| )(?:and|then|please|to)",
        r"(?:the|your|my|his|her|its|it|up|this|these|them|all)(?: .*)?",
    ),
    _rule(Sense(like="polish"), r" (?:nail|shoe|floor|furniture|car|silver|metal|wax)"),
)
_RESUME: Final = _rule(
    Sense(like="résumé"),
    rf" {_MY}(?: \w+)?|(?:^| )(?:updated?|submit|send|upload|attach|attached|strong|professional)",
    tags="NN NNP JJ",
)
_RESUMES: Final = _rule(Sense(like="résumés"), tags="NNS NNPS")
_INVALID: Final = _rule(
    Sense(tag="NN"), r" (?:an|chronic|bedridden|elderly|lifelong)", r"[.,!?]?(?: .*)?|who(?: .*)?"
)
_MINUTE: Final = _rule(
    Sense(tag="JJ"),
    behind=r"(?:details?|amounts?|quantit\w+|particles?|differences?|fractions?|traces?|variations?|cracks?"
    r"|scrutiny|organisms?|droplets?|fragments?|doses?|proportions?)(?: .*)?",
    tags_before=r"^|.* (?!CD|HYPH)\S+",
)
_QUARREL: Final = (
    _rule(
        Sense(like="rao"),
        r" (?:have|has|had|having|start\w*|caus\w+|spark\w*)(?: a| another)(?: \w+)?",
        r"(?:with|over|about|between|yesterday|again|last|and|[.,!])(?: .*)?|",
    ),
    _rule(Sense(like="rao"), r" (?:blazing|furious|heated|almighty|flaming|bitter|diplomatic)"),
)
_LEARNED: Final = _rule(
    Sense(tag="JJ"),
    rf" (?:{_MY[3:-1]}|most|very|highly)",
    r"(?:man|men|woman|women|scholars?|judges?|professors?|counsel|friend|society|journals?|colleagues?)"
    r"(?: .*)?",
)

RULES: Final[dict[str, tuple[Rule, ...]]] = {
    "read": _READ,
    "bow": _BOW,
    "bowed": _BOWED,
    "bass": _BASS,
    "lead": _LEAD,
    "tear": _TEAR,
    "polish": _POLISH,
    "resume": (_RESUME,),
    "resumes": (_RESUMES,),
    "invalid": (_INVALID,),
    "minute": (_MINUTE,),
    "row": _QUARREL,
    "learned": (_LEARNED,),
}
"""The rules of each word; where none fits, the tagger is right."""
