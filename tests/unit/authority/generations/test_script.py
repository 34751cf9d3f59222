import pytest

from openjpki.authority.control.kinds import MAX_SCRIPT
from openjpki.authority.generations.script import ScriptUnreadable, read_script
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.dates import read_moment
from openjpki.rules.kinds import CertificateKind

SCRIPT = """\
ceremony: 1
title: 第2世代の鍵生成
place: 試験室
algorithm: p-384-sha-384
keeper: files
operators: [sato, tanaka]
generations:
  - kind: signature
    generation: 2
    subject: "CN=x"
    years: 10
    issues_from: 2030-04-01T00:00
  - kind: authentication
    generation: 2
    subject: "CN=y"
    years: 5
    issues_from: at-once
"""


def test_a_script_says_everything() -> None:
    """Who, where, with which algorithm and keeper, and each generation."""
    script = read_script(SCRIPT)
    first, second = script.generations

    assert (script.title, script.place) == ("第2世代の鍵生成", "試験室")
    assert (script.algorithm, script.keeper) == (KeyAlgorithm.P384_SHA_384, "files")
    assert script.operators == ("sato", "tanaka")
    assert (first.kind, first.generation, first.subject, first.years) == (CertificateKind.SIGNATURE, 2, "CN=x", 10)
    assert first.issues_from == read_moment("2030-04-01T00:00")
    assert second.issues_from is None
    assert len(script.digest) == 64


WRONG = {
    "an unknown name": (SCRIPT + "extra: 1\n", 18, "extra"),
    "a name twice": (SCRIPT + "title: x\n", 18, "title"),
    "a name that is missing": (SCRIPT.replace("place: 試験室\n", ""), 1, "place"),
    "an unknown name of a generation": (SCRIPT.replace("    years: 5", "    year: 5"), 16, "year"),
    "another version": (SCRIPT.replace("ceremony: 1", "ceremony: 2"), 1, "ceremony"),
    "an unknown kind": (SCRIPT.replace("kind: signature", "kind: both"), 8, "kind"),
    "an unknown algorithm": (SCRIPT.replace("p-384-sha-384", "rsa-1024"), 4, "algorithm"),
    "no years": (SCRIPT.replace("years: 10", "years: 0"), 11, "years"),
    "too many years": (SCRIPT.replace("years: 10", "years: 21"), 11, "years"),
    "years in words": (SCRIPT.replace("years: 10", "years: ten"), 11, "years"),
    "a day that is none": (SCRIPT.replace("2030-04-01T00:00", "2030-02-30T00:00"), 12, "issues_from"),
    "one operator twice": (SCRIPT.replace("[sato, tanaka]", "[sato, sato]"), 6, "operators"),
    "no operator": (SCRIPT.replace("[sato, tanaka]", "[]"), 6, "operators"),
    "operators that are no list": (SCRIPT.replace("[sato, tanaka]", "sato"), 6, "operators"),
    "a text of two lines": (SCRIPT.replace("title: 第2世代の鍵生成", 'title: "a\\nb"'), 2, "title"),
    "an empty text": (SCRIPT.replace("title: 第2世代の鍵生成", 'title: ""'), 2, "title"),
    "a text that is a list": (SCRIPT.replace("title: 第2世代の鍵生成", "title: [a]"), 2, "title"),
    "a generation that is a word": (SCRIPT.partition("  - kind")[0] + "  - signature\n", 8, "generations"),
    "one generation twice": (SCRIPT.replace("kind: authentication", "kind: signature"), 8, "generations"),
    "a list at the top": ("- ceremony\n", 1, "ceremony"),
    "a name that is a list": ("[a]: b\n", 1, "ceremony"),
    "an anchor": (SCRIPT.replace("place: 試験室", "place: &here 試験室"), 3, "-"),
    "an alias": (SCRIPT.replace("place: 試験室", "place: *here"), 3, "-"),
    "a tag": (SCRIPT.replace("place: 試験室", "place: !!python/object:os.system x"), 3, "-"),
    "two documents": (SCRIPT + "---\na: b\n", 18, "-"),
    "no YAML": ("a: [\n", 2, "-"),
    "a control character": ("title: \x07\n", 1, "-"),
    "nothing": ("", 1, "-"),
    "nested deeply": ("[" * 3000, 1, "-"),
    "too long": ("#" * (MAX_SCRIPT + 1), 1, "-"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_script_is_read_strictly(name: str) -> None:
    """Whatever is not of the schema is refused by line and name: a typing error must not become a key."""
    text, line, field = WRONG[name]

    with pytest.raises(ScriptUnreadable) as refused:
        read_script(text)
    assert (refused.value.data["line"], refused.value.data["name"]) == (line, field)
    assert refused.value.message("ja")
