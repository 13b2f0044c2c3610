"""The parts invented texts are put together from, each in English and in French.

Everything is made up. Places and people have names that no map and no telephone book knows, and
every link ends in ``.example``, which belongs to nobody.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in both languages."""

    en: str
    fr: str

    def in_language(self, language: str) -> str:
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to do: after an English auxiliary, in the French future, and as an infinitive."""

    en: str
    fr: str
    infinitive: str


# Who acts. Singular in French, and no vowel first, so that every opening agrees with every deed.
WHO = (
    Text("our city", "notre ville"),
    Text("our council", "notre conseil"),
    Text("the next government", "le prochain gouvernement"),
    Text("Parliament", "le Parlement"),
    Text("each party", "chaque parti"),
    Text("every school board", "chaque conseil scolaire"),
    Text("the press", "la presse"),
    Text("my generation", "ma génération"),
    Text("the diaspora", "la diaspora"),
    Text("this network", "ce réseau"),
    Text("the public service", "la fonction publique"),
    Text("our library", "notre bibliothèque"),
    Text("the community college", "le collège communautaire"),
    Text("civil society", "la société civile"),
    Text("our neighbourhood", "notre quartier"),
    Text("a coalition of towns", "la coalition des villes"),
)

DEEDS = (
    Deed(
        "treat prevention as everyday work",
        "traitera la prévention comme un travail de tous les jours",
        "traiter la prévention comme un travail de tous les jours",
    ),
    Deed(
        "read the early warnings and answer them",
        "lira les alertes précoces et y répondra",
        "lire les alertes précoces et y répondre",
    ),
    Deed(
        "pay for prevention before it pays for rescue",
        "financera la prévention avant de financer les secours",
        "financer la prévention avant de financer les secours",
    ),
    Deed(
        "teach the history of genocide in every grade",
        "enseignera l’histoire des génocides à chaque niveau",
        "enseigner l’histoire des génocides à chaque niveau",
    ),
    Deed(
        "listen to survivors first",
        "écoutera d’abord les survivants",
        "écouter d’abord les survivants",
    ),
    Deed(
        "report each year on what was done",
        "rendra compte chaque année de ce qui a été fait",
        "rendre compte chaque année de ce qui a été fait",
    ),
    Deed(
        "train mediators in every district",
        "formera des médiateurs dans chaque district",
        "former des médiateurs dans chaque district",
    ),
    Deed(
        "answer letters about atrocity crimes within a month",
        "répondra en un mois aux lettres sur les crimes d’atrocité",
        "répondre en un mois aux lettres sur les crimes d’atrocité",
    ),
    Deed(
        "work with its neighbours rather than alone",
        "travaillera avec ses voisins plutôt que dans son coin",
        "travailler avec les voisins plutôt que dans son coin",
    ),
    Deed(
        "keep foreign correspondents where they are needed",
        "gardera des correspondants là où il en faut",
        "garder des correspondants là où il en faut",
    ),
    Deed(
        "make room for refugees at the table",
        "fera une place aux réfugiés à la table",
        "faire une place aux réfugiés à la table",
    ),
    Deed(
        "name a person who answers for prevention",
        "nommera une personne responsable de la prévention",
        "nommer une personne responsable de la prévention",
    ),
    Deed(
        "publish its criteria before a crisis",
        "publiera ses critères avant une crise",
        "publier des critères avant une crise",
    ),
    Deed(
        "protect the money for peacekeeping",
        "protégera les fonds du maintien de la paix",
        "protéger les fonds du maintien de la paix",
    ),
    Deed(
        "speak plainly when hatred is broadcast",
        "parlera clairement quand la haine passe à la radio",
        "parler clairement quand la haine passe à la radio",
    ),
    Deed(
        "carry the model resolution to its own council",
        "portera la résolution type devant son propre conseil",
        "porter la résolution type devant le conseil",
    ),
    Deed(
        "measure the will to intervene by its budget",
        "mesurera la volonté d’intervenir à son budget",
        "mesurer la volonté d’intervenir au budget",
    ),
    Deed(
        "invite young people into the decision",
        "invitera les jeunes à prendre part à la décision",
        "inviter les jeunes à prendre part à la décision",
    ),
    Deed(
        "translate the warnings into every language we speak",
        "traduira les alertes dans toutes nos langues",
        "traduire les alertes dans toutes nos langues",
    ),
    Deed(
        "support the courts that try those responsible",
        "appuiera les tribunaux qui jugent les responsables",
        "appuyer les tribunaux qui jugent les responsables",
    ),
)

FAILINGS = (
    Deed(
        "forget once the cameras leave",
        "oubliera dès que les caméras partiront",
        "oublier dès que les caméras partent",
    ),
    Deed(
        "call for another study instead of prevention",
        "demandera une étude de plus au lieu de prévention",
        "demander une étude de plus au lieu de prévention",
    ),
    Deed("act too late again", "agira encore trop tard", "agir encore trop tard"),
    Deed(
        "leave it to the United Nations alone",
        "laissera tout aux seules Nations Unies",
        "laisser tout aux seules Nations Unies",
    ),
    Deed(
        "take force for the only answer",
        "prendra la force pour la seule réponse",
        "prendre la force pour la seule réponse",
    ),
    Deed(
        "cut the budget at the first bad quarter",
        "réduira le budget au premier mauvais trimestre",
        "réduire le budget au premier mauvais trimestre",
    ),
    Deed(
        "let one party own the subject",
        "laissera un seul parti s’emparer du sujet",
        "laisser un seul parti s’emparer du sujet",
    ),
    Deed(
        "speak over the people who are at risk",
        "parlera à la place des personnes menacées",
        "parler à la place des personnes menacées",
    ),
    Deed(
        "mistake a proclamation for a policy",
        "prendra une proclamation pour une politique",
        "prendre une proclamation pour une politique",
    ),
    Deed(
        "choose which victims count",
        "choisira les victimes qui comptent",
        "choisir les victimes qui comptent",
    ),
    Deed(
        "close the newsroom that would have told us",
        "fermera la rédaction qui nous aurait avertis",
        "fermer la rédaction qui nous aurait avertis",
    ),
    Deed("lose interest after the vote", "se lassera après le vote", "se lasser après le vote"),
)

PROMISES = (
    Deed(
        "write to my member of Parliament about prevention",
        "écrirai à ma députée au sujet de la prévention",
        "écrire à ma députée au sujet de la prévention",
    ),
    Deed(
        "bring this report to my book club",
        "apporterai ce rapport à mon club de lecture",
        "apporter ce rapport à mon club de lecture",
    ),
    Deed(
        "teach one lesson on early warning",
        "donnerai une leçon sur l’alerte précoce",
        "donner une leçon sur l’alerte précoce",
    ),
    Deed(
        "ask each candidate the same question",
        "poserai la même question à chaque candidat",
        "poser la même question à chaque candidat",
    ),
    Deed(
        "take the model resolution to my councillor",
        "remettrai la résolution type à ma conseillère",
        "remettre la résolution type à ma conseillère",
    ),
    Deed(
        "give a day a month to a newcomers’ centre",
        "donnerai un jour par mois à un centre d’accueil",
        "donner un jour par mois à un centre d’accueil",
    ),
    Deed(
        "start a reading group at work",
        "lancerai un groupe de lecture au travail",
        "lancer un groupe de lecture au travail",
    ),
    Deed(
        "invite a survivor to speak at our school",
        "inviterai un survivant à parler à notre école",
        "inviter un survivant à parler à notre école",
    ),
    Deed(
        "follow the progress of one recommendation",
        "suivrai les progrès d’une recommandation",
        "suivre les progrès d’une recommandation",
    ),
    Deed(
        "pay for a newspaper that reports from abroad",
        "paierai un journal qui informe de l’étranger",
        "payer un journal qui informe de l’étranger",
    ),
    Deed(
        "hold a dialogue like this one in my building",
        "tiendrai un dialogue comme celui-ci dans mon immeuble",
        "tenir un dialogue comme celui-ci dans mon immeuble",
    ),
    Deed(
        "check in a year what we have kept",
        "vérifierai dans un an ce que nous avons tenu",
        "vérifier dans un an ce que nous avons tenu",
    ),
)

WHEN = (
    Text("", ""),
    Text(" before the next crisis", " avant la prochaine crise"),
    Text(" within a year", " d’ici un an"),
    Text(" in public", " en public"),
    Text(" together with the other towns of the region", " avec les autres villes de la région"),
    Text(" even when nobody asks", " même quand personne ne le demande"),
    Text(" with money set aside for it", " avec de l’argent réservé à cela"),
    Text(" whoever wins the election", " quel que soit le vainqueur des élections"),
    Text(" at home as well as abroad", " ici comme à l’étranger"),
    Text(" in English and in French", " en anglais et en français"),
    Text(" for as long as it takes", " aussi longtemps qu’il le faudra"),
)

MORE = (
    Text(
        "I say this as somebody who came here as a refugee.",
        "Je le dis comme personne venue ici en réfugiée.",
    ),
    Text("My parents did not live to see it.", "Mes parents ne l’ont pas vu de leur vivant."),
    Text(
        "We said never again, and then it happened again.",
        "Nous avons dit plus jamais, et c’est arrivé encore.",
    ),
    Text("It costs less than we think.", "Cela coûte moins qu’on ne le croit."),
    Text(
        "Prevention is seldom news, and that is the trouble.",
        "La prévention fait rarement les nouvelles, et c’est là le problème.",
    ),
    Text(
        "The students in my class understood this at once.",
        "Les élèves de ma classe l’ont compris tout de suite.",
    ),
    Text(
        "Nobody at our table disagreed.",
        "Personne à notre table n’était en désaccord.",
    ),
    Text(
        "Two people at our table saw it differently.",
        "Deux personnes à notre table voyaient les choses autrement.",
    ),
    Text(
        "There is a law for it already; it is not used.",
        "Il existe déjà une loi; on ne s’en sert pas.",
    ),
    Text(
        "Let us not wait for somebody else to begin.",
        "N’attendons pas que quelqu’un d’autre commence.",
    ),
    Text(
        "A small town can do this as well as a large one.",
        "Une petite ville peut le faire aussi bien qu’une grande.",
    ),
    Text(
        "The responsibility to protect begins with paying attention.",
        "La responsabilité de protéger commence par l’attention.",
    ),
)

# Openings by kind of statement. {who}, {deed} and {when} are filled in each language.
HOPES = (
    Text("I hope that {who} will {deed}{when}.", "J’espère que {who} {deed}{when}."),
    Text("My hope is that {who} will {deed}{when}.", "Mon espoir est que {who} {deed}{when}."),
    Text("One day {who} will {deed}{when}.", "Un jour, {who} {deed}{when}."),
    Text("I can see that {who} will {deed}{when}.", "Je vois déjà que {who} {deed}{when}."),
)
CONCERNS = (
    Text("I worry that {who} will {deed}.", "Voici mon inquiétude : {who} {deed}."),
    Text("My concern is that {who} will {deed}.", "Voici ma crainte : {who} {deed}."),
    Text("What if, once more, {who} should {deed}?", "Et si {who} allait encore {infinitive}?"),
    Text("I have seen it before: {who} will {deed}.", "Je l’ai déjà vu : {who} {deed}."),
)
QUESTIONS = (
    Text("Will {who} {deed}{when}?", "Est-ce que {who} {deed}{when}?"),
    Text("When exactly will {who} {deed}?", "Quand est-ce que {who} {deed}?"),
    Text(
        "What would it take: how will {who} {deed}{when}?",
        "Que faut-il : comment est-ce que {who} {deed}{when}?",
    ),
    Text(
        "Who makes sure that {who} will {deed}?", "Qui veille à ce que l’on sache si {who} {deed}?"
    ),
)
RESERVATIONS = (
    Text(
        "I agree with one reservation: {who} will {deed} only if people insist.",
        "D’accord, avec une réserve : {who} {deed} seulement si les gens insistent.",
    ),
    Text(
        "I am not sure yet whether {who} will {deed}{when}.",
        "Je ne sais pas encore si {who} {deed}{when}.",
    ),
    Text(
        "This asks too little: of course {who} will {deed}.",
        "C’est demander trop peu : bien sûr que {who} {deed}.",
    ),
)
IDEAS = (
    Text("What if {who} could {deed}{when}?", "Et si {who} pouvait {infinitive}{when}?"),
    Text("An idea: {who} could {deed}{when}.", "Une idée : {who} {deed}{when}."),
    Text("With a small grant {who} could {deed}.", "Avec une petite subvention, {who} {deed}."),
)
COMMITMENTS = (
    Text("I will {deed}.", "Je m’engage à {infinitive}."),
    Text(
        "Before the end of the year I will {deed}.",
        "Avant la fin de l’année, je compte {infinitive}.",
    ),
    Text("With two friends I will {deed}.", "Avec deux amis, je vais {infinitive}."),
    Text("Starting next month I will {deed}.", "Dès le mois prochain, je vais {infinitive}."),
)
ANSWERS = (
    Text(
        "Not yet. It was asked for last year and the reply is still awaited.",
        "Pas encore. On l’a demandé l’an dernier et la réponse se fait attendre.",
    ),
    Text(
        "Yes, where people keep asking: a council answers those who write to it.",
        "Oui, là où les gens insistent : un conseil répond à ceux qui lui écrivent.",
    ),
    Text(
        "Nobody in the room knew. The chair promised to find out and to write.",
        "Personne dans la salle ne le savait. La présidence a promis de s’informer et d’écrire.",
    ),
    Text(
        "It depends on the budget, and the budget depends on us.",
        "Cela dépend du budget, et le budget dépend de nous.",
    ),
    Text(
        "The report asks for exactly that; see the recommendation beside this question.",
        "C’est exactement ce que demande le rapport; voyez la recommandation à côté.",
    ),
)

SECTION_INTRODUCTION = Text(
    "People from {place} met at {venue} to talk over the recommendations. They sat at tables of"
    " eight, each with a facilitator.\n\nThis dialogue never took place: it is here to show how a"
    " report of one looks.",
    "Des gens de {place} se sont réunis à {venue} pour parler des recommandations, à des tables de"
    " huit, chacune avec une personne pour animer.\n\nCe dialogue n’a jamais eu lieu : il est là"
    " pour montrer à quoi ressemble un rapport.",
)
SECTION_CONCLUSION = Text(
    "The tables agreed on more than they had expected. What they asked for most:\n\n"
    "- that {who} will {deed}\n- that {who2} will {deed2}",
    "Les tables étaient plus souvent d’accord qu’elles ne le pensaient. Ce qu’elles demandent"
    " surtout :\n\n- que {who} puisse {infinitive}\n- que {who2} puisse {infinitive2}",
)
SECTION_NEXT_STEPS = Text(
    "The group meets again in spring.\n\n- Each table keeps one commitment alive.\n"
    "- The conveners take the model resolution to the council of {place}.",
    "Le groupe se retrouve au printemps.\n\n- Chaque table garde un engagement en vie.\n"
    "- Les organisateurs portent la résolution type devant le conseil de {place}.",
)
INTRODUCTION = Text("Introduction", "Introduction")
CONCLUSION = Text("Conclusion", "Conclusion")
NEXT_STEPS = Text("Next steps", "Suites à donner")

AGENDA_WELCOME = Text("Welcome by the conveners", "Mot de bienvenue des organisateurs")
AGENDA_ROUND = Text("Hopes and concerns, one each", "Espoirs et inquiétudes, un par personne")
AGENDA_BRIEF = Text("The recommendations in brief", "Les recommandations en bref")
AGENDA_QUESTIONS = Text("Questions and answers", "Questions et réponses")
AGENDA_SCALE = Text("The scale from 0 to 10", "L’échelle de 0 à 10")
AGENDA_IDEAS = Text("Ideas by sector, at the tables", "Idées par secteur, aux tables")
AGENDA_CLOSING = Text("Commitments and closing", "Engagements et clôture")

# What statements are sorted by, the most frequent first.
THEMES = (
    Text("Education", "Éducation"),
    Text("Political will", "Volonté politique"),
    Text("Early warning", "Alerte précoce"),
    Text("Media", "Médias"),
    Text("Refugees", "Réfugiés"),
    Text("International law", "Droit international"),
    Text("Money", "Argent"),
)

DIALOGUE_TITLE = Text(
    "A dialogue on prevention in {place}", "Un dialogue sur la prévention à {place}"
)
DIALOGUE_LEAD = Text(
    "Demonstration data: {place} is invented, and so is everything said there.",
    "Données de démonstration : {place} est inventé, et tout ce qui s’y dit aussi.",
)
DIALOGUE_SUBJECT = Text("The will to intervene", "La volonté d’intervenir")
DIALOGUE_RESONANCE = Text(
    "From 0 to 10: how strongly do these recommendations speak to you?",
    "De 0 à 10 : à quel point ces recommandations vous parlent-elles?",
)

RESOLUTION_TITLES = {
    "council-resolution": Text(
        "Resolution of {place} on the prevention of mass atrocities",
        "Résolution de {place} sur la prévention des atrocités de masse",
    ),
    "by-law": Text(
        "By-law of {place} on a yearly report on prevention",
        "Règlement de {place} sur un rapport annuel en matière de prévention",
    ),
    "mayoral-proclamation": Text(
        "Prevention Day in {place}, a proclamation",
        "Journée de la prévention à {place}, une proclamation",
    ),
    "mayoral-endorsement": Text(
        "The mayor of {place} endorses the recommendations",
        "La mairie de {place} appuie les recommandations",
    ),
    "association-resolution": Text(
        "Resolution put to the municipal association by {place}",
        "Résolution présentée par {place} à l’association des municipalités",
    ),
}
RESOLUTION_SUMMARY = Text(
    "Demonstration data: asks that {who} will {deed}{when}.",
    "Données de démonstration : la résolution engage {who} à {infinitive}{when}.",
)
STEP_SUMMARIES = {
    "drafted": Text("A first text was written.", "Un premier texte a été rédigé."),
    "submitted": Text("The clerk received the text.", "Le greffe a reçu le texte."),
    "notice-of-motion": Text(
        "Notice was given at a regular meeting.", "Avis a été donné à une séance ordinaire."
    ),
    "referred": Text(
        "The committee on community affairs is to report back.",
        "Le comité des affaires communautaires doit faire rapport.",
    ),
    "deferred": Text(
        "Put off to a later meeting for want of time.",
        "Remis à une séance ultérieure, faute de temps.",
    ),
    "scheduled": Text("It is on the agenda.", "C’est à l’ordre du jour."),
    "reading": Text("It was read without debate.", "Lecture a été faite sans débat."),
    "adopted": Text("Council adopted it as written.", "Le conseil l’a adopté tel quel."),
    "amended": Text(
        "Council adopted it without one of its sub-items.",
        "Le conseil l’a adopté sans l’un de ses alinéas.",
    ),
    "defeated": Text("It did not pass.", "Le texte n’a pas été adopté."),
    "withdrawn": Text("Its mover took it back.", "Son auteur l’a retiré."),
    "received": Text(
        "Council received it and took no position.",
        "Le conseil en a pris acte sans se prononcer.",
    ),
    "out-of-order": Text(
        "The chair held that it lies outside the council’s powers.",
        "La présidence a jugé que cela dépasse les pouvoirs du conseil.",
    ),
    "signed": Text("The mayor signed it.", "La mairie l’a signé."),
    "vetoed": Text("The mayor returned it unsigned.", "La mairie l’a renvoyé sans le signer."),
    "overridden": Text("Council overrode the veto.", "Le conseil a passé outre au veto."),
    "proclaimed": Text(
        "The mayor read the proclamation on the steps of the hall.",
        "La proclamation a été lue sur les marches de l’hôtel de ville.",
    ),
    "rescinded": Text("A later council rescinded it.", "Un conseil ultérieur l’a abrogé."),
}

REPORT_TITLE = "Demonstration report: what a town could ask for"
REPORT_SUMMARY = "Invented recommendations, to show how a second report would look."
UPDATE_SUMMARY = Text(
    "Demonstration data: a motion that {who} will {deed} was followed by a decision.",
    "Données de démonstration : une motion a été suivie d’une décision; {who} {deed}.",
)

# Names. A front, a root and an ending: 'Port Alder', 'Glen Umbermere', 'Lantern Wick'.
_FRONTS = (
    "Port",
    "Glen",
    "Upper",
    "Nether",
    "Lake",
    "Mount",
    "Far",
    "Little",
    "Great",
    "Cape",
    "Fair",
    "High",
    "Low",
    "Outer",
    "Inner",
    "Twin",
)
_ROOTS = (
    "Alder",
    "Bramble",
    "Cinder",
    "Dusk",
    "Ember",
    "Fallow",
    "Gossamer",
    "Hazelwren",
    "Indigo",
    "Juniper",
    "Kestrel",
    "Lantern",
    "Marrow",
    "Nettle",
    "Ochre",
    "Pewter",
    "Quill",
    "Russet",
    "Saffron",
    "Thistle",
    "Umber",
    "Velvet",
    "Wicker",
    "Yarrow",
    "Zephyr",
    "Amber",
    "Bellflower",
    "Copper",
    "Drizzle",
    "Farthing",
)
_ENDINGS = (
    "",
    "mere",
    "wick",
    "holm",
    "reach",
    "stead",
    "garth",
    "combe",
    "fell",
    "barrow",
    "quay",
    "sund",
)
_FRENCH_FRONTS = ("Val-des-", "Pointe-aux-", "Anse-aux-", "Mont-des-", "Rivière-aux-", "Baie-des-")
_FRENCH_ROOTS = (
    "Lanternes",
    "Brumelles",
    "Ardoisines",
    "Clochemottes",
    "Fougerolettes",
    "Grivelottes",
    "Mirabelettes",
    "Plumerets",
    "Sarcelines",
    "Tournevents",
)
_FIRST_NAMES = (
    "Amaru",
    "Bellona",
    "Cassian",
    "Delphine",
    "Eluned",
    "Faraji",
    "Ginevra",
    "Halvard",
    "Ismene",
    "Jorunn",
    "Kamande",
    "Liselotte",
    "Maelle",
    "Nerissa",
    "Osric",
    "Perpetua",
    "Quirin",
    "Rosalba",
    "Sunniva",
    "Tadeas",
    "Ulysse",
    "Verena",
    "Wendeline",
    "Yevande",
)
_BODIES = (
    "Circle for Prevention",
    "Neighbours’ Network",
    "Centre for Early Warning",
    "Dialogue Foundation",
    "Remembrance Society",
    "Students for Prevention",
    "Council of Newcomers",
)


def place_names(rng: random.Random, count: int, *, french: bool = False) -> list[str]:
    """That many different names of places that don't exist."""
    if french:
        names = [front + root for front in _FRENCH_FRONTS for root in _FRENCH_ROOTS]
    else:
        names = [f"{front} {root}{end}" for front in _FRONTS for root in _ROOTS for end in _ENDINGS]
    rng.shuffle(names)
    # More than the names there are: the same ones again, numbered like wards.
    rounds = range(count // len(names) + 1)
    return [name if n == 0 else f"{name} {n + 1}" for n in rounds for name in names][:count]


def person_name(rng: random.Random) -> str:
    ending = rng.choice(_ENDINGS[1:])
    return f"{rng.choice(_FIRST_NAMES)} {rng.choice(_ROOTS)}{ending}"


def organization_name(rng: random.Random, place: str) -> str:
    return f"{place} {rng.choice(_BODIES)}"


def venue_name(rng: random.Random) -> str:
    return f"{rng.choice(_ROOTS)}{rng.choice(_ENDINGS)} Hall"


class Sayings:
    """Sentences of one kind, without an end."""

    def __init__(
        self, openings: Sequence[Text], deeds: Sequence[Deed], *, more: float = 0.35
    ) -> None:
        self.openings, self.deeds, self.more = openings, deeds, more

    def draw(self, rng: random.Random) -> Text:
        """One statement, the same in both languages."""
        opening, who, deed, when = (
            rng.choice(self.openings),
            rng.choice(WHO),
            rng.choice(self.deeds),
            rng.choice(WHEN),
        )
        en = opening.en.format(who=who.en, deed=deed.en, when=when.en)
        fr = opening.fr.format(who=who.fr, deed=deed.fr, when=when.fr, infinitive=deed.infinitive)
        if rng.random() < self.more:
            then = rng.choice(MORE)
            en, fr = f"{en} {then.en}", f"{fr} {then.fr}"
        return Text(en, fr)


def filled(rng: random.Random, text: Text, place: str = "", venue: str = "") -> Text:
    """A text with its gaps filled: who is asked, what for, and where."""
    who, who2 = rng.sample(WHO, 2)
    deed, deed2 = rng.sample(DEEDS, 2)
    when = rng.choice(WHEN)
    return Text(
        text.en.format(
            who=who.en,
            who2=who2.en,
            deed=deed.en,
            deed2=deed2.en,
            when=when.en,
            place=place,
            venue=venue,
        ),
        text.fr.format(
            who=who.fr,
            who2=who2.fr,
            deed=deed.fr,
            deed2=deed2.fr,
            infinitive=deed.infinitive,
            infinitive2=deed2.infinitive,
            when=when.fr,
            place=place,
            venue=venue,
        ),
    )
