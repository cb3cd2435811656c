"""Tests of dose_core.identity.names: one person's name in two spellings, and the names of two people."""

import pytest

from dose_core.identity.names import surely_differ

# All people are invented: fruit, tools and weather for family names.
ONE_PERSON = [
    ("Birnbaum^Anna", "BIRNBAUM^ANNA"),
    ("Käsebrot^Jürgen", "KAESEBROT^JUERGEN"),
    ("Käsebrot^Jürgen", "Kasebrot^Jurgen"),
    ("Weißkohl^Ute", "WEISSKOHL^UTE"),
    ("Sørhagl^Bjørn", "Soerhagl^Bjoern"),
    ("Ågren^Märta", "AAGREN^MAERTA"),
    ("Æblehave^Ægir", "AEBLEHAVE^AEGIR"),
    ("Birnbaum^Anna", "Anna^Birnbaum"),
    ("Birnbaum^Anna", "Anna Birnbaum"),
    ("Birnbaum^Anna", "Birnbaum, Anna"),
    ("Birnbaum-Hammer^Anna", "Birnbaum Hammer^Anna"),
    ("Birnbaum-Hammer^Anna", "BirnbaumHammer^Eva"),
    ("Birnbaum^Anna^^Prof. Dr. med.", "Birnbaum^Eva"),
    ("Dr. Birnbaum^Anna", "Birnbaum^Ida"),
    ("von der Zange^Otto", "Zange^Emil"),
    ("Birnbaum^Anna", "Birnbaum^A"),
    ("B^Anna", "Birnbaum^Klara"),
    ("Birnbaum^Anna", "Hammer^Anna"),  # married
    ("Birnbaum^Anna", "Birnbaum^Berta"),
    ("Regenbogenmacher", "Regenbogenmacherin^Ida"),  # cut off at 16 characters
    ("Birnbaum^Anna", "Birnbaun^Ana"),  # typed wrong
    ("Yamanashi^Ringo=山梨^林檎=やまなし^りんご", "YAMANASHI^HANAKO"),
    ("Yamanashi^Ringo=山梨^林檎=やまなし^りんご", "=山梨^林檎"),
    ("=山梨^林檎", "==ヤマナシ^リンゴ"),  # no script in common
    ("==やまなし^りんご", "==ﾔﾏﾅｼ^ﾘﾝｺﾞ"),
    ("Yamanashi^Tarou", "Yamanashi^Tarō"),
    ("=苹^果果", "=苹果果"),
    ("تفاح^ليلى", "التفاح^ليلي"),
    ("عبد الله^تفاح", "عبدالله^رمان"),
    ("تُفَّاح^لَيْلَى", "تفاح^ليلى"),
    ("=사과^나무", "=사과나무"),
    ("Яблоков^Пётр", "ЯБЛОКОВ^ПЕТР"),
    ("Birnbaum^Anna", "=山梨^林檎"),  # cannot be compared
    ("Birnbaum^Anna", ""),
    ("", "Birnbaum^Anna"),
    ("Birnbaum^Anna", "^^^"),
    ("Birnbaum^Anna", "12345"),
]
TWO_PEOPLE = [
    ("Birnbaum^Anna", "Hammer^Otto"),
    ("Birnbaum^Anna^^Dr.", "Hammer^Otto^^Dr."),
    ("von Birnbaum^Anna", "von Hammer^Otto"),
    ("Käsebrot^Jürgen", "Weißkohl^Ute"),
    ("Sørhagl^Bjørn", "Ågren^Märta"),
    ("Yamanashi^Ringo=山梨^林檎", "Suzume^Taro=雀^太郎"),
    ("=山梨^林檎", "=雀^太郎"),
    ("==やまなし^りんご", "==すずめ^たろう"),
    ("=苹^果果", "=雷^雨"),
    ("تفاح^ليلى", "رعد^كريم"),
    ("=사과^나무", "=번개^구름"),
    ("Яблоков^Пётр", "Громов^Иван"),
]


@pytest.mark.parametrize(("one", "other"), ONE_PERSON)
def test_one_person_may_be_written_in_both_ways(one: str, other: str) -> None:
    assert not surely_differ(one, other)
    assert not surely_differ(other, one)


@pytest.mark.parametrize(("one", "other"), TWO_PEOPLE)
def test_names_that_share_nothing_are_of_two_people(one: str, other: str) -> None:
    assert surely_differ(one, other)
    assert surely_differ(other, one)
