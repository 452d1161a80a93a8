"""Text in any encoding is read as what its writer typed."""

from __future__ import annotations

import pytest

from datazoom_desktop.intake.encodings import code_page, codec_of, decode, decode_as, wide_encoding

CHINESE = "本协议由甲方与乙方于二〇二四年三月四日签订。甲方同意向乙方出售其持有的全部股份,价格为人民币五百万元。"
TAIWANESE = "本協議由甲方與乙方於二零二四年三月四日簽訂。甲方同意向乙方出售其持有的全部股份,價格為新臺幣五百萬元。"
JAPANESE = "本契約は、甲と乙との間で2024年3月4日に締結された。甲は乙に対し、その保有する全株式を5億円で譲渡する。"
KOREAN = (
    "본 계약은 갑과 을 사이에 2024년 3월 4일 체결되었다. 갑은 보유한 주식 전부를 을에게 오억 원에 매도하기로 합의한다."
)
RUSSIAN = (
    "Настоящий договор заключен между Продавцом и Покупателем 4 марта 2024 года. Продавец обязуется передать "
    "Покупателю все принадлежащие ему акции за пять миллионов рублей."
)
GREEK = "Η παρούσα σύμβαση συνάπτεται μεταξύ του Πωλητή και του Αγοραστή στις 4 Μαρτίου 2024 έναντι πέντε εκατομμυρίων ευρώ."
HEBREW = (
    "הסכם זה נערך בין המוכר לבין הקונה ביום 4 במרץ 2024. המוכר מסכים להעביר לקונה את כל מניותיו תמורת חמישה מיליון."
)
ARABIC = "أبرمت هذه الاتفاقية بين البائع والمشتري في الرابع من مارس 2024. يوافق البائع على نقل جميع أسهمه إلى المشتري."
GERMAN = "Dieser Vertrag wurde zwischen dem Verkäufer und dem Käufer am 4. März 2024 geschlossen; Gewähr für Mängel nach § 5."
UKRAINIAN = "Цей договір укладено між Продавцем і Покупцем 4 березня 2024 року. Продавець зобов'язується передати йому всі акції."
TURKISH = "İşbu sözleşme Satıcı ile Alıcı arasında 4 Mart 2024 tarihinde imzalanmıştır. Satıcı tüm hisseleri Alıcıya devretmeyi kabul eder."
POLISH = "Niniejsza umowa została zawarta pomiędzy Sprzedającym a Kupującym. Zapłata nastąpi przed dniem zamknięcia."
CZECH = "Tato smlouva byla uzavřena mezi Prodávajícím a Kupujícím dne 4. března 2024. Kupující zaplatí cenu před dnem vypořádání."
LATVIAN = "Šis līgums noslēgts starp Pārdevēju un Pircēju 2024. gada 4. martā. Maksājums veicams līdz darījuma slēgšanas dienai."
THAI = "สัญญานี้ทำขึ้นระหว่างผู้ขายและผู้ซื้อเมื่อวันที่ 4 มีนาคม 2567"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((CHINESE, name) for name in ("gb18030", "utf_16_le", "utf_16_be", "utf-8")),
        *((TAIWANESE, name) for name in ("big5", "utf_16_le")),
        *((JAPANESE, name) for name in ("shift_jis", "euc_jp", "iso2022_jp", "utf_16_le", "utf_16_be")),
        *((KOREAN, name) for name in ("euc_kr", "cp949", "utf_16_le")),
        *((RUSSIAN, name) for name in ("cp1251", "koi8_r", "utf_16_le", "utf_16_be", "utf_32_le")),
        *((GREEK, name) for name in ("cp1253", "utf_16_be")),
        *((HEBREW, name) for name in ("cp1255", "utf_16_le")),
        *((ARABIC, name) for name in ("cp1256", "utf_16_le", "utf_16_be")),
        *((GERMAN, name) for name in ("cp1252", "utf_16_le", "utf_16_be", "utf_32_be")),
        *((RUSSIAN, name) for name in ("cp866", "iso8859_5", "mac_cyrillic")),
        (UKRAINIAN, "koi8_u"),
        *((TURKISH, name) for name in ("cp1254", "iso8859_9")),
        *((POLISH, name) for name in ("cp1250", "iso8859_2")),
        *((CZECH, name) for name in ("cp1250", "iso8859_2")),
        *((LATVIAN, name) for name in ("cp1257", "iso8859_13")),
        *((THAI, name) for name in ("cp874", "utf_16_le")),
        (ARABIC, "iso8859_6"),
        (HEBREW, "iso8859_8"),
    ],
)
def test_an_encoding_nobody_states_is_told_from_the_text(text: str, encoding: str) -> None:
    assert decode(f"{text}\r\n4.1 {text}\r\n".encode(encoding)) == f"{text}\r\n4.1 {text}\r\n"


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("ISO-8859-1", "cp1252"),
        ("us-ascii", "cp1252"),
        ("GB2312", "gb18030"),
        ("x-gbk", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("Shift_JIS", "cp932"),
        ("cp-850", "cp850"),
        ("ibm850", "cp850"),
        ("1251", "cp1251"),
        ("x-mac-cyrillic", "mac-cyrillic"),
        ('"UTF-8"', "utf-8"),
        ("unicode-1-1-utf-7", "utf-7"),
        ("base64", None),
        ("punycode", None),
        ("unicode_escape", None),
        ("no such thing", None),
        ("x" * 500, None),
        ("", None),
    ],
)
def test_declared_names_mean_what_their_users_write(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        ("Käufer “A”".encode("cp1252"), "iso-8859-1", "Käufer “A”"),
        ("Käufer".encode(), "iso-8859-1", "Käufer"),
        ("Käufer".encode("cp1252"), "utf-8", "Käufer"),
        ("Käufer".encode("utf-16"), "us-ascii", "Käufer"),
        (CHINESE.encode("gb18030"), "gb2312", CHINESE),
        (CHINESE.encode(), "gb2312", CHINESE),
        (JAPANESE.encode("iso2022_jp"), "", JAPANESE),
        (KOREAN.encode("cp949") + b"\xff", "euc-kr", KOREAN + "\ufffd"),
        (RUSSIAN.encode("koi8_r"), "koi8-r", RUSSIAN),
        (b"plain", "nowhere", "plain"),
    ],
)
def test_a_declaration_is_followed_unless_it_is_wrong(data: bytes, label: str, text: str) -> None:
    assert decode_as(data, label) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("契約書", "shift_jis"), ("合同", "gb18030"), ("Käufer", "cp1252"), ("§ 5 Abs. 2", "cp1252"), ("Цена", "cp1251")],
)
def test_a_few_words_are_enough_where_they_stand_alone(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_few_broken_bytes_do_not_make_utf8_something_else() -> None:
    assert decode(RUSSIAN.encode() + b"\xd0") == RUSSIAN + "\ufffd"


def test_binary_data_is_not_taken_for_wide_text() -> None:
    assert wide_encoding(bytes(range(256)) * 8) is None
    assert wide_encoding(b"\x00" * 4096) is None
    assert wide_encoding(b"\x7fELF\x02\x01\x01" + b"\x00" * 9 + b"\x03\x00\x3e\x00\x01\x00\x00\x00" * 20) is None


@pytest.mark.parametrize(
    ("number", "codec"), [(936, "gb18030"), (1251, "cp1251"), (65001, "utf-8"), (28592, "iso8859-2"), (99999, "cp1252")]
)
def test_windows_code_pages_have_their_codec(number: int, codec: str) -> None:
    assert code_page(number) == codec
