"""Whether dual control is in force: what was done under it decides, and a home's marker may not say less.

The marker is a file that its owner edits. Without this, one that was cut short would open a sandbox's short ways to
whoever runs a command, and nobody would hear of it.
"""

from django.db.models import Max

from openjpki.authority.control.kinds import DualControl
from openjpki.authority.means import Means
from openjpki.authority.models import ControlledAct, Operator
from openjpki.errors import Failure, Kind


class ControlLeftOut(Failure):
    """The home's settings say less than what has been done under dual control."""

    code = "authority.control.left-out"
    kind = Kind.UNAVAILABLE
    ja = (
        "この機構は複数人の承認のもとで動いていますが(運用者{operators}人、承認{required}人以上)、ホームの設定 `dual_control` がそれより緩いか、"
        "抜けています。何も行っていません。`openjpki.json` の `dual_control` を元に戻してください。"
    )
    en = (
        "This authority is under dual control ({operators} operators came, {required} or more approve), and the home's setting "
        "`dual_control` says less or is left out. Nothing was done. Put `dual_control` back into `openjpki.json`."
    )


class ControlNotSet(Failure):
    """A home without dual control has no operators: what they approve could be done without them."""

    code = "authority.control.not-set"
    kind = Kind.REFUSED
    ja = (
        "このホームには複数人の承認の設定がないため、運用者を登録できません。"
        '`openjpki.json` に `"dual_control": "2-of-3"` のように書いてから登録してください。'
    )
    en = (
        "This home is set to have no dual control, so no operator is enrolled. "
        'Write `"dual_control": "2-of-3"`, or as it shall be, into `openjpki.json` first.'
    )


def control_in_force(means: Means) -> DualControl:
    """Return how many approve here; raises `ControlLeftOut` if the settings say less than what was done.

    Once an operator came, nothing goes a sandbox's short way any more; once an act took m approvals, no less than m do.
    """
    said = means.dual_control
    most = ControlledAct.objects.aggregate(most=Max("required"))["most"] or 0
    if said.strict and said.required >= most:
        return said
    came = Operator.objects.count()
    if came or most:
        raise ControlLeftOut(operators=came, required=max(most, DualControl().required))
    return said
