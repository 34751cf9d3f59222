import inspect

from openjpki.window.counter import CardAtCounter


def test_no_pin_passes_the_port() -> None:
    """The window never sees a PIN: no method of the port takes or returns one."""
    methods = {name: method for name, method in vars(CardAtCounter).items() if inspect.isfunction(method)}

    assert not any("pin" in name for name in methods)
    assert not any(
        "pin" in parameter for method in methods.values() for parameter in inspect.signature(method).parameters
    )
