"""Forms of Spanish and Portuguese, and those that they share with others, as they are said."""

from __future__ import annotations

import pytest

from tts_server.text.normalize.reader import normalize


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("es", "20 mil € y 5 M€", "20 mil euros y 5 millones de euros"),
        ("es", "2,5 millones de €", "2,5 millones de euros"),
        ("es", "$1 millón", "un millón de dólares"),
        ("pt-br", "R$ 20 mil", "20 mil reais"),
        ("pt-br", "R$ 1,2 milhão", "1,2 milhão de reais"),
        ("en-us", "$10–15", "10 to 15 dollars"),
        ("pt-br", "R$ 10–15", "10 a 15 reais"),
        ("es", "21–31 €", "veintiún a treinta y un euros"),
        ("es", "8 €/h-10 €/h", "8 a 10 euros por hora"),
        ("es", "10,000 personas", "10000 personas"),
        ("es", "pesa 1,250 kg", "pesa 1,250 kilos"),
    ],
)
def test_money_is_said_with_its_scale_and_its_range(dialect: str, written: str, said: str) -> None:
    assert normalize(written, dialect).text == said


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("es", "a las 15.30 h", "a las 15 y 30"),
        ("es", "a la 1:30", "a la una y 30"),
        ("es", "10:00–13:30 h", "10 a 13 y 30"),
        ("es", "9–17 h", "9 a 17 horas"),
        ("es", "2 h 30 min", "2 horas 30 minutos"),
        ("es", "5h45m", "5 horas 45 minutos"),
        ("es", "21 h", "veintiuna horas"),
        ("pt-br", "às 22h05", "às vinte e duas e 5"),
        ("pt-br", "das 9h-17h", "das 9 horas às 17 horas"),
        ("pt-br", "às 14h30min", "às 14 horas 30 minutos"),
        ("pt-br", "30 seg", "30 segundos"),
        ("es", "el 5 feb 2024", "el 5 de febrero de 2024"),
        ("es", "15-ago-24", "15 de agosto de 2024"),
        ("pt-br", "em 01/02/2023", "em primeiro de fevereiro de 2023"),
        ("pt-br", "dez livros, Dom Casmurro", "dez livros, Dom Casmurro"),
    ],
)
def test_times_and_dates_are_said_as_people_say_them(dialect: str, written: str, said: str) -> None:
    assert normalize(written, dialect).text == said


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("es", "Alfonso XIII y Felipe VI", "Alfonso 13 y Felipe sexto"),
        ("es", "la II Guerra Mundial", "la segunda Guerra Mundial"),
        ("es", "el III Reich", "el tercer Reich"),
        ("es", "las II Jornadas", "las segundas Jornadas"),
        ("es", "vitamina C, plan B, YO VI", "vitamina C, plan B, YO VI"),
        ("es", "el 3er piso, la 2.ª vez, 1º", "el tercer piso, la segunda vez, 1º"),
        ("es", "Tengo 5 no 6.", "Tengo 5 no 6."),
        ("pt-br", "D. Pedro II e D. Maria I", "Dom Pedro segundo e Dona Maria primeira"),
        ("pt-br", "3.º andar, 1o lugar", "terceiro andar, primeiro lugar"),
        ("pt-br", "o século V e o século XXI", "o século quinto e o século 21"),
        ("es", "1/2 taza, 3/4 y 1 1/2 tazas", "media taza, tres cuartos y una y media tazas"),
        ("pt-br", "1/2 copo e 2/3 da turma", "meio copo e dois terços da turma"),
        ("es", "24/7 y 50/50", "24/7 y 50/50"),
    ],
)
def test_ordinals_and_parts_are_said_in_words(dialect: str, written: str, said: str) -> None:
    assert normalize(written, dialect).text == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("CEP 01310-100", "CEP 0 1 3 1 0, 1 0 0"),
        ("CPF 123.456.789-09", "CPF 1 2 3, 4 5 6, 7 8 9, 0 9"),
        ("CNPJ 12.345.678/0001-95", "CNPJ 1 2, 3 4 5, 6 7 8, 0 0 0 1, 9 5"),
        ("versão 1.0 e 3.5%", "versão 1 ponto 0 e 3 ponto 5%"),
        ("a sede da empresa", "a séde da empresa"),
        ("com sede", "com sede"),
        ("RG 12.345.678-9", "RG 1 2, 3 4 5, 6 7 8, 9"),
        ("R$ 15/h e R$ 9,90/kg", "15 reais por hora e 9 reais e 90 por quilo"),
        ("R$ 1,5 mi e R$ 2 mi", "1,5 milhão de reais e 2 milhões de reais"),
        ("2 mil pessoas e 200 mil carros", "duas mil pessoas e 200 mil carros"),
        ("2ª a 6ª, 3ª feira", "segunda a sexta, terça feira"),
        ("no dia 1º/5 e em 15/05", "no dia primeiro de maio e em 15 de maio"),
        ("set/2024", "setembro de 2024"),
        ("2 x 4 = 8 e 1920×1080", "2 vezes 4 é igual a 8 e 1920 por 1080"),
        ("R$ 1,2 bi de lucro", "1,2 bilhão de reais de lucro"),
        ("R$ 5 p/ pessoa, 1m80", "5 reais por pessoa, um metro e 80"),
        ("01/jan/2024", "primeiro de janeiro de 2024"),
        ("1 ou 2, n. 5", "1 ou 2, número 5"),
        ("seg/ter", "segunda/terça"),
        ("na R. Augusta, R. das Flores", "na rua Augusta, rua das Flores"),
        ("George R. R. Martin e J. R. R. Tolkien", "George R. R. Martin e J. R. R. Tolkien"),
        ("3 x R$ 33,33", "3 vezes de 33 reais e 33"),
        ("ter. 5/3", "terça 5 de março"),
        ("A nota foi 7/10.", "A nota foi 7 de 10."),
        ("uma colher de sopa", "uma colhér de sopa"),
        ("Tem 1 o outro", "Tem 1 o outro"),
        ("a 2500ª edição", "a 2500 edição"),
        ("1000000000000 casas", "1000000000000 casas"),
        ("vou colher flores", "vou colher flores"),
    ],
)
def test_portuguese_says_what_is_its_own(written: str, said: str) -> None:
    assert normalize(written, "pt-br").text == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Nos vemos el 15/5.", "Nos vemos el 15 de mayo."),
        ("el 3/4 de la masa", "el tres cuartos de la masa"),
        ("$1.500.000 pesos", "1.500.000 pesos"),
        ("$500 MXN", "500 pesos mexicanos"),
        ("IBAN ES91 2100 0418 4502 0005 1332", "IBAN E S 9 1, 2 1 0 0, 0 4 1 8, 4 5 0 2, 0 0 0 5, 1 3 3 2"),
        ("DNI 12345678Z", "DNI 1 2 3 4 5 6 7 8 Z"),
        ("C. P. 28001, p. 5", "código postal 28001, página 5"),
        ("siglos XV-XVI", "siglos 15 a 16"),
        ("Mateo 5:3-12", "Mateo 5, 3 a 12"),
        ("hace 28º, -3º", "hace 28 grados, menos 3 grados"),
        ("10x15 cm", "10 por 15 centímetros"),
        ("21 mil libros y 200 mil casas", "veintiún mil libros y doscientas mil casas"),
        ("7 días/semana y 24 h/día", "7 días por semana y 24 horas por día"),
        ("y = x² y más", "i griega es igual a x al cuadrado y más"),
        ("1/2 kg y 3/4 h", "medio kilo y tres cuartos de hora"),
        ("6-5-24", "6, 5, 24"),
        ("set 6-4", "set 6 a 4"),
        ("Sr. D. Juan, el alcalde D. Luis", "señor don Juan, el alcalde don Luis"),
        ("Franklin D. Roosevelt", "Franklin D. Roosevelt"),
        ("Son las 3:45 pm.", "Son las 3 y 45 p m."),
        ("Del 24 al 31 de dic.", "Del 24 al 31 de diciembre."),
        ("Tarda 5 min.", "Tarda 5 minutos."),
        ("Tarda 5 min. más", "Tarda 5 minutos más"),
        ("Un 7/10, 4/5 estrellas y 9/10.", "Un 7 sobre 10, 4 sobre 5 estrellas y nueve décimos."),
        ("1'50 €", "un euro con 50"),
        ("1,2 g/cm³ y 5,5 l/100 km", "1,2 gramos por centímetro cúbico y 5,5 litros cada cien kilómetros"),
        ("el lunes 5/2", "el lunes 5 de febrero"),
        ("escala 1:50000", "escala 1 a 50000"),
        ("ene.–mar. 2023", "enero a marzo 2023"),
        ("la 2a edición, la opción 2 a", "la segunda edición, la opción 2 a"),
        ("Cap. IV", "capítulo 4"),
        ("L-V 9:00-14:00", "lunes a viernes 9 a 14"),
        ("fecha/hora", "fecha/hora"),
        ("+34947 10 99 06", "más 3 4 9 4 7, 1 0, 9 9, 0 6"),
        ("Papel * Tijera - y piedra", "Papel , Tijera — y piedra"),
        ("el 5 feb, 2024", "el 5 de febrero de 2024"),
        ("el lunes 31/02", "el lunes 31 de febrero"),
        ("fecha 5/6", "fecha 5 de junio"),
        ("puntuación 05/10", "puntuación 05 sobre 10"),
        ("el 2500.º", "el dos mil quinientos"),
        ("1000000000000 casas", "1000000000000 casas"),
        ("II Guerra Mundial", "segunda Guerra Mundial"),
        ("V-X", "V-X"),
        ("el 3er. piso y la 5ra. vez", "el tercer piso y la 5ra. vez"),
        ("3/2 kg", "3/2 kg"),
        ("10 -15", "10 menos 15"),
        ("Step 1/5", "Step 1 de 5"),
    ],
)
def test_spanish_says_what_is_its_own(written: str, said: str) -> None:
    assert normalize(written, "es").text == said
