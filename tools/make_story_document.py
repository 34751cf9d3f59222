"""Make the PDF that the story's resident signs: `python tools/make_story_document.py [--check]`.

The same sources give the same bytes: the dates are fixed, the file identifier is derived from the content, and only the
typefaces of one folder are looked at (Debian's `fonts-noto-cjk`). `--check` makes it anew and compares.
Needs `typst` (the compiler's wheel), which only this tool uses.
"""

import argparse
import sys
from pathlib import Path

import typst

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "tools" / "story_document"
TARGET = ROOT / "src" / "openjpki" / "story" / "document.pdf"
FONTS = Path("/usr/share/fonts/opentype/noto")


def make(fonts: Path = FONTS) -> bytes:
    """Return the document: tagged PDF that satisfies PDF/UA-1, typefaces embedded as subsets. A warning is an error."""
    document, warnings = typst.compile_with_warnings(
        SOURCES / "document.typ",
        root=SOURCES,
        font_paths=[fonts],
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )
    for warning in warnings:
        print(warning.message, file=sys.stderr)
    if warnings or not isinstance(document, bytes):
        raise SystemExit(1)
    return document


def main() -> int:
    """Write the document, or say whether the one in the repository is what the sources give."""
    parser = argparse.ArgumentParser(description="Make the document that the story signs.")
    parser.add_argument("--check", action="store_true", help="compare with the document in the repository")
    parser.add_argument("--fonts", type=Path, default=FONTS, help="folder of Noto Sans CJK and Noto Serif CJK")
    arguments = parser.parse_args()
    document = make(arguments.fonts)
    if not arguments.check:
        TARGET.write_bytes(document)
        print(f"{TARGET.relative_to(ROOT)}: {len(document)} bytes")
        return 0
    same = TARGET.is_file() and TARGET.read_bytes() == document
    print("the same" if same else "different: run tools/make_story_document.py")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
