"""How much a page's text is worth, told without a dictionary."""

from __future__ import annotations

import random
import string

import pytest

from datazoom_desktop.intake.text_layer import is_better, is_word, is_worthless, worth

ENGLISH = (
    "This Agreement is made on 3 May 2026 between Marlow Holdings Ltd. (the “Seller”) and Halyard B.V., a company incorporated "
    "under the laws of the Netherlands, having its office at 12-14 Keizersgracht, 1015 CJ Amsterdam. The Purchase Price shall be "
    "EUR 4,250,000.00 (four million two hundred and fifty thousand euro), payable in accordance with Section 2.1(b) and Schedule "
    "3. Each party's liability under clause 7.4 is limited to 20% of the Purchase Price; see https://www.example.com/terms.pdf."
)
DUTCH = (
    "De Verkoper verkoopt hierbij aan de Koper, die van de Verkoper koopt, de Aandelen, vrij van enig beslag of beperkt recht. "
    "De koopprijs bedraagt EUR 125.000,- en wordt voldaan uiterlijk op de Overdrachtsdatum, zoals bedoeld in artikel 2.3 lid 1."
)
GERMAN = (
    "Der Verkäufer gewährleistet, dass die Gesellschaft über sämtliche Rechtsschutzversicherungen verfügt und dass § 15 GmbHG "
    "sowie Ziffer 4.2 Abs. 3 dieses Geschäftsanteilskaufvertrages eingehalten wurden; Streitwert 1.250.000,00 €."
)
POLISH = (
    "Sprzedający oświadcza, że przysługuje mu wyłączne prawo własności udziałów, a Kupujący zobowiązuje się zapłacić cenę w "
    "terminie 14 dni od dnia podpisania niniejszej umowy, zgodnie z § 3 ust. 2 pkt 1 oraz art. 180 k.s.h."
)
GREEK = "Η παρούσα σύμβαση διέπεται από το ελληνικό δίκαιο και τα δικαστήρια της Αθήνας έχουν αποκλειστική αρμοδιότητα για κάθε διαφορά."
CHINESE = (
    "本协议自双方签字盖章之日起生效。甲方应在收到乙方书面通知后三十日内支付全部价款。本协议一式两份,双方各执一份。"
)
ARABIC = "تسري هذه الاتفاقية من تاريخ توقيعها من الطرفين، ويلتزم الطرف الأول بسداد كامل المبلغ خلال ثلاثين يوماً من الإشعار الكتابي."
FORM = "Name: ______________ Date: __/__/____ Signature: ............ [____] Title: ☐ Director ☒ Secretary {company_name} [COMPANY]"


@pytest.mark.parametrize("text", [ENGLISH, DUTCH, GERMAN, POLISH, GREEK, CHINESE, ARABIC, FORM])
def test_text_in_any_language_is_worth_keeping(text: str) -> None:
    assert worth(text) > 0.93
    assert not is_worthless(text)
    assert not is_worthless(text, over_scan=True)


def shifted(text: str, by: int) -> str:
    return "".join(chr(ord(sign) + by) if "@" < sign < "\x7f" else sign for sign in text)


def swapped(text: str, seed: int) -> str:
    letters = list(string.ascii_lowercase)
    random.Random(seed).shuffle(letters)
    table = str.maketrans(string.ascii_lowercase + string.ascii_uppercase, "".join(letters) + "".join(letters).upper())
    return text.translate(table)


def smudged(text: str, share: float) -> str:
    chance = random.Random(1)
    return "".join(chance.choice("1|l!;~3,^") if sign.isalpha() and chance.random() < share else sign for sign in text)


@pytest.mark.parametrize("text", [ENGLISH, DUTCH, GERMAN])
def test_letters_that_stand_for_others_are_worthless(text: str) -> None:
    assert is_worthless(shifted(text, -29)), "glyph numbers instead of letters"
    assert is_worthless(shifted(text, 3))
    worthless = sum(is_worthless(swapped(text, seed)) for seed in range(100))
    assert worthless >= 97


def test_letters_without_a_meaning_are_worthless() -> None:
    assert is_worthless("\ue001\ue002\ue003 the \ue004\ue005 of \ue006\ue007")
    assert is_worthless("(cid:12)(cid:7)(cid:88) (cid:3)(cid:41)")
    assert not is_worthless("• \uf0b7 The Seller and the Buyer agree as set out below in this deed of the parties")


def test_more_is_asked_of_a_layer_over_a_scan() -> None:
    poor = smudged(ENGLISH, 0.05)
    assert is_worthless(smudged(ENGLISH, 0.12), over_scan=True)
    assert 0.72 < worth(poor) < 0.95
    assert not is_worthless(poor)


def test_a_text_replaces_another_only_when_measurably_better() -> None:
    assert is_better(ENGLISH, smudged(ENGLISH, 0.1))
    assert is_better(ENGLISH, swapped(ENGLISH, 1))
    assert is_better(ENGLISH, "CONFIDENTIAL 000123")
    assert not is_better(ENGLISH, ENGLISH)
    assert not is_better(smudged(ENGLISH, 0.02), ENGLISH)
    assert not is_better("", ENGLISH)


@pytest.mark.parametrize(
    "word",
    ["agreement", "(“Seller”)", "4,250,000.00", "B.V.", "1015", "20%", "§", "GmbH", "10-K", "C-131/12", "NL0012866412",
     "2.1(b)", "don't", "Müller-Lüdenscheidt", "x", "III", "a@b.com", "№", "Rechtsschutz", "—", "USD1,000", "3rd"],
)  # fmt: skip
def test_words_figures_and_codes_are_words(word: str) -> None:
    assert is_word(word)


@pytest.mark.parametrize("word", ["1I629«7J", "sh@ll", "tHIS", "wkh\ufffd", "bcdfghjkl", "pr0v1ded"])
def test_muddles_are_no_words(word: str) -> None:
    assert not is_word(word)
