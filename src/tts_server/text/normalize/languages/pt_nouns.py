"""What tells Portuguese nouns and their genders, and Roman numerals that are ordinals. Pure data."""

from __future__ import annotations

from tts_server.text.normalize.languages.iberian import Ordering
from tts_server.text.normalize.nouns import Nouns, genders
from tts_server.text.normalize.words import Gender

_MASCULINE_ENDINGS = "o or ão l m r s é ó u i ema oma ista ama".split()
_FEMININE_ENDINGS = "a ção são gião nião dade gem tude ície ã ice".split()
_MASCULINE = (
    "dia mapa planeta cometa sofá cinema clima pijama atleta poeta profeta pirata programa diagrama "
    "telegrama grama quilograma miligrama fantasma enigma estigma dogma trauma plasma guarda colega "
    "camarada papa chá crachá índice vice cálice cúmplice fã ímã talismã personagem pão cão irmão cidadão "
    "grão chão verão coração avião botão caminhão feijão cartão balcão portão telefone leite dente "
    "cliente acidente ambiente presidente restaurante pente filme nome time lanche bilhete peixe mês país "
    "inglês xadrez juiz nariz arroz gás ônibus lápis pires vírus item homem jovem porém gerente estudante "
    "dálmata democrata acrobata patriota idiota camarada recluta belga monarca patriarca karma puma panda"
).split()
_FEMININE = (
    "mão foto moto tribo noite meia-noite tarde parte gente fonte ponte frase fase base classe chave nave "
    "rede sede face mente pele morte sorte arte lei luz voz paz cruz raiz vez nuvem ordem margem flor cor "
    "dor mulher colher catedral bienal moral capital filial rã lã fé maré ré vida nave neve febre sebe "
    "torre carne chave série espécie greve estante corrente semente patente serpente enchente vertente "
    "fome cauda cama rama fama dama trama lama chama semana soma goma broma paloma crise tese dose "
    "síntese hipótese análise libido vitrine equipe catástrofe elite metade saúde prisão decisão "
    "televisão reunião opinião região religião questão gestão multidão solidão escuridão paixão razão "
    "estação mãe árvore irmã avó parede haste peste lente noz foz alface couve hélice interface suíte gripe "
    "boate quitinete enquete omelete caminhonete raquete tevê web bisavó ave"
).split()
_NOT_NOUNS = (
    "ou vírgula ao aos à às ante após até com contra de da do das dos desde em na no nas nos entre para "
    "pra por pela pelo pelas pelos sem sob sobre trás nem que mas mais menos se não já muito como quando "
    "onde quem qual cujo é são era eram foi foram está estão há tem têm me te lhe lhes nos vos um uma uns "
    "umas ele ela eles elas seu sua seus suas meu minha este esta isto esse essa isso aquele aquela "
    "também só quase porque pois assim aqui aí ali ontem hoje amanhã sempre nunca depois antes logo então "
    "pode podem seja vai vão dá dão vale mil milhão milhões bilhão bilhões igual ainda embora enquanto "
    "dividido elevado multiplicado"
).split()
_LABELS = (
    "página páginas pág págs capítulo cap número núm nº artigo art linha fase etapa nível grupo tipo "
    "classe canal sala porta andar tema lição unidade tomo volume vol parte passo ponto opção versão "
    "exemplo exercício figura fig tabela seção anexo grau ano pergunta resposta equipe jogador zona rota "
    "rodovia ônibus trem voo plataforma via terminal quarto mesa caixa bloco série temporada episódio ato "
    "cena mundial fórmula divisão liga categoria lugar prioridade código fator top plano modelo estação "
    "parada nota dia casa apartamento apto sala a as o os da do das dos à às ao aos"
).split()


def _singulars(word: str) -> tuple[str, ...]:
    """Return what the singular of a plural may be."""
    if len(word) < 3 or not word.endswith("s") or word in _EXCEPTIONS:
        return ()
    if word.endswith(("ões", "ães")):
        return (word[:-3] + "ão",)
    if word.endswith("ns"):
        return (word[:-2] + "m",)
    if word.endswith(("res", "zes", "ses")):
        return word[:-2], word[:-1]
    if word.endswith(("ais", "éis", "eis", "óis", "uis")):
        return word[:-2].replace("é", "e").replace("ó", "o") + "l", word[:-1]
    return (word[:-1],)


_EXCEPTIONS = genders(_MASCULINE, _FEMININE)
NOUNS = Nouns(
    endings=genders(_MASCULINE_ENDINGS, _FEMININE_ENDINGS),
    exceptions=_EXCEPTIONS,
    not_nouns=frozenset(_NOT_NOUNS),
    labels=frozenset(_LABELS),
    singulars=_singulars,
    invariable=frozenset("ônibus lápis pires vírus".split()),
)

_NAMES = (
    "Adriano Afonso Alberto Alexandre Alfonso Ana Balduíno Beatriz Bento Bonifácio Calisto Carlos Carlota "
    "Catarina Celestino Clemente Constantino Dario Dinis Duarte Eduardo Elisabeth Elizabeth Eugênio "
    "Felipe Fernando Filipe Francisco Frederico Gregório Guilherme Gustavo Haakon Harald Henrique Hugo "
    "Inocêncio Isabel Ivan Jaime Jorge José João Juan Júlio Leonor Leopoldo Leão Luis Luiz Luís Manuel "
    "Margarida Maria Martinho Maximiliano Miguel Napoleão Nicolau Olaf Otão Paulo Pedro Pio Ptolomeu "
    "Ramsés Ricardo Roberto Rodolfo Sancho Sebastião Sisto Teodósio Umberto Urbano Vitória Vítor Xerxes"
).split()
_NUMBERED = (
    "inciso alínea anexo lei século séculos capítulo cap. tomo volume vol. ato cena parte título tipo "
    "fase nível livro"
).split()
_EVENTS = (
    "guerra república olimpíada bienal edição congresso aniversário centenário jornada feira festival "
    "legislatura dinastia torneio concurso prêmio encontro simpósio cúpula assembleia ciclo semana fórum "
    "seminário campeonato copa exposição mostra"
).split()
_ARTICLES: dict[str, tuple[Gender, bool]] = {
    "o": ("m", False),
    "do": ("m", False),
    "ao": ("m", False),
    "no": ("m", False),
    "a": ("f", False),
    "da": ("f", False),
    "à": ("f", False),
    "na": ("f", False),
    "os": ("m", True),
    "as": ("f", True),
}
ORDERING = Ordering(
    names=frozenset(_NAMES),
    queens=frozenset({"Isabel", "Leonor", "Beatriz", "Elizabeth", "Elisabeth"}),
    numbered=frozenset(_NUMBERED),
    articles=_ARTICLES,
    events=frozenset(_EVENTS),
)
