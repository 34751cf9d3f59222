"""Sign and verify documents and login challenges; one report for all."""

import logging

# The PDF library tells of every odd file with a traceback; what matters of it is in the report.
logging.getLogger("pyhanko").addHandler(logging.NullHandler())
