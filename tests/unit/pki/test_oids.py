from openjpki.pki import oids


def test_attributes_stand_in_the_order_of_real_cards() -> None:
    """docs/certificates.md §4: .1 .4 .3 .5 .2 .6 under 1.2.392.200149.8.5.5."""
    assert [oid.removeprefix("1.2.392.200149.8.5.5.") for oid in oids.ATTRIBUTE_ORDER] == list("143526")


def test_no_policy_stands_for_two_things() -> None:
    """A policy tells production from test and signature from authentication."""
    policies = {
        oids.SIGNATURE_POLICY,
        oids.AUTHENTICATION_POLICY,
        oids.TEST_SIGNATURE_POLICY,
        oids.TEST_AUTHENTICATION_POLICY,
    }

    assert len(policies) == 4
    assert all(policy.startswith("1.2.392.200149.8.5.1.") for policy in policies)
