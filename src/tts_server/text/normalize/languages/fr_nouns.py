"""What tells French nouns and their genders. Pure data."""

from __future__ import annotations

from tts_server.text.normalize.nouns import Nouns, genders

_FEMININE_ENDINGS = (
    "tion sion xion gion aison ure ette elle esse ence ance trice euse enne onne ière aine itude ade "
    "aille eille ille erie ité iété auté uté yse ose ine logie phie mie nie sie tie rie"
).split()
_FEMININE = (
    "personne femme fille mère sœur dame tante reine vache poule main jambe tête bouche dent peau heure "
    "minute seconde semaine nuit fois page ligne phrase lettre liste note carte photo vidéo image "
    "question réponse demande commande tâche étape règle chose idée erreur cause façon leçon chanson "
    "boisson table chaise lampe porte fenêtre chambre salle pièce ville gare moto auto roue île mer "
    "plage montagne planète étoile pierre plante fleur rose branche tasse cuillère cuiller boîte brique "
    "tranche gousse goutte dose pomme poire banane tomate orange fraise tarte crêpe pizza eau tonne "
    "couronne roupie lire mémoire langue classe école étude entreprise équipe banque perte preuve robe "
    "jupe clé clef vis voix noix croix part fin mort loi souris brebis forêt tour couleur largeur "
    "longueur hauteur douleur valeur chaleur odeur peur méthode période recherche marque époque attaque "
    "remarque fête bête enquête planche douche touche couche poche niche fiche affiche histoire "
    "victoire armoire baignoire calorie batterie partie série galerie copie sortie maladie pharmacie "
    "cellule molécule virgule formule capsule pilule ampoule boule foule cage norme forme ferme "
    "plateforme alarme arme larme flamme gamme somme tombe bombe syllabe parole lune zone icône antenne "
    "chaîne machine usine piscine cuisine vitrine colline racine vitamine protéine tartine routine "
    "cabane campagne consigne châtaigne appli télé radio pub info fac thèse hypothèse parenthèse base "
    "phase crise pause clause caisse messe puce astuce source ressource course bourse force race trace "
    "surface glace espèce nièce coupe soupe troupe loupe tulipe rampe barre guerre terre serre guitare "
    "montre rencontre huître offre œuvre lèvre fièvre chèvre adresse étagère cerise valise file pile "
    "bille voiture bière finale petite grande grosse nouvelle bonne mauvaise belle vieille première "
    "dernière seule longue courte haute fausse vraie ancienne journée année soirée matinée entrée armée "
    "vallée arrivée durée dictée cuillerée pincée bouchée gorgée poignée assemblée épée fée marée fusée "
    "poupée dragée purée fumée liberté santé bonté volonté difficulté faculté fierté pauvreté sûreté "
    "catastrophe veste sieste peste crête dette chute flûte dispute revue vue tenue statue grue "
    "tortue morue plume brume coutume enveloppe étoffe touffe agrafe carafe girafe falaise chemise bêtise "
    "église masse liasse trousse mousse brosse fosse pente vente tente rente attente entente "
    "chasse balle malle vague bague digue ligue "
    "fatigue seringue fabrique boutique musique politique clinique pratique technique "
    "rubrique plaque claque flaque jungle sangle épingle cible fable vigne "
    "app vie envie pluie énergie bougie magie allergie chirurgie scène "
    "majesté cité tournée montée randonnée traversée"
).split()
_MASCULINE = (
    "bastion comité côté été traité pâté arrêté député invité karaté velouté comté aparté musée lycée "
    "trophée apogée mausolée caducée athée murmure mercure cyanure chlorure sulfure squelette quintette "
    "vermicelle violoncelle silence renne stade grade malade camarade nomade portefeuille millefeuille "
    "gorille mille vaudeville bacille capitaine domaine cimetière derrière arrière livre an mois jour "
    "magazine moine patrimoine chanoine platine glucose génie incendie zombie sosie messie parapluie "
    "euro problème système"
).split()
# A number before a street is the house's.
_NOT_NOUNS = (
    "rue avenue place route allée impasse chaussée cité résidence venelle ruelle esplanade de du des et "
    "ou à au aux en par pour sur dans sans avec sous vers chez entre est sont a ont était fut sera peut "
    "doit va vient reste manque que qui où mais donc or ni car puis plus moins fois-ci contre comme "
    "quand si ne se le la les un une ce cette ces son sa ses mon ma mes ton ta tes notre votre leur "
    "leurs"
).split()
LABELS = (
    "an bowl "
    "chapitre chap tome livre volume vol acte scène article art titre partie section annexe phase type "
    "vatican paragraphe page p numéro n étape niveau saison épisode version groupe leçon question "
    "exercice chambre salle bus tram métro porte quai voie étage figure fig tableau code paris tâche "
    "test fichier document image photo équipe option choix zone semaine cours bloc sortie entrée point "
    "série poule ticket dossier jour round match lot gate terminal"
).split()
_DETERMINERS = ("le la au du un une ce cette").split()
_INVARIABLE = (
    "fois mois pays temps cas corps bras prix choix voix noix croix souris brebis vis os dos bus as"
).split()


def _singulars(word: str) -> tuple[str, ...]:
    """Return what the singular of a plural may be."""
    if len(word) < 4 or word[-1] not in "sx" or word in _INVARIABLE:
        return ()
    return (word[:-3] + "al", word[:-1]) if word.endswith("aux") else (word[:-1],)


NOUNS = Nouns(
    endings=genders((), _FEMININE_ENDINGS),
    exceptions=genders(_MASCULINE, _FEMININE),
    not_nouns=frozenset(_NOT_NOUNS),
    labels=frozenset({*LABELS, *_DETERMINERS}),
    singulars=_singulars,
    invariable=frozenset(_INVARIABLE),
)
