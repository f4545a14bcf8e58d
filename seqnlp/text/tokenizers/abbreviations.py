"""Abbreviations with a dot, for the word tokenizer and the sentence splitter."""


def _set(text: str) -> frozenset[str]:
    """Return the words, and those with a capital also in capitals: `Inc` and `INC`."""
    words = text.split()
    return frozenset(words) | {word.upper() for word in words if word[0].isupper()}


BEFORE_ANYTHING = _set(
    """
    Mr Mrs Ms Dr Prof Rev Hon Fr Gen Col Maj Capt Cpt Cmdr Lt Sgt Cpl Adm Gov Sen Rep Pres Supt Msgr Mme Mlle
    St Ste Mt Ft Jr Sr Esq Inc Corp Ltd Co Bros Assn Dept Univ Ave Blvd Rd Ph.D Ph
    vs etc al cf viz approx est ca resp
    Sra Srta Dra Ud Uds Vd Vds Excmo Hno Hnos Cía Gral Avda Sta Sto
    Dhr Mevr Mw Drs dhr mevr mw drs ir ing mr bijv bv blz enz jl nl incl excl
    Hr Nr bzw usw vgl ggf evtl Str
    """
)
"""Abbreviations that always keep their dot."""

BEFORE_NUMBERS = _set(
    """
    No Nos no nos nº núm Núm Nr nr p pp pág págs Fig Figs fig art Art Vol vol Ch ch Sec sec Eq eq
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
    """
)
"""Abbreviations that are also words or names. They keep their dot only before a number."""
