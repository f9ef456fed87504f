"""The French nouns that make a number in front of them feminine. Pure data, and the rule that reads it."""

from __future__ import annotations

import re
from typing import Final

_FEMININE: Final = frozenset(
    """
    personne femme fille mère sœur dame tante reine vache poule main jambe tête bouche dent peau heure
    minute seconde semaine nuit fois page ligne phrase lettre liste note carte photo vidéo image question
    réponse demande commande tâche étape règle chose idée erreur cause façon leçon chanson boisson table
    chaise lampe porte fenêtre chambre salle pièce ville gare moto auto roue île mer plage montagne
    planète étoile pierre plante fleur rose branche tasse cuillère cuiller boîte brique tranche gousse
    goutte dose pomme poire banane tomate orange fraise tarte crêpe pizza eau tonne couronne roupie lire
    mémoire langue classe école étude entreprise équipe banque perte preuve robe jupe clé clef vis voix
    noix croix part fin mort loi souris brebis forêt tour couleur largeur longueur hauteur douleur valeur
    chaleur odeur peur méthode période recherche marque époque attaque remarque fête bête enquête planche
    douche touche couche poche niche fiche affiche histoire victoire armoire baignoire calorie batterie
    partie série galerie copie sortie maladie pharmacie cellule molécule virgule formule capsule pilule
    ampoule boule foule cage norme forme ferme plateforme alarme arme larme flamme gamme somme tombe
    bombe syllabe parole lune zone icône antenne chaîne machine usine piscine cuisine vitrine colline
    racine vitamine protéine tartine routine cabane campagne consigne châtaigne appli télé radio pub info
    fac thèse hypothèse parenthèse base phase crise pause clause caisse messe puce astuce source
    ressource course bourse force race trace surface glace espèce nièce coupe soupe troupe loupe tulipe
    rampe barre guerre terre serre guitare montre rencontre huître offre œuvre lèvre fièvre chèvre
    adresse étagère cerise valise file pile bille voiture bière petite grande grosse nouvelle bonne
    mauvaise belle vieille première dernière seule longue courte haute fausse vraie ancienne
    """.split()
)
_ENDING: Final = re.compile(
    r"(?:[tsxg]ion|aison|té|ée|ure|ette|elle|esse|ence|ance|trice|euse|enne|onne|ière|aine|itude|ade|aille|eille"
    r"|ille|erie)$"
)
_MASCULINE: Final = frozenset(
    """
    bastion comité côté été traité pâté arrêté député invité karaté velouté comté aparté musée lycée trophée
    apogée mausolée caducée athée murmure mercure cyanure chlorure sulfure squelette quintette vermicelle
    violoncelle silence renne stade grade malade camarade nomade portefeuille millefeuille gorille mille
    vaudeville bacille capitaine domaine cimetière derrière arrière
    """.split()
)
_ADDRESSES: Final = frozenset(
    "rue avenue place route allée impasse chaussée cité résidence venelle ruelle".split()
)
_PLURAL: Final = re.compile(r"(?<=\w\w\w)[sx]$")


def is_feminine(noun: str) -> bool:
    """Say whether ``noun``, in the singular or the plural, is surely feminine.

    Not of streets: a number before one is the house's.
    """
    word = noun.lower()
    singular = _PLURAL.sub("", word)
    if word in _MASCULINE or singular in _MASCULINE or word in _ADDRESSES:
        return False
    return word in _FEMININE or singular in _FEMININE or bool(_ENDING.search(singular))
