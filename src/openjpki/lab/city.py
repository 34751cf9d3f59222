"""The invented prefecture of sandbox and laboratory: two municipalities. No such place exists.

Prefecture code 99 and the names are ours; real codes run from 01 to 47.
"""

from openjpki.rules.person import Municipality

WAKABA = Municipality(
    code="99201", prefecture="見本県", name="若葉市", prefecture_romaji="Mihon-ken", name_romaji="Wakaba-shi"
)
MINATO = Municipality(
    code="99202", prefecture="見本県", name="みなと市", prefecture_romaji="Mihon-ken", name_romaji="Minato-shi"
)
MUNICIPALITIES = (WAKABA, MINATO)
