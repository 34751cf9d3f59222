"""What is wrong with a record that is not whole: closed kinds, each with its sentence. The first one found is told."""

from dataclasses import dataclass
from enum import Enum, unique

from openjpki.errors import Language


@dataclass(frozen=True)
class Wording:
    """A code and two sentences, templates over the fields of `Fault`."""

    code: str
    ja: str
    en: str


@unique
class FaultKind(Enum):
    """The ways in which a chain can be broken."""

    REMOVED = Wording(
        "audit.record.removed", "記録 {sequence} 番がありません。削除されています。", "Record {sequence} was removed."
    )
    CHANGED = Wording(
        "audit.record.changed",
        "記録 {sequence} 番の内容が、封印した後に変更されています。",
        "Record {sequence} was changed after it was sealed.",
    )
    REORDERED = Wording(
        "audit.record.reordered",
        "記録 {sequence} 番の場所に、別の順番の記録があります。並べ替えられています。",
        "Record {sequence} was exchanged for one of another place.",
    )
    INSERTED = Wording(
        "audit.record.inserted",
        "記録 {sequence} 番は封印された記録ではありません。後から挿入されています。",
        "Record {sequence} was inserted: no seal covers it.",
    )
    BACK_DATED = Wording(
        "audit.record.back-dated",
        "記録 {sequence} 番の日時が、それより前に封印した時刻より古くなっています。日時をさかのぼって記録されています。",
        "Record {sequence} is dated before the seal that preceded it: it was back-dated.",
    )
    AMONG = Wording(
        "audit.record.among",
        "記録 {sequence} 番から {last} 番までのどれかが、ハッシュ値とともに変更されています。",
        "One of the records {sequence} to {last} was changed together with its hash.",
    )
    RECORD_UNREADABLE = Wording(
        "audit.record.unreadable",
        "記録 {sequence} 番を読めません。データベースの値が壊れているか、書き換えられています。",
        "Record {sequence} cannot be read: a value of it in the database was damaged or overwritten.",
    )
    ROW_UNREADABLE = Wording(
        "audit.row.unreadable",
        "まだ封印していない行(データベースのキー {row})を読めません。値が壊れているか、書き換えられています。",
        "A row that waits for its seal (key {row} in the database) cannot be read: a value was damaged or overwritten.",
    )
    PERSONAL_CHANGED = Wording(
        "audit.personal.changed",
        "記録 {sequence} 番の個人情報が、記録した時の値と異なります。",
        "The personal data of record {sequence} is not what was recorded.",
    )
    BATCH_REMOVED = Wording(
        "audit.batch.removed",
        "封印 {batch} 番がありません。記録 {sequence} 番から先を確かめられません。",
        "Seal {batch} is missing: from record {sequence} on nothing can be held against it.",
    )
    BATCH_UNREADABLE = Wording(
        "audit.batch.unreadable",
        "封印 {batch} 番を読めません。データベースの値が壊れているか、書き換えられています。",
        "Seal {batch} cannot be read: a value of it in the database was damaged or overwritten.",
    )
    BATCH_CHANGED = Wording(
        "audit.batch.changed",
        "封印 {batch} 番(記録 {sequence} 番から)が、署名した内容と異なります。",
        "Seal {batch} (from record {sequence}) is not what was signed.",
    )
    BATCH_UNCHAINED = Wording(
        "audit.batch.unchained",
        "封印 {batch} 番(記録 {sequence} 番から)が、直前の封印につながりません。",
        "Seal {batch} (from record {sequence}) does not continue the one before.",
    )
    KEY_UNKNOWN = Wording(
        "audit.batch.key-unknown",
        "封印 {batch} 番(記録 {sequence} 番から)は、信頼する監査鍵で署名されていません。",
        "Seal {batch} (from record {sequence}) is not signed by an audit key that is trusted.",
    )
    PURGE_CHANGED = Wording(
        "audit.purge.changed",
        "保存期間満了による削除の記録 {batch} 番が、署名した内容と異なるか、順番どおりではありません。",
        "The purge statement {batch} is not what was signed, or stands out of order.",
    )
    TRUNCATED = Wording(
        "audit.truncated",
        "記録の末尾が失われています。封印 {batch} 番まであったはずですが、記録 {sequence} 番から先がありません。",
        "The end is missing: there were seals up to {batch}, but nothing from record {sequence} on.",
    )
    HEAD_DIFFERS = Wording(
        "audit.head-not-in-chain",
        "封印 {batch} 番が、保管されていたヘッドと異なります。記録全体が作り直されています。",
        "Seal {batch} differs from the head that was kept: the record was made anew.",
    )


@unique
class Remark(Enum):
    """What a verifier should know about a chain that is whole."""

    CLOCK_SET_BACK = Wording(
        "audit.clock-set-back",
        "時計が戻されたまま封印されたところがあります。その間の日時は前の封印と比べられません。",
        "Seals were made on a clock that had been set back; dates there cannot be held against the seal before.",
    )
    HEAD_PURGED = Wording(
        "audit.head-purged",
        "指定されたヘッドは、保存期間が過ぎて削除された部分のものです。",
        "A head that was given belongs to the part that was purged.",
    )
    KEY_UNTRUSTED = Wording(
        "audit.key-untrusted",
        "ファイル自身に入っている鍵で確かめました。作成者は確認できていません。--public-key で監査鍵を指定してください。",
        "Checked against the key in the file itself, which says nothing of who made it; name the audit key with --public-key.",
    )


@dataclass(frozen=True, kw_only=True)
class Fault:
    """The first thing that is wrong. `sequence` is the first bad record, or the first that nothing vouches for."""

    kind: FaultKind
    sequence: int = 0
    last: int = 0
    batch: int = 0
    row: int = 0
    """The key in the database of a row that has no place yet."""

    def message(self, language: Language) -> str:
        """Return the sentence a person reads."""
        template = self.kind.value.ja if language == "ja" else self.kind.value.en
        return template.format(sequence=self.sequence, last=self.last, batch=self.batch, row=self.row)


class Broken(Exception):
    """Ends a verification at its first fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault
