"""`openjpki backup`, `restore` and `upgrade`: a home kept over the years."""

import argparse
from pathlib import Path

from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.counted import counted
from openjpki.errors import Kind
from openjpki.site.clock import real_moment
from openjpki.site.opening import opened
from openjpki.site.place import FORMAT

_WARNING = {
    "code": "backup.not-restorable",
    "ja": "警告: ホームに次の問題があるため、このままでは復元できません。前のバックアップを消さず、原因を調べてください。",
    "en": "Warning: as the home stands, a restore would refuse this backup. Keep the one before, and look into this:",
}
"""Told with a backup that was made all the same: what is there is saved, also from a home that is broken."""


def register(commands: Commands) -> None:
    """Add the commands."""
    backup = commands.add_parser(
        "backup",
        help="save a home, also while it is in use, to one file",
        description="Save databases, keys, cards and settings of a home to one file (0600), whole or not at all, "
        "while others go on working. Whoever has the file has all keys of the home. Exit 1, with the file written, if "
        "the home is such that a restore would refuse it.",
    )
    backup.add_argument("--out", type=Path, required=True, metavar="FILE", help="the new file, outside the home")
    backup.set_defaults(run=run_backup)
    restore = commands.add_parser(
        "restore",
        help="make a home again from a backup, in an empty folder",
        description="Make a home again from a backup in an empty folder: every byte is held to the manifest, the home "
        "is checked, and new lists are published above all numbers that may have been used since.",
    )
    restore.add_argument("file", type=Path, metavar="FILE", help="what `openjpki backup` made")
    restore.set_defaults(run=run_restore)
    upgrade = commands.add_parser(
        "upgrade",
        help="bring a home of an earlier version up to this one",
        description=f"Bring a home of an earlier format up to format {FORMAT}: first a backup, the marker last. "
        "An upgrade that was cut off is run again.",
    )
    saved = upgrade.add_mutually_exclusive_group()
    saved.add_argument("--backup", type=Path, metavar="FILE", help="where the backup goes (beside the home)")
    saved.add_argument("--without-backup", action="store_true", help="the home was saved by other means")
    upgrade.set_defaults(run=run_upgrade)


def run_backup(arguments: argparse.Namespace) -> Answer:
    """Save the home, whatever state it is in, and say if nobody could restore it."""
    from openjpki.site.keeping.backup import take_backup

    with opened(arguments.home) as house:
        from openjpki.site.keeping.integrity import outlook  # its tables need Django, which stands now

        moments = {"taken_at": real_moment(), "legal_at": house.clock()}
        taken = take_backup(house.home.path, arguments.out, home_format=FORMAT, **moments)
        wrong = outlook(house)
    data = {
        "file": str(taken.path),
        "size": taken.size,
        "members": len(taken.manifest.members),
        "taken_at": taken.manifest.taken_at.isoformat(),
        "left_out": list(taken.manifest.left_out),
        "restorable": not wrong,
        "findings": list(wrong),
        "warning": _WARNING if wrong else None,
    }
    lines = {
        "ja": [f"{taken.path} に保存しました({data['members']} 項目、{taken.size} バイト)。すべての鍵を含みます。"],
        "en": [
            f"Saved to {taken.path} ({counted(len(taken.manifest.members), 'member')}, {counted(taken.size, 'byte')}). It holds every key."
        ],
    }[language_of(arguments)]
    elsewhere = {"ja": "リンクなので含めていません: {}", "en": "Not included, because it is a link: {}"}
    lines += [elsewhere[language_of(arguments)].format(name) for name in taken.manifest.left_out]
    if wrong:
        lines += [_WARNING[language_of(arguments)], *(f"  {finding}" for finding in wrong)]
    return Answer(data=data, lines=lines, kind=Kind.REFUSED if wrong else None)


def run_restore(arguments: argparse.Namespace) -> Answer:
    """Make the home again."""
    from openjpki.site.keeping.restore import restore

    done = restore(arguments.file, arguments.home, real_moment())
    data = {
        "home": str(done.home.path),
        "taken_at": done.manifest.taken_at.isoformat(),
        "made_by": done.manifest.version,
        "lists": done.lists,
        "skipped_serials": done.skipped_serials,
        "left_out": list(done.manifest.left_out),
    }
    lines = {
        "ja": [
            f"{done.manifest.taken_at.isoformat()} 時点のホームを {done.home.path} に復元し、検査しました。",
            f"失効リスト {done.lists} 件を、使われた可能性のある番号より先の番号で公開しました。",
            "次に `openjpki authority resume` と `openjpki window resume` を実行し、この時点より後の受付を紙の記録から入れ直してください。",
        ],
        "en": [
            f"Restored the home as of {done.manifest.taken_at.isoformat()} in {done.home.path}, and checked it.",
            f"Published {counted(done.lists, 'revocation list')}, numbered above all that may have been used since.",
            "Now run `openjpki authority resume` and `openjpki window resume`, and enter again from the papers what was done after that moment.",
        ],
    }[language_of(arguments)]
    return Answer(data=data, lines=lines)


def run_upgrade(arguments: argparse.Namespace) -> Answer:
    """Bring the home up to this version's format."""
    from openjpki.site.keeping.upgrade import beside, upgrade

    now = real_moment()
    backup = None if arguments.without_backup else arguments.backup or beside(arguments.home, now)
    done = upgrade(arguments.home, now, backup=backup)
    saved = None if done.backup is None else str(done.backup.path)
    data = {"found": done.found, "format": FORMAT, "steps": list(done.steps), "backup": saved}
    if not done.steps:
        lines = {
            "ja": [f"{arguments.home} は既に形式 {FORMAT} です。何も変更していません。"],
            "en": [f"{arguments.home} is of format {FORMAT} already. Nothing was changed."],
        }
    else:
        lines = {
            "ja": [
                f"{arguments.home} を形式 {done.found} から形式 {FORMAT} に移行しました。",
                *([f"移行前の状態は {saved} にあります。"] if saved else []),
            ],
            "en": [
                f"Brought {arguments.home} up from format {done.found} to format {FORMAT}.",
                *([f"Its state before is in {saved}."] if saved else []),
            ],
        }
    return Answer(data=data, lines=lines[language_of(arguments)])
