from openjpki.window.states import OrderStep, ResidentState


def test_a_certificate_comes_in_six_steps() -> None:
    """Key, certificate, card, confirmation, activation: the order of the steps is the order of the enum (R-2.27, R-8.1)."""
    assert [step.value for step in OrderStep] == ["planned", "keyed", "issued", "written", "confirmed", "active"]


def test_a_person_is_here_or_gone_for_a_reason() -> None:
    """Three ways lead out of a register (R-1.1, R-5.4)."""
    assert {state.value for state in ResidentState} == {"resident", "moved-out", "dead", "emigrated"}
