"""The bench's responder as a process: `python bench/ocsp_lines.py PORT`."""

import asyncio
import sys

from ocsp_application import application

from openjpki.authority.responding.lines import Lines
from openjpki.site.clock import real_moment


async def _serve(port: int) -> None:
    lines = Lines(application(), real_moment)
    server = await asyncio.get_running_loop().create_server(lines.connection, "127.0.0.1", port, backlog=1024)
    async with server:
        await lines.sweep()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
