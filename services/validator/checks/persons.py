"""Names that look like a natural person's. A guess: the finding built on it says why it may be wrong.

M. DURAND → yes          Mme Marie Durand → yes      DURAND Marie → yes      Marie DURAND → yes
Jean Durand → yes        Amicale Jean Durand → no    Tennis Club → no        JEAN DURAND → yes
COMITE DES FETES → no    Les Amis de Jean → no       Collège Jean Jaurès → no
"""

import re
import unicodedata

CIVILITY = re.compile(r"(?i)^(?:M\.|MM\.|Mr\.?|Mme\.?|Mlle\.?|Melle|Monsieur|Madame|Mademoiselle|M(?= ))\s*[A-Za-zÀ-ÿ]")

WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿŒœ]+(?:['’-][A-Za-zÀ-ÖØ-öø-ÿŒœ]+)*")

PARTICLES = frozenset({"de", "du", "des", "d", "le", "la", "van", "von", "el", "ben", "da", "dos"})

_FORENAMES_LISTED = """
jean pierre michel andre philippe rene louis alain jacques bernard marcel daniel roger robert paul christian
henri georges nicolas francois gerard patrick eric laurent julien pascal thierry olivier david sebastien frederic
christophe dominique stephane guy didier thomas alexandre bruno joseph jerome raymond serge maurice antoine
guillaume gilles franck vincent yves emmanuel charles xavier cedric romain fabrice lucas hugo louise leo gabriel
arthur jules adam raphael mohamed ahmed karim mathieu matthieu benjamin maxime anthony kevin simon quentin clement
florian adrien marie jeanne francoise monique catherine nathalie isabelle jacqueline anne sylvie martine madeleine
nicole suzanne helene christine marguerite denise yvonne valerie stephanie sophie sandrine veronique laurence celine
chantal brigitte patricia julie aurelie elodie emilie camille lea manon chloe emma ines sarah laura pauline marion
claire lucie charlotte mathilde alice juliette fatima aicha virginie caroline corinne florence agnes evelyne josette
colette annie danielle michele therese odette audrey melanie delphine karine sonia nadia jocelyne muriel fabienne
simone paulette ginette
"""

FORENAMES = frozenset(_FORENAMES_LISTED.split())
"""Common forenames of France, accents aside (INSEE's file of forenames): enough to tell in which order a name goes."""

_LEGAL_WORDS_LISTED = """
association asso amicale club comite union societe sarl sas sa sci eurl scop scic college lycee ecole groupe
scolaire maison centre mission fondation federation ligue cercle foyer institut office syndicat commune mairie ville
communaute departement region conseil cooperative compagnie theatre orchestre choeur chorale harmonie ensemble
festival amis parents eleves anciens combattants chasse peche sport sports sporting sportive tennis football rugby
basket handball judo petanque boules gymnastique danse musique secours croix restaurants banque caisse ccas sivom
sivu mjc usep fcpe apel ogec cie ste entreprise ets etablissements garage boulangerie pharmacie cabinet clinique
hopital ehpad residence creche paroisse diocese radio cinema musee bibliotheque mediatheque espace point relais
reseau collectif atelier ateliers les aux pour sur et
"""

LEGAL_WORDS = frozenset(_LEGAL_WORDS_LISTED.split())
"""Words that no natural person has in its name."""


def is_person(name: str) -> bool:
    """Whether a beneficiary's name looks like a natural person's."""
    text = name.strip()
    words = WORD.findall(text)
    plain = [_plain(word) for word in words]
    if LEGAL_WORDS.intersection(plain) or any(sign.isdigit() for sign in text):
        return False
    if CIVILITY.match(text):
        return True
    named = [word for word in plain if word not in PARTICLES]
    if not 2 <= len(named) <= 4 or len(words) > 5:
        return False
    return any(part in FORENAMES for word in (named[0], named[-1]) for part in [word, word.partition("-")[0]])


def masked_name(name: str) -> str:
    """The first letter of each word: `M… D…`."""
    return " ".join(f"{word[0]}…" for word in WORD.findall(name)[:6])


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.replace("œ", "oe").replace("Œ", "oe"))
    return "".join(sign for sign in letters if not unicodedata.combining(sign)).casefold()
