"""Words of English that are written alike and sound otherwise, where the tagger hears the wrong one.

Pure. What is said instead is a word that sounds so: ``reed`` for the present of ``read``, ``led`` for the
metal, ``bough`` for the ``bow`` that is taken, ``base`` for the ``bass`` that is played. Each is decided by
the words of its clause.
"""

from __future__ import annotations

import re

from tts_server.text.normalize.draft import Draft

_CLAUSE_END = re.compile(r"[.!?;:\n]")
_ADVERB = (
    r"(?:always|often|usually|never|still|sometimes|rarely|seldom|also|only|really|just|both|all|mostly)"
)
_READ = re.compile(
    rf"\b(?P<subject>I|[Yy]ou|[Ww]e|[Tt]hey|[Ww]ho|[Pp]eople|[Cc]hildren|[Ss]tudents)\s"
    rf"(?:(?P<adverb>{_ADVERB})\s)?(?P<read>read)\b(?P<behind>(?:\s[\w']+){{0,2}})"
)
_HAVE = re.compile(
    r"\b(?:[Hh]ave|[Hh]as|[Hh]ad|[Hh]aven't|[Hh]asn't|[Hh]adn't)\s(?:\w+\s){0,2}?(?:(?:ever|never|already|not|just|actually)\s)?"
    r"(?P<read>read)\b"
)
_PAST = re.compile(
    r"\b(?:yesterday|last|ago|already|earlier|once|was|were|had|did|said|told|then|before|[12]\d{3}|previously|recently)\b"
)
_PRESENT = re.compile(
    r"\b(?:every|everyday|daily|weekly|always|often|usually|never|sometimes|rarely|seldom|each|now|nowadays|today"
    r"|a lot|too|slowly|fast|quickly|well|aloud|if|unless|whenever|when|until|while|still|regularly|mostly"
    r"|at night|in the evening|in the morning|for fun|for pleasure|on weekends|before bed|most|much|more)\b",
    re.IGNORECASE,
)
_PARTICULAR = re.compile(r"\s(?:it|that|this|those|these|the|your|his|her|their|my|our|its|an?|about|in)\b")

_METALS = "zinc|copper|mercury|tin|arsenic|cadmium|iron|gold|silver|nickel|asbestos|steel|aluminum|aluminium"
_LEAD = re.compile(
    r"\b(?P<lead>[Ll]ead)(?:"
    r"(?=[ -](?:pipes?|paints?|poisoning|pencils?|acid|bullets?|weights?|shot|ore|crystal|glass"
    r"|aprons?|oxide|levels?|contamination|free|content|exposure|mines?|solder|batter(?:y|ies)|foil|roof|sheets?|dust|smelters?|balloon"
    r"|sinkers?|pellets?|concentrations?|plumbing)\b)"
    rf"|(?=(?:,| and| or) (?:{_METALS})\b)"
    r"|(?= (?:in|from) (?:the |our |your |their |drinking )?"
    r"(?:water|paint|soil|blood|pipes|gasoline|petrol|dust)\b)"
    r"|(?= is (?:a (?:soft |heavy |toxic )?metal|toxic|poisonous|heavy|soft|an element)\b))"
)
_OF_LEAD = re.compile(
    rf"\b(?:made (?:out )?of|of molten|molten|as heavy as|like|contains?|containing"
    rf"|(?:{_METALS})(?:,| and| or)|filled with"
    r"|(?:pounds?|tons?|traces?|sheets?|amounts?|lumps?|levels?|full|free) of)\s"
    r"(?P<lead>lead)\b(?!\s+(?:singer|role|time|generation))"
)

_BOW = re.compile(
    r"\b(?:[Tt]ak(?:es?|en|ing)|[Tt]ook|[Mm]ak(?:es?|ing)|[Mm]ade|[Gg]ave|[Gg]iv(?:es?|ing)|with) an? "
    r"(?:(?:deep|low|slight|polite|final|small|little|graceful|last|quick|formal) )?(?P<taken>bow)\b"
    r"|\b(?P<done>[Bb]ow)(?=s? (?:to|before|down|out"
    r"|(?:your|his|her|their|my|our) heads?|and scrape|politely|deeply|low|in respect)\b)"
    r"|\b(?P<ship>bow)(?= (?:of (?:the|a|our|his|her|their) (?:\w+ )?"
    r"(?:ship|boat|vessel|yacht|canoe|ferry)|and stern)\b)"
    r"|\b(?:ship|boat|vessel)'s (?P<ships>bow)\b"
    r"|\b(?:I|[Yy]ou|[Ww]e|[Tt]hey|to|must|should) (?P<verb>bow)(?=[.!?,]|$)"
)
_BASS = re.compile(r"\b(?P<bass>[Bb]ass)\b")
_FISH = re.compile(
    r"\b(?:fish\w*|caught|catch\w*|lakes?|sea|striped|largemouth|smallmouth|boats?|grilled|fillets?|rivers?"
    r"|ponds?|angl\w+|trout|perch|cooked|fried|baked|eat|ate|lures?|bait)\b",
    re.IGNORECASE,
)


def say_homographs(draft: Draft) -> None:
    """Say the words that are written alike as their clause wants them."""
    text = draft.text
    for match in _HAVE.finditer(text):
        draft.replace(*match.span("read"), "red")
    for match in _READ.finditer(text):
        if _is_present(match, text):
            draft.replace(*match.span("read"), "reed")
    for pattern in (_LEAD, _OF_LEAD):
        for match in pattern.finditer(text):
            draft.replace(*match.span("lead"), "led")
    for match in _BOW.finditer(text):
        draft.replace(*match.span(str(match.lastgroup)), "bough")
    for match in _BASS.finditer(text):
        if not _FISH.search(_clause(text, *match.span())):
            draft.replace(*match.span("bass"), "base")


def _is_present(match: re.Match[str], text: str) -> bool:
    """Say whether ``I read`` is the present: by a word of time, or by a thing that is none in particular."""
    clause = _clause(text, *match.span())
    if match["adverb"] or match["subject"].lower() in {"who", "people", "children", "students"}:
        return not _PAST.search(clause)
    if _PAST.search(clause):
        return False
    if _PRESENT.search(clause):
        return True
    return bool(match["behind"]) and not _PARTICULAR.match(match["behind"])


def _clause(text: str, start: int, end: int) -> str:
    """Return the sentence around a place, at most some 200 characters of it to each side."""
    before = text[max(0, start - 200) : start]
    behind = text[end : end + 200]
    ends = [mark.end() for mark in _CLAUSE_END.finditer(before)]
    stop = _CLAUSE_END.search(behind)
    return before[ends[-1] if ends else 0 :] + text[start:end] + (behind[: stop.start()] if stop else behind)
