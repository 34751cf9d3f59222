"""The 住基 application (住基AP): the PIN of the resident record, and a record that names a key."""

from openjpki.card.apdu import Ins
from openjpki.card.common import key_record
from openjpki.card.files import ApplicationTable, FileTable, PinFile, RecordFile
from openjpki.rules.kinds import PinKind

AID = bytes.fromhex("D3921000310001010401")

KEY_REFERENCE = 0x0002
PIN = 0x001C

FILES: FileTable = {
    KEY_REFERENCE: RecordFile(key_record),
    PIN: PinFile(PinKind.RESIDENT_RECORD, Ins.CHANGE_KEY),
}
APPLICATION = ApplicationTable(aid=AID, files=FILES)
