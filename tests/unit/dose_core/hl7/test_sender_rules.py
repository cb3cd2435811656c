"""Tests of dose_core.hl7.sender_rules. Addresses are those of RFC 5737 and 3849, which are nobody's."""

import pytest

from dose_core.hl7.sender_rules import ANYBODY, SenderRule, Speaker, UnusableSenderRuleError, certificate_name

ENGINE = frozenset({"cn:engine", "dns:engine.example"})


def may(*rules: str, address: str = "192.0.2.7", names: frozenset[str] = ENGINE, says: str = "RIS|XRAY|P") -> bool:
    application, facility, purpose = says.split("|")
    return Speaker.of([SenderRule.parse(rule) for rule in rules], address, names).may_name(
        application, facility, purpose
    )


class TestSpeaker:
    def test_without_rules_anybody_may_speak_for_anybody(self) -> None:
        assert may()
        assert ANYBODY.may_name("", "", "")

    @pytest.mark.parametrize(
        ("rule", "is_let"),
        [
            ("192.0.2.7 > RIS|XRAY", True),
            ("192.0.2.0/24 > RIS|XRAY", True),
            ("198.51.100.0/24 & 192.0.2.0/24 > RIS|XRAY", True),
            ("198.51.100.0/24 > RIS|XRAY", False),
            ("2001:db8::/32 > RIS|XRAY", False),
            ("dns:engine.example > RIS|XRAY", True),
            ("dns:Engine.Example & 192.0.2.7 > RIS|XRAY", True),
            ("dns:engine.example & 192.0.2.8 > RIS|XRAY", False),
            ("dns:engine.example & cn:other > RIS|XRAY", False),
            ("192.0.2.7 > RIS|WARD", False),
            ("192.0.2.7 > LAB|XRAY", False),
            ("192.0.2.7 > RIS|XRAY|P", True),
            ("192.0.2.7 > RIS|XRAY|T", False),
        ],
    )
    def test_peer_sender_and_purpose_have_to_stand_in_one_rule(self, rule: str, is_let: object) -> None:
        assert may(rule) is is_let

    def test_two_rules_lend_each_other_nothing(self) -> None:
        rules = ("192.0.2.7 > LAB|CELLAR", "192.0.2.8 > RIS|XRAY")
        assert not may(*rules)
        assert may(*rules, address="192.0.2.8")

    def test_a_peer_without_certificate_or_address_is_in_no_rule_that_names_one(self) -> None:
        assert not may("cn:engine > RIS|XRAY", names=frozenset())
        assert not may("192.0.2.7 > RIS|XRAY", address="unknown")


@pytest.mark.parametrize(
    "text", ["", "RIS|XRAY", "192.0.2.7 > RIS", "> RIS|XRAY", "192.0.2.7 > A|B|P|Q", "192.0.2.7/8 > A|B"]
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(UnusableSenderRuleError):
        SenderRule.parse(text)


def test_a_fingerprint_is_compared_without_colons() -> None:
    assert certificate_name("sha256:" + ":".join(["AB"] * 32)) == "sha256:" + "ab" * 32
